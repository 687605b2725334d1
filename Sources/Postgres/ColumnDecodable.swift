/// A type that can be read from a column's text format.
public protocol ColumnDecodable {
  /// Nil when the text is not a value of this type.
  init?(columnText: UnsafeRawBufferPointer)
}

extension String: ColumnDecodable {
  public init?(columnText: UnsafeRawBufferPointer) { self.init(validating: columnText, as: UTF8.self) }
}

extension Bool: ColumnDecodable {
  public init?(columnText: UnsafeRawBufferPointer) {
    guard columnText.count == 1 else { return nil }
    switch columnText[0] {
    case UInt8(ascii: "t"): self = true
    case UInt8(ascii: "f"): self = false
    default: return nil
    }
  }
}

extension Int64: ColumnDecodable {
  public init?(columnText: UnsafeRawBufferPointer) { self.init(String(decoding: columnText, as: UTF8.self)) }
}

extension Int: ColumnDecodable {
  public init?(columnText: UnsafeRawBufferPointer) { self.init(String(decoding: columnText, as: UTF8.self)) }
}

/// `numeric` as the exact text the server printed.
public struct NumericText: ColumnDecodable, Hashable, Sendable {
  public let text: String

  public init?(columnText: UnsafeRawBufferPointer) {
    text = String(decoding: columnText, as: UTF8.self)
    guard text != "NaN", !text.hasSuffix("Infinity") else { return nil }
  }
}

/// `bytea` in hex output (`\x…`), the server's default and set on every connection.
public struct ByteString: ColumnDecodable, Hashable, Sendable {
  public let bytes: [UInt8]

  public init?(columnText: UnsafeRawBufferPointer) {
    guard columnText.count >= 2, columnText.count % 2 == 0, columnText[0] == UInt8(ascii: "\\"),
      columnText[1] == UInt8(ascii: "x")
    else { return nil }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(columnText.count / 2)
    for index in stride(from: 2, to: columnText.count, by: 2) {
      guard let high = Self.nibble(columnText[index]), let low = Self.nibble(columnText[index + 1]) else { return nil }
      decoded.append(high << 4 | low)
    }
    bytes = decoded
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
