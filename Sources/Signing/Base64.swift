/// RFC 4648 §4, with padding. Foundation's coder is not used because this module sits below it on the hot path.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    let count = (bytes.count + 2) / 3 * 4
    return String(unsafeUninitializedCapacity: count) { output in
      var index = 0
      var next = 0
      while index < bytes.count {
        let first = UInt32(bytes[index])
        let second = index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0
        let third = index + 2 < bytes.count ? UInt32(bytes[index + 2]) : 0
        let group = first << 16 | second << 8 | third
        output[next] = alphabet[Int(group >> 18)]
        output[next + 1] = alphabet[Int(group >> 12 & 63)]
        output[next + 2] = index + 1 < bytes.count ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
        output[next + 3] = index + 2 < bytes.count ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
        index += 3
        next += 4
      }
      return count
    }
  }

  /// Skips white space (keys are pasted with line breaks). Nil for anything else that is not base64.
  static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    var digits = 0
    var padding = 0
    for character in text {
      if character == 0x20 || (0x09...0x0D).contains(character) { continue }
      if character == UInt8(ascii: "=") {
        padding += 1
        digits += 1
        group <<= 6
      } else {
        guard padding == 0, let value = value(of: character) else { return nil }
        group = group << 6 | UInt32(value)
        digits += 1
      }
      if digits == 4 {
        guard padding <= 2 else { return nil }
        output.append(UInt8(truncatingIfNeeded: group >> 16))
        if padding < 2 { output.append(UInt8(truncatingIfNeeded: group >> 8)) }
        if padding < 1 { output.append(UInt8(truncatingIfNeeded: group)) }
        group = 0
        digits = 0
      }
    }
    return digits == 0 ? output : nil
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
