import Testing

@testable import WebSocket

/// RFC 6455 section 5.4, and the limits of fault ST17.
@Suite struct FragmentationTests {
  @Test func `a ping between two fragments is answered before the message is complete`() throws {
    var connection = try Wire.open()
    let bytes = Wire.frame(0x01, "Hel") + Wire.frame(0x89, "now") + Wire.frame(0x00, "lo") + Wire.frame(0x80, "!")
    #expect(connection.receive(bytes) == [.ping(Array("now".utf8)), .text(Array("Hello!".utf8))])
    #expect(connection.takeOutput() == [0x8a, 0x83] + Wire.masked(Array("now".utf8)))
  }

  @Test func `empty fragments are fragments`() throws {
    var connection = try Wire.open()
    #expect(connection.receive([0x01, 0, 0x00, 0, 0x80, 0]) == [.text([])])
    #expect(connection.receive([0x02, 0, 0x80, 1, 7]) == [.binary([7])])
  }

  @Test func `a continuation without a message fails`() throws {
    try expectFailure(Wire.frame(0x80, "x"), .unexpectedContinuation)
    try expectFailure(Wire.frame(0x00, "x"), .unexpectedContinuation)
  }

  @Test func `a continuation after a finished message fails, and the message counts`() throws {
    var connection = try Wire.open()
    let bytes = Wire.frame(0x81, "ok") + Wire.frame(0x80, "x")
    #expect(connection.receiveAll(bytes) == [.text(Array("ok".utf8)), .failed(.unexpectedContinuation)])
  }

  @Test func `a new message inside a fragmented one fails`() throws {
    try expectFailure(Wire.frame(0x01, "a") + Wire.frame(0x81, "b"), .interleavedMessage)
    try expectFailure(Wire.frame(0x02, "a") + Wire.frame(0x01, "b"), .interleavedMessage)
  }

  @Test func `a frame that declares 1 MiB and one byte fails before any payload`() throws {
    let header: [UInt8] = [0x82, 0x7f, 0, 0, 0, 0, 0, 0x10, 0, 1]
    try expectFailure(header, .frameTooLarge(declaredBytes: 1 << 20 + 1, limitBytes: 1 << 20))
  }

  @Test func `a frame that declares 100 MiB or 2 to the 63rd less one fails before any payload`() throws {
    let hundred = UInt64(100 << 20)
    let header = [0x81, 0x7f] + (0..<8).map { UInt8(truncatingIfNeeded: hundred >> (56 - 8 * $0)) }
    try expectFailure(header, .frameTooLarge(declaredBytes: hundred, limitBytes: 1 << 20))
    let largest = [0x81, 0x7f, 0x7f] + [UInt8](repeating: 0xff, count: 7)
    try expectFailure(largest, .frameTooLarge(declaredBytes: .max >> 1, limitBytes: 1 << 20))
  }

  @Test func `a message that would pass 4 MiB fails at the header that declares it`() throws {
    var connection = try Wire.open()
    let piece = [UInt8](repeating: 1, count: 1 << 20)
    #expect(connection.receive(Wire.frame(0x02, piece)).isEmpty)
    for _ in 0..<3 { #expect(connection.receive(Wire.frame(0x00, piece)).isEmpty) }
    #expect(connection.receive([0x80, 1]) == [.failed(.messageTooLarge(limitBytes: 4 << 20))])
    #expect(connection.takeOutput() == [0x88, 0x82] + Wire.masked([0x03, 0xf1]))
  }

  @Test func `4 MiB in 65,536 fragments of 64 bytes is one message`() throws {
    var connection = try Wire.open()
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64)
    #expect(connection.receive(Wire.frame(0x01, piece)).isEmpty)
    let middle = Wire.frame(0x00, piece)
    var stream: [UInt8] = []
    for _ in 0..<65_534 { stream += middle }
    #expect(connection.receive(stream).isEmpty)
    #expect(
      connection.receive(Wire.frame(0x80, piece)) == [.text([UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20))])
  }

  @Test func `the 131,073rd fragment fails with 1009`() throws {
    var connection = try Wire.open()
    var stream: [UInt8] = [0x02, 1, 0]
    for _ in 1..<(1 << 17) { stream += [0x00, 1, 0] }
    #expect(connection.receive(stream).isEmpty)
    #expect(connection.receive([0x00, 1]) == [.failed(.tooManyFragments(limit: 1 << 17))])
    #expect(connection.takeOutput() == [0x88, 0x82] + Wire.masked([0x03, 0xf1]))
  }

  @Test func `limits can be raised to 16 MiB in one frame`() throws {
    var connection = try Wire.open(
      limits: ConnectionLimits(maximumFrameBytes: 16 << 20, maximumMessageBytes: 16 << 20))
    let payload = [UInt8](repeating: 3, count: 16 << 20)
    #expect(connection.receive(Wire.frame(0x82, payload)) == [.binary(payload)])
  }
}
