import Testing

@testable import WebSocket

/// RFC 6455 section 5.5, faults ST15 and ST19.
@Suite struct ControlFrameTests {
  @Test func `a ping of 125 bytes is answered in full`() throws {
    var connection = try Wire.open()
    let payload = (0..<125).map { UInt8($0 + 100) }
    #expect(connection.receive(Wire.frame(0x89, payload)) == [.ping(payload)])
    #expect(connection.takeOutput() == [0x8a, 0xfd] + Wire.masked(payload))
  }

  @Test func `an empty ping gets an empty pong`() throws {
    var connection = try Wire.open()
    #expect(connection.receive([0x89, 0]) == [.ping([])])
    #expect(connection.takeOutput() == [0x8a, 0x80] + Wire.maskKey)
  }

  @Test func `ten pings get ten pongs in order`() throws {
    var connection = try Wire.open()
    let pings = (0..<10).flatMap { Wire.frame(0x89, [$0]) }
    #expect(connection.receive(pings) == (0..<10).map { .ping([$0]) })
    #expect(connection.takeOutput() == (0..<10).flatMap { [0x8a, 0x81] + Wire.masked([$0]) })
  }

  @Test(arguments: [UInt8(0x88), 0x89, 0x8a])
  func `a control frame over 125 bytes fails at its second byte`(first: UInt8) throws {
    try expectFailure([first, 126], .oversizedControlFrame)
    try expectFailure([first, 127], .oversizedControlFrame)
  }

  @Test(arguments: [UInt8(0x08), 0x09, 0x0a])
  func `a fragmented control frame fails at its first byte`(first: UInt8) throws {
    try expectFailure([first], .fragmentedControlFrame)
  }

  @Test func `a pong is delivered and not answered, asked for or not`() throws {
    var connection = try Wire.open()
    #expect(connection.receive(Wire.frame(0x8a, "late")) == [.pong(Array("late".utf8))])
    #expect(connection.takeOutput().isEmpty)
  }

  @Test func `a flood of pings that nobody drains stops being answered at the output limit`() throws {
    var connection = try Wire.open(limits: ConnectionLimits(maximumPendingOutputBytes: 1000))
    let events = connection.receive((0..<10_000).flatMap { _ in Wire.frame(0x89, "12345678") })
    #expect(events.count == 10_000)
    #expect(connection.pendingOutputBytes <= 1000)
    #expect(connection.pendingOutputBytes > 900)
    #expect(connection.state == .open)
  }

  @Test func `own pings and pongs go out masked and over 125 bytes are refused`() throws {
    var connection = try Wire.open()
    try connection.sendPing([1, 2])
    try connection.sendPong()
    #expect(connection.takeOutput() == [0x89, 0x82] + Wire.masked([1, 2]) + [0x8a, 0x80] + Wire.maskKey)
    let long = [UInt8](repeating: 0, count: 126)
    #expect(throws: SendRefusal.controlPayloadTooLarge) { try connection.sendPing(long) }
    #expect(throws: SendRefusal.controlPayloadTooLarge) { try connection.sendPong(long) }
    #expect(connection.takeOutput().isEmpty)
  }
}
