import Testing

@testable import WebSocket

/// RFC 6455 section 8.1, RFC 3629, fault ST18.
@Suite struct UTF8Tests {
  private func accepts(_ bytes: [UInt8]) -> Bool {
    var validator = UTF8Validator()
    return bytes.withUnsafeBytes { validator.accept($0) } && validator.isAtBoundary
  }

  @Test(arguments: [
    "", "a", "κόσμε", "这是测试币456", "𐍈", "\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}", "\u{0}",
  ])
  func `text of every width is accepted`(text: String) throws {
    #expect(accepts(Array(text.utf8)))
    var connection = try Wire.open()
    #expect(connection.receive(Wire.frame(0x81, text)) == [.text(Array(text.utf8))])
  }

  @Test(
    arguments: [
      [0x80], [0xbf], [0xc0], [0xc1], [0xc0, 0xaf], [0xe0, 0x80], [0xe0, 0x9f], [0xed, 0xa0], [0xed, 0xbf],
      [0xf0, 0x80],
      [0xf0, 0x8f], [0xf4, 0x90], [0xf5], [0xff], [0xfe], [0xe2, 0x28], [0xc3, 0x28], [0xf0, 0x90, 0x28], [0xf8],
    ] as [[UInt8]])
  func `a prefix that nothing can repair fails the connection in the middle of the frame`(bytes: [UInt8]) throws {
    // The frame declares 100 bytes; the bad ones are its first.
    try expectFailure([0x81, 100] + bytes, .invalidUTF8)
    try expectFailure([0x81, 100] + Array("12345678".utf8) + bytes, .invalidUTF8)
    try expectFailure([0x01, 3, 0x61, 0x62, 0x63, 0x00, 100] + bytes, .invalidUTF8)
  }

  @Test func `a code point may be split over fragments, and a ping may stand in between`() throws {
    var connection = try Wire.open()
    let bytes = Wire.frame(0x01, [0xf0, 0x9f]) + Wire.frame(0x89) + Wire.frame(0x00, [0x94]) + Wire.frame(0x80, [0xa5])
    #expect(connection.receive(bytes) == [.ping([]), .text([0xf0, 0x9f, 0x94, 0xa5])])
  }

  @Test func `a message that ends inside a code point fails`() throws {
    try expectFailure(Wire.frame(0x81, [0xe2, 0x82]), .invalidUTF8)
    try expectFailure(Wire.frame(0x01, [0xe2]) + Wire.frame(0x80, [0x82]), .invalidUTF8)
  }

  @Test func `a message starts afresh after one that was not text`() throws {
    var connection = try Wire.open()
    #expect(connection.receive(Wire.frame(0x82, [0xff, 0xc3])) == [.binary([0xff, 0xc3])])
    #expect(connection.receive(Wire.frame(0x81, "é")) == [.text([0xc3, 0xa9])])
  }

  @Test func `text that is not UTF-8 is not sent`() throws {
    var connection = try Wire.open()
    #expect(throws: SendRefusal.invalidUTF8) { try connection.sendText(utf8: [0xff]) }
    #expect(throws: SendRefusal.invalidUTF8) { try connection.sendText(utf8: [0xe2, 0x82]) }
    #expect(connection.takeOutput().isEmpty)
    try connection.sendText(utf8: Array("é".utf8))
    #expect(connection.takeOutput() == [0x81, 0x82] + Wire.masked([0xc3, 0xa9]))
  }

  @Test func `every code point's encoding is accepted and every surrogate's refused`() {
    for value in stride(from: UInt32(0), through: 0x10ffff, by: 7) {
      if let scalar = Unicode.Scalar(value) { #expect(accepts(Array(String(scalar).utf8))) }
    }
    for value in UInt32(0xd800)...0xdfff {
      let bytes = [0xe0 | UInt8(value >> 12), 0x80 | UInt8(value >> 6 & 0x3f), 0x80 | UInt8(value & 0x3f)]
      #expect(!accepts(bytes))
    }
  }

  @Test(arguments: UInt64(0)..<4)
  func `random bytes are judged as the standard library judges them, at any split`(seed: UInt64) {
    var random = SeededWords(seed: seed)
    let pieces: [[UInt8]] =
      ["a", "plain ASCII", "é", "这", "𐍈", "\u{ffff}"].map { Array($0.utf8) } + [[0x80], [0xe2], [0xf4]]
    for _ in 0..<5000 {
      var bytes = (0..<Int.random(in: 0...6, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? []
      }
      if !bytes.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect(accepts(bytes) == isValid, "\(bytes)")
      let cut = Int.random(in: 0...bytes.count, using: &random)
      var validator = UTF8Validator()
      let isSplitValid =
        bytes[..<cut].withUnsafeBytes { validator.accept($0) } && bytes[cut...].withUnsafeBytes { validator.accept($0) }
        && validator.isAtBoundary
      #expect(isSplitValid == isValid, "\(bytes) cut at \(cut)")
    }
  }

  @Test func `a prefix is refused exactly when no continuation can make it valid`() {
    // The second bytes decide everything; the completions below reach each lead byte's range.
    let completions: [[UInt8]] = [[], [0x80], [0x80, 0x80], [0xa0, 0x80], [0x80, 0x80, 0x80], [0x90, 0x80, 0x80]]
    var wrong: [[UInt8]] = []
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let prefix = [first, second]
        let isRepairable = completions.contains { String(validating: prefix + $0, as: UTF8.self) != nil }
        var validator = UTF8Validator()
        if prefix.withUnsafeBytes({ validator.accept($0) }) != isRepairable { wrong.append(prefix) }
      }
    }
    #expect(wrong.isEmpty)
  }
}
