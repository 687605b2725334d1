/// One HTTP header field.
public struct HeaderField: Equatable, Sendable {
  /// As given for a request; lower case in a response.
  public let name: String
  public let value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

extension Collection where Element == HeaderField {
  /// The values of every field of this name, in order; names compare without case (RFC 9110 section 5.1).
  func values(named name: String) -> [String] {
    filter { $0.name.lowercased() == name }.map(\.value)
  }

  /// The members of a comma-separated list over every field of this name, in lower case and without blanks.
  func tokens(named name: String) -> [String] {
    values(named: name).flatMap { $0.split(separator: ",") }
      .map { String($0.drop(while: isBlank).reversed().drop(while: isBlank).reversed()).lowercased() }
  }

  private func isBlank(_ character: Character) -> Bool {
    character == " " || character == "\t"
  }
}

/// Bytes of a token (RFC 9110 section 5.6.2): header names and subprotocol names.
func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}
