extension JSONReader {
  /// Reads a string and leaves it in place. Invalid UTF-8, control characters, unknown escapes and lone surrogates are
  /// refused.
  @inline(__always) package mutating func text() throws(MalformedMessage) -> JSONText {
    try expect(UInt8(ascii: "\""))
    let start = offset
    var index = start
    var isPlain = true
    var seen: UInt8 = 0
    while index < bytes.count {
      index = pastPlain(from: index)
      guard index < bytes.count else { break }
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        offset = index + 1
        let content = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
        // The high bit is set only if some byte was not ASCII.
        if seen & 0x80 != 0, !Self.isUTF8(content) { throw MalformedMessage(.invalidUTF8, at: start) }
        return JSONText(bytes: content, isPlain: isPlain)
      }
      if byte == UInt8(ascii: "\\") {
        isPlain = false
        index = try pastEscape(at: index)
        continue
      }
      guard byte >= 0x20 else { throw MalformedMessage(.controlCharacter, at: index) }
      seen |= byte
      index += 1
    }
    throw MalformedMessage(.truncated, at: index)
  }

  /// Passes over eight plain bytes at a time, up to the first that is a quote, a backslash, a control character or not
  /// ASCII. Near the end of the text it stays where it is, and byte follows byte.
  @inline(__always) private func pastPlain(from start: Int) -> Int {
    let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    var index = start
    while index + 8 <= bytes.count {
      let word = eightBytes(at: index)
      let quote = word ^ ones &* 0x22
      let backslash = word ^ ones &* 0x5C
      // The top bit of each byte that is zero, or below 0x20: exact up to the first, which is the one that counts.
      let special = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word | word
      if special & tops != 0 { return index + (special & tops).trailingZeroBitCount / 8 }
      index += 8
    }
    return index
  }

  private func pastEscape(at index: Int) throws(MalformedMessage) -> Int {
    guard index + 1 < bytes.count else { throw MalformedMessage(.truncated, at: index) }
    let kind = bytes[index + 1]
    guard kind == UInt8(ascii: "u") else {
      guard JSONText.shortEscape(kind) != nil else { throw MalformedMessage(.invalidEscape, at: index) }
      return index + 2
    }
    let high = try hexQuad(at: index + 2)
    if high & 0xFC00 == 0xDC00 { throw MalformedMessage(.loneSurrogate, at: index) }
    guard high & 0xFC00 == 0xD800 else { return index + 6 }
    guard index + 7 < bytes.count, bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u") else {
      throw MalformedMessage(.loneSurrogate, at: index)
    }
    guard try hexQuad(at: index + 8) & 0xFC00 == 0xDC00 else { throw MalformedMessage(.loneSurrogate, at: index) }
    return index + 12
  }

  private func hexQuad(at index: Int) throws(MalformedMessage) -> UInt16 {
    guard index + 4 <= bytes.count else { throw MalformedMessage(.truncated, at: index) }
    var value: UInt16 = 0
    for offset in index..<index + 4 {
      guard let digit = JSONText.hexDigit(bytes[offset]) else { throw MalformedMessage(.invalidEscape, at: offset) }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  /// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
  static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < bytes.count {
      let lead = bytes[index]
      index += 1
      if lead < 0x80 { continue }
      let (following, lowest, highest): (Int, UInt8, UInt8)
      switch lead {
      case 0xC2...0xDF: (following, lowest, highest) = (1, 0x80, 0xBF)
      case 0xE0: (following, lowest, highest) = (2, 0xA0, 0xBF)
      case 0xED: (following, lowest, highest) = (2, 0x80, 0x9F)
      case 0xE1...0xEF: (following, lowest, highest) = (2, 0x80, 0xBF)
      case 0xF0: (following, lowest, highest) = (3, 0x90, 0xBF)
      case 0xF1...0xF3: (following, lowest, highest) = (3, 0x80, 0xBF)
      case 0xF4: (following, lowest, highest) = (3, 0x80, 0x8F)
      default: return false
      }
      guard index + following <= bytes.count, (lowest...highest).contains(bytes[index]) else { return false }
      for next in index + 1..<index + following where bytes[next] & 0xC0 != 0x80 { return false }
      index += following
    }
    return true
  }
}
