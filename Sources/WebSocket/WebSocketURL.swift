/// A `ws` or `wss` address (RFC 6455 section 3).
public struct WebSocketURL: Hashable, Sendable {
  public enum Scheme: String, Sendable {
    case ws
    case wss

    /// The port that an address without one means.
    public var defaultPort: UInt16 {
      switch self {
      case .ws: 80
      case .wss: 443
      }
    }
  }

  public let scheme: Scheme
  /// Host name or address literal in lower case; an IPv6 literal stands without brackets, ready for `getaddrinfo`.
  public let host: String
  public let port: UInt16
  /// Path and query as they go into the request line; at least "/".
  public let target: String

  /// Whether the connection must run over TLS.
  public var isSecure: Bool { scheme == .wss }

  /// The `Host` header: IPv6 in brackets, the port only when it is not the scheme's own.
  public var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == scheme.defaultPort ? name : "\(name):\(port)"
  }

  /// - Parameters:
  ///   - host: a name or an address literal, IPv6 without brackets.
  ///   - port: nil for the scheme's own.
  ///   - target: path and query, percent-encoded.
  public init(scheme: Scheme, host: String, port: UInt16? = nil, target: String = "/") throws(InvalidWebSocketURL) {
    let isAddress = host.contains(":")
    let isValid = host.utf8.allSatisfy { isAddress ? Self.isIPv6Byte($0) : Self.isHostByte($0) }
    guard !host.isEmpty, isValid else { throw .host }
    guard port != 0 else { throw .port }
    guard !target.utf8.contains(UInt8(ascii: "#")) else { throw .fragment }
    guard target.hasPrefix("/"), target.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .target }
    self.scheme = scheme
    self.host = host.lowercased()
    self.port = port ?? scheme.defaultPort
    self.target = target
  }

  public init(_ text: String) throws(InvalidWebSocketURL) {
    let bytes = Array(text.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      let scheme = Scheme(rawValue: String(decoding: bytes[..<colon], as: UTF8.self).lowercased()),
      bytes[(colon + 1)...].starts(with: "//".utf8)
    else { throw .scheme }
    let rest = bytes[(colon + 3)...]
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
    let authority = rest[..<(end ?? rest.endIndex)]
    guard !authority.contains(UInt8(ascii: "@")) else { throw .userInformation }
    let (host, port) = try Self.split(authority)
    var target = String(decoding: rest[(end ?? rest.endIndex)...], as: UTF8.self)
    if !target.hasPrefix("/") { target = "/" + target }
    try self.init(scheme: scheme, host: host, port: port, target: target)
  }

  private static func split(_ authority: ArraySlice<UInt8>) throws(InvalidWebSocketURL) -> (String, UInt16?) {
    var host = authority
    var tail = ArraySlice<UInt8>()
    if authority.first == UInt8(ascii: "[") {
      guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { throw .host }
      host = authority[(authority.startIndex + 1)..<close]
      tail = authority[(close + 1)...]
      guard host.contains(UInt8(ascii: ":")) else { throw .host }
    } else if let colon = authority.firstIndex(of: UInt8(ascii: ":")) {
      host = authority[..<colon]
      tail = authority[colon...]
    }
    let name = String(decoding: host, as: UTF8.self)
    guard !name.isEmpty else { throw .host }
    guard let mark = tail.first else { return (name, nil) }
    let digits = tail.dropFirst()
    guard mark == UInt8(ascii: ":"), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let port = UInt16(String(decoding: digits, as: UTF8.self))
    else { throw .port }
    return (name, port)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isIPv6Byte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
      UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}

extension WebSocketURL: CustomStringConvertible {
  /// Scheme, host and port only: path and query may carry a listen key, which is a secret.
  public var description: String { "\(scheme.rawValue)://\(authority)" }
}
