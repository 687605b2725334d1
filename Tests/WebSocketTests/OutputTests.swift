import Testing

@testable import WebSocket

/// What waits for the transport, and what happens when the transport is slow.
@Suite struct OutputTests {
  private struct Reset: Error, Equatable {}

  @Test(arguments: [1, 2, 7, 100, 100_000])
  func `draining in pieces of any size gives the bytes that taking gives`(piece: Int) throws {
    var whole = try Wire.open()
    var drained = try Wire.open()
    var bytes: [UInt8] = []
    var expected: [UInt8] = []
    for round in 0..<20 {
      let payload = [UInt8](repeating: UInt8(round), count: round * 37)
      try whole.sendBinary(payload)
      try drained.sendBinary(payload)
      expected += whole.takeOutput()
      drained.drainOutput { waiting in
        bytes += waiting.prefix(piece)
        return min(piece, waiting.count)
      }
    }
    while drained.pendingOutputBytes > 0 {
      drained.drainOutput { waiting in
        bytes += waiting.prefix(piece)
        return min(piece, waiting.count)
      }
    }
    #expect(bytes == expected)
  }

  @Test func `what was drained is not taken again`() throws {
    var connection = try Wire.open()
    try connection.sendPing([1])
    connection.drainOutput { _ in 3 }
    #expect(connection.pendingOutputBytes == 4)
    #expect(connection.takeOutput() == Array(Wire.masked([1]).dropFirst()))
    #expect(connection.pendingOutputBytes == 0)
  }

  @Test func `a transport that fails takes nothing, and its error comes through`() throws {
    var connection = try Wire.open()
    try connection.sendPing()
    #expect(throws: Reset()) {
      try connection.drainOutput { (_: UnsafeRawBufferPointer) throws(Reset) -> Int in throw Reset() }
    }
    #expect(connection.pendingOutputBytes == 6)
  }

  @Test func `an empty output is not offered to the transport`() throws {
    var connection = try Wire.open()
    connection.drainOutput { _ in
      Issue.record("there was nothing to write")
      return 0
    }
  }

  @Test func `a send beyond the output limit is refused whole and works again after draining`() throws {
    var connection = try Wire.open(limits: ConnectionLimits(maximumPendingOutputBytes: 100))
    try connection.sendBinary([UInt8](repeating: 0, count: 60))
    #expect(throws: SendRefusal.outputFull) { try connection.sendBinary([UInt8](repeating: 0, count: 60)) }
    #expect(connection.takeOutput().count == 66)
    try connection.sendBinary([UInt8](repeating: 0, count: 60))
    #expect(connection.takeOutput().count == 66)
  }

  @Test func `the answer to a close goes out even when the output is full`() throws {
    var connection = try Wire.open(limits: ConnectionLimits(maximumPendingOutputBytes: 80))
    try connection.sendBinary([UInt8](repeating: 0, count: 60))
    _ = connection.receive(Wire.frame(0x88, [0x03, 0xe8]))
    #expect(connection.takeOutput().suffix(8) == [0x88, 0x82] + Wire.masked([0x03, 0xe8]))
  }

  @Test func `a description names kinds, sizes and codes, and never payload`() {
    let secret = Array("SECRET".utf8)
    let events: [ClientConnection.Event] = [
      .text(secret), .binary(secret), .ping(secret), .pong(secret),
      .closeReceived(CloseFrame(code: .serviceRestart, reason: "SECRET")), .failed(.invalidUTF8),
    ]
    #expect(
      events.map(\.description) == [
        "text of 6 bytes", "binary of 6 bytes", "ping of 6 bytes", "pong of 6 bytes",
        "close received: 1012 service restart", "failed: text that is not UTF-8",
      ])
  }
}
