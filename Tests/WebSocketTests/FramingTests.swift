import Testing

@testable import WebSocket

/// RFC 6455 sections 5.1, 5.2, 5.3 and the examples of 5.7.
@Suite struct FramingTests {
  @Test func `section 5_7 a single-frame unmasked text message is received`() throws {
    var connection = try Wire.open()
    #expect(connection.receive([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]) == [.text(Array("Hello".utf8))])
  }

  @Test func `section 5_7 a single-frame masked text message is sent`() throws {
    var connection = try Wire.open()
    try connection.sendText("Hello")
    #expect(connection.takeOutput() == [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
  }

  @Test func `section 5_7 a fragmented unmasked text message is received`() throws {
    var connection = try Wire.open()
    #expect(connection.receive([0x01, 0x03, 0x48, 0x65, 0x6c]).isEmpty)
    #expect(connection.receive([0x80, 0x02, 0x6c, 0x6f]) == [.text(Array("Hello".utf8))])
  }

  @Test func `section 5_7 a ping is answered by a masked pong with the same body`() throws {
    var connection = try Wire.open()
    #expect(connection.receive([0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]) == [.ping(Array("Hello".utf8))])
    #expect(connection.takeOutput() == [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
  }

  @Test func `section 5_7 256 bytes and 64 KiB of binary data use the two longer lengths`() throws {
    var connection = try Wire.open()
    let short = [UInt8](repeating: 7, count: 256)
    let long = [UInt8](repeating: 9, count: 65_536)
    #expect(connection.receive([0x82, 0x7e, 0x01, 0x00] + short) == [.binary(short)])
    #expect(connection.receive([0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0] + long) == [.binary(long)])
  }

  @Test(
    arguments: [
      (0, [0x80]), (125, [0xfd]), (126, [0xfe, 0, 126]), (65_535, [0xfe, 0xff, 0xff]),
      (65_536, [0xff, 0, 0, 0, 0, 0, 1, 0, 0]),
    ] as [(Int, [UInt8])])
  func `sent lengths take the shortest form`(count: Int, length: [UInt8]) throws {
    var connection = try Wire.open()
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    try connection.sendBinary(payload)
    #expect(connection.takeOutput() == [0x82] + length + Wire.masked(payload))
  }

  @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20])
  func `received lengths up to the frame limit are delivered`(count: Int) throws {
    var connection = try Wire.open()
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(connection.receive(Wire.frame(0x82, payload)) == [.binary(payload)])
  }

  @Test func `a length in more bytes than it needs is accepted`() throws {
    var connection = try Wire.open()
    #expect(connection.receive([0x81, 0x7e, 0, 1, 0x41]) == [.text([0x41])])
    #expect(connection.receive([0x81, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1, 0x42]) == [.text([0x42])])
  }

  @Test(arguments: [UInt8(0xc1), 0xa1, 0x91, 0xf1, 0xc9, 0x90])
  func `a reserved bit fails the connection at its first byte`(first: UInt8) throws {
    try expectFailure([first], .reservedBits)
  }

  @Test(arguments: [UInt8(3), 4, 5, 6, 7, 11, 12, 13, 14, 15])
  func `a reserved opcode fails the connection at its first byte`(opcode: UInt8) throws {
    try expectFailure([0x80 | opcode], .reservedOpcode(opcode))
  }

  @Test func `a masked server frame fails the connection before its payload`() throws {
    try expectFailure([0x81, 0x85], .maskedServerFrame)
    try expectFailure([0x89, 0x80], .maskedServerFrame)
  }

  @Test func `a 64-bit length with its top bit set fails the connection`() throws {
    try expectFailure([0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0], .lengthOverflow)
    try expectFailure([0x82, 0x7f] + [UInt8](repeating: 0xff, count: 8), .lengthOverflow)
  }

  @Test func `each frame gets its own mask key and the keys repeat only with their seed`() throws {
    var keys = MaskKeys(seed: (1, 2, 3, 4))
    var again = MaskKeys(seed: (1, 2, 3, 4))
    var other = MaskKeys(seed: (1, 2, 3, 5))
    let drawn = (0..<1000).map { _ in keys.next().word }
    #expect(Set(drawn).count == 1000)
    #expect(drawn == (0..<1000).map { _ in again.next().word })
    #expect(drawn != (0..<1000).map { _ in other.next().word })
  }

  @Test func `the mask keys' block function gives the vector of RFC 8439 section 2_3_2`() {
    let key = SIMD8<UInt32>(
      0x0302_0100, 0x0706_0504, 0x0b0a_0908, 0x0f0e_0d0c, 0x1312_1110, 0x1716_1514, 0x1b1a_1918, 0x1f1e_1d1c)
    // The RFC's 96-bit nonce begins where our 64-bit counter has its upper half.
    let block = MaskKeys.block(key: key, counter: 0x0900_0000_0000_0001, nonce: SIMD2(0x4a00_0000, 0))
    #expect(
      block
        == SIMD16(
          0xe4e7_f110, 0x1559_3bd1, 0x1fdd_0f50, 0xc471_20a3, 0xc7f4_d1c7, 0x0368_c033, 0x9aaa_2204, 0x4e6c_d4c3,
          0x4664_82d2, 0x09aa_9f07, 0x05d7_c214, 0xa202_8bd9, 0xd19c_12b5, 0xb94e_16de, 0xe883_d0cb, 0x4e3c_50a2))
  }

  @Test func `masking twice gives the payload back for every length up to 40 and every phase`() {
    let key = MaskKey(word: 0x3d21_fa37)
    for count in 0...40 {
      for phase in 0..<4 {
        let plain = (0..<count).map { UInt8($0) }
        var bytes = plain
        bytes.withUnsafeMutableBytes { key.apply(to: $0, phase: phase) }
        #expect(bytes == plain.enumerated().map { $1 ^ Wire.maskKey[($0 + phase) % 4] })
        bytes.withUnsafeMutableBytes { key.apply(to: $0, phase: phase) }
        #expect(bytes == plain)
      }
    }
  }
}

/// The violation is the only event, a Close frame with its code is the only output, and the connection is over.
func expectFailure(
  _ bytes: [UInt8], _ violation: ProtocolViolation, limits: ConnectionLimits = .production,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var connection = try Wire.open(limits: limits)
  #expect(connection.receive(bytes) == [.failed(violation)], sourceLocation: sourceLocation)
  let code = violation.closeCode.rawValue
  let close = [0x88, 0x82] + Wire.masked([UInt8(code >> 8), UInt8(code & 0xff)])
  #expect(connection.takeOutput() == close, sourceLocation: sourceLocation)
  #expect(connection.state == .closed, sourceLocation: sourceLocation)
  #expect(connection.isCloseExpected, sourceLocation: sourceLocation)
  #expect(connection.receive(Wire.frame(0x81, "late")).isEmpty, sourceLocation: sourceLocation)
  #expect(connection.receiveEOF().isEmpty, sourceLocation: sourceLocation)
  #expect(throws: SendRefusal.notOpen, sourceLocation: sourceLocation) { try connection.sendText("late") }
}
