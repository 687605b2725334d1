import WebSocket

/// Plays a server to one connection and notes everything that an observer can see.
enum ServerSide {
  struct Outcome: Equatable {
    var events: [ClientConnection.Event] = []
    var output: [UInt8] = []
    var isClosed = false
  }

  /// Small, so that short inputs reach them.
  static let limits = ConnectionLimits(
    maximumFrameBytes: 300, maximumMessageBytes: 400, maximumFragmentsPerMessage: 6, maximumHeadBytes: 600,
    maximumHeaderFields: 12, maximumRefusalBodyBytes: 64, maximumPendingOutputBytes: 1 << 16)

  /// Answers the sample nonce of RFC 6455 section 1.3.
  static let handshake = Array(
    """
    HTTP/1.1 101 Switching Protocols\r
    Upgrade: websocket\r
    Connection: Upgrade\r
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
    \r\n
    """.utf8)

  /// - Parameter pieceBytes: sizes of the pieces, taken in turn.
  static func outcome(of stream: [UInt8], pieceBytes: [Int]) -> Outcome {
    var connection = connecting()
    var outcome = Outcome()
    var start = 0
    var turn = 0
    while start < stream.count {
      let end = min(stream.count, start + pieceBytes[turn % pieceBytes.count])
      outcome.events += connection.receive(Array(stream[start..<end]))
      outcome.output += connection.takeOutput()
      while connection.isFailureDue { outcome.events += connection.receive([]) }
      start = end
      turn += 1
    }
    outcome.events += connection.receiveEOF()
    outcome.output += connection.takeOutput()
    outcome.isClosed = connection.state == .closed
    return outcome
  }

  private static func connecting() -> ClientConnection {
    guard let url = try? WebSocketURL("wss://venue.test/ws"), let request = try? OpeningRequest(url: url) else {
      preconditionFailure("the fixed address is valid")
    }
    return ClientConnection(
      request: request, nonce: Array("the sample nonce".utf8), limits: limits,
      maskKeys: MaskKeys(repeating: 0x3d21_fa37))
  }
}
