/// The secret that writes need. Compared in constant time, never shown (fault SE05).
public struct BearerToken: Sendable {
  /// 128 bits in the densest usual alphabet (base 64) are 22 characters.
  public static let bytesMin = 22
  /// A repeated character is no token, however long.
  private static let distinctMin = 8
  private static let bytesMax = 512

  private let bytes: [UInt8]

  /// - Throws: `weakToken` when it cannot have 128 bits of chance in it.
  public init(_ text: String) throws(ControlServerError) {
    bytes = Array(text.utf8)
    guard bytes.count >= Self.bytesMin, bytes.count <= Self.bytesMax, Set(bytes).count >= Self.distinctMin,
      bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw .weakToken }
  }

  /// Whether an `Authorization` header carries this token. The time depends on the header's length only.
  func matches(authorization: String) -> Bool {
    let header = Array(authorization.utf8)
    let scheme = Array("bearer ".utf8)
    guard header.count > scheme.count else { return false }
    let isBearer = zip(header, scheme).allSatisfy { byte, wanted in (byte | 0x20) == wanted || byte == wanted }
    let given = header.dropFirst(scheme.count)
    var difference: UInt8 = isBearer && given.count == bytes.count ? 0 : 1
    for (index, byte) in given.enumerated() { difference |= byte ^ bytes[index % bytes.count] }
    return difference == 0
  }
}

extension BearerToken: CustomStringConvertible, CustomReflectable {
  public var description: String { "[redacted]" }
  public var customMirror: Swift.Mirror { Swift.Mirror(self, children: []) }
}
