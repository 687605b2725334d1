/// A string of the message, still in place: bytes between the quotes, checked to be well-formed. Valid only while the
/// reader's buffer is; nothing outside a decoder ever holds one.
package struct JSONText {
  let bytes: UnsafeRawBufferPointer
  /// No escape sequence inside: the bytes are the value.
  let isPlain: Bool

  /// A key of one ASCII letter, which is what Binance's events use; `nil` for any other.
  @inline(__always) var letter: Unicode.Scalar? {
    bytes.count == 1 ? Unicode.Scalar(bytes[0] & 0x7F) : nil
  }

  var isEmpty: Bool { bytes.isEmpty }

  /// The text, with escapes resolved.
  package var string: String {
    isPlain ? String(decoding: bytes, as: UTF8.self) : String(decoding: unescaped(), as: UTF8.self)
  }

  /// A key or word written with escapes matches nothing: no venue writes them so, and to skip is safe.
  @inline(__always) package static func ~= (pattern: StaticString, text: JSONText) -> Bool {
    let count = pattern.utf8CodeUnitCount
    guard text.bytes.count == count, text.isPlain else { return false }
    let start = pattern.utf8Start
    for index in 0..<count where start[index] != text.bytes[index] { return false }
    return true
  }

  private func unescaped() -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        index += 1
        continue
      }
      let kind = bytes[index + 1]
      index += 2
      guard kind == UInt8(ascii: "u") else {
        result.append(Self.shortEscape(kind) ?? kind)
        continue
      }
      var scalar = UInt32(hexQuad(at: index))
      index += 4
      if scalar & 0xFC00 == 0xD800 {
        // The scanner proved that the low half follows as `\uXXXX`.
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + UInt32(hexQuad(at: index + 2)) & 0x3FF
        index += 6
      }
      if let valid = Unicode.Scalar(scalar) {
        result.append(contentsOf: UTF8.encode(valid) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return result
  }

  private func hexQuad(at index: Int) -> UInt16 {
    var value: UInt16 = 0
    for offset in 0..<4 { value = value << 4 | UInt16(Self.hexDigit(bytes[index + offset]) ?? 0) }
    return value
  }

  /// What a one-letter escape stands for; `nil` when there is no such escape.
  static func shortEscape(_ letter: UInt8) -> UInt8? {
    switch Unicode.Scalar(letter) {
    case "\"": UInt8(ascii: "\"")
    case "\\": UInt8(ascii: "\\")
    case "/": UInt8(ascii: "/")
    case "b": 0x08
    case "f": 0x0C
    case "n": 0x0A
    case "r": 0x0D
    case "t": 0x09
    default: nil
    }
  }

  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
