import Testing

@testable import WebSocket

/// RFC 6455 sections 5.5.1, 7.1 and 7.4.
@Suite struct ClosingTests {
  @Test func `a server's close is answered with its code and ends the events`() throws {
    var connection = try Wire.open()
    let bytes = Wire.frame(0x88, [0x03, 0xe9] + Array("bye".utf8)) + Wire.frame(0x81, "after") + Wire.frame(0x89)
    #expect(connection.receive(bytes) == [.closeReceived(CloseFrame(code: .goingAway, reason: "bye"))])
    #expect(connection.takeOutput() == [0x88, 0x82] + Wire.masked([0x03, 0xe9]))
    #expect(connection.state == .closingRemote)
    #expect(connection.isCloseExpected)
    #expect(connection.receive(Wire.frame(0x81, "later")).isEmpty)
    #expect(throws: SendRefusal.notOpen) { try connection.sendText("no") }
    #expect(throws: SendRefusal.notOpen) { try connection.close() }
    #expect(connection.receiveEOF().isEmpty)
    #expect(connection.state == .closed)
  }

  @Test func `a close without a body is answered without a body`() throws {
    var connection = try Wire.open()
    #expect(connection.receive([0x88, 0]) == [.closeReceived(CloseFrame())])
    #expect(connection.takeOutput() == [0x88, 0x80] + Wire.maskKey)
  }

  @Test func `our close waits for the server's, takes messages meanwhile and is not sent twice`() throws {
    var connection = try Wire.open()
    try connection.close(CloseFrame(code: .goingAway, reason: "restart"))
    #expect(connection.takeOutput() == [0x88, 0x89] + Wire.masked([0x03, 0xe9] + Array("restart".utf8)))
    #expect(connection.state == .closingLocal)
    #expect(connection.isCloseExpected)
    #expect(throws: SendRefusal.notOpen) { try connection.sendText("no") }
    #expect(connection.receive(Wire.frame(0x81, "last")) == [.text(Array("last".utf8))])
    // Section 5.5.2 wants an answer until the server's close is in.
    #expect(connection.receive(Wire.frame(0x89)) == [.ping([])])
    #expect(connection.takeOutput() == [0x8a, 0x80] + Wire.maskKey)
    #expect(connection.receive(Wire.frame(0x88, [0x03, 0xe9])) == [.closeReceived(CloseFrame(code: .goingAway))])
    #expect(connection.takeOutput().isEmpty)
    #expect(connection.state == .closingRemote)
    #expect(connection.receiveEOF().isEmpty)
    #expect(connection.state == .closed)
  }

  @Test func `a violation after our close ends the connection without a second close`() throws {
    var connection = try Wire.open()
    try connection.close()
    _ = connection.takeOutput()
    #expect(connection.receive([0xff]) == [.failed(.reservedBits)])
    #expect(connection.takeOutput().isEmpty)
    #expect(connection.state == .closed)
  }

  @Test func `the end of the stream without a close is abnormal, also after our own`() throws {
    var connection = try Wire.open()
    #expect(connection.receiveEOF() == [.failed(.endedWithoutClose)])
    #expect(connection.state == .closed)
    #expect(connection.takeOutput().isEmpty)
    #expect(ProtocolViolation.endedWithoutClose.closeCode == .abnormal)
    #expect(connection.receiveEOF().isEmpty)

    var closing = try Wire.open()
    try closing.close()
    #expect(closing.receiveEOF() == [.failed(.endedWithoutClose)])
  }

  @Test(arguments: Array(UInt16(1000)...1003) + Array(1007...1014) + [3000, 3999, 4000, 4999])
  func `a code that may be on the wire is echoed`(code: UInt16) throws {
    var connection = try Wire.open()
    let body = [UInt8(code >> 8), UInt8(code & 0xff)]
    #expect(connection.receive(Wire.frame(0x88, body)) == [.closeReceived(CloseFrame(code: CloseCode(rawValue: code)))])
    #expect(connection.takeOutput() == [0x88, 0x82] + Wire.masked(body))
  }

  @Test(arguments: [UInt16(0), 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
  func `a code that may not be on the wire fails with 1002, and we do not send it`(code: UInt16) throws {
    try expectFailure(Wire.frame(0x88, [UInt8(code >> 8), UInt8(code & 0xff)]), .invalidCloseCode(code))
    var connection = try Wire.open()
    #expect(throws: SendRefusal.invalidCloseCode) { try connection.close(CloseFrame(code: CloseCode(rawValue: code))) }
    #expect(connection.state == .open)
  }

  @Test func `a close body of one byte fails with 1002`() throws {
    try expectFailure([0x88, 1, 0x03], .truncatedCloseCode)
  }

  @Test(arguments: [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80]] as [[UInt8]])
  func `a close reason that is not UTF-8 fails with 1007`(reason: [UInt8]) throws {
    try expectFailure(Wire.frame(0x88, [0x03, 0xe8] + reason), .invalidUTF8)
  }

  @Test func `a reason of 123 bytes fits, 124 do not, and none goes without a code`() throws {
    var connection = try Wire.open()
    let long = CloseFrame(code: .normal, reason: String(repeating: "r", count: 124))
    #expect(throws: SendRefusal.controlPayloadTooLarge) { try connection.close(long) }
    #expect(throws: SendRefusal.invalidCloseCode) { try connection.close(CloseFrame(code: nil, reason: "why")) }
    #expect(connection.state == .open)
    try connection.close(CloseFrame(code: .normal, reason: String(repeating: "r", count: 123)))
    #expect(connection.pendingOutputBytes == 2 + 4 + 125)

    var silent = try Wire.open()
    try silent.close(CloseFrame())
    #expect(silent.takeOutput() == [0x88, 0x80] + Wire.maskKey)
  }

  @Test func `the answer to a message right in front of a violation goes out before the close`() throws {
    var connection = try Wire.open()
    let bytes = Wire.frame(0x81, "fill") + [0xff, 0xff]
    #expect(connection.receive(bytes) == [.text(Array("fill".utf8))])
    #expect(connection.isFailureDue)
    #expect(connection.state == .open)
    try connection.sendText("order")
    #expect(connection.receive([]) == [.failed(.reservedBits)])
    #expect(!connection.isFailureDue)
    let order = [0x81, 0x85] + Wire.masked(Array("order".utf8))
    #expect(connection.takeOutput() == order + [0x88, 0x82] + Wire.masked([0x03, 0xea]))
    #expect(connection.state == .closed)
  }

  @Test func `a failure that is due is told by the next read or by the end of the stream`() throws {
    let bytes = Wire.frame(0x81, "fill") + [0xff]
    var reading = try Wire.open()
    _ = reading.receive(bytes)
    #expect(reading.receive(Wire.frame(0x81, "more")) == [.failed(.reservedBits)])
    var ending = try Wire.open()
    _ = ending.receive(bytes)
    #expect(ending.receiveEOF() == [.failed(.reservedBits)])
    #expect(ending.state == .closed)
    #expect(ending.receiveEOF().isEmpty)
  }
}
