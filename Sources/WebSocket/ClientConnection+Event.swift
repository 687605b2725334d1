extension ClientConnection {
  /// What `receive` found. Payloads of text are valid UTF-8 and delivered as bytes, because decoders want bytes.
  public enum Event: Equatable, Sendable {
    /// The handshake is complete: sends are possible from here on.
    case opened(OpeningResponse)
    /// The server answered with another status than 101.
    case refused(HandshakeRefusal)
    case text([UInt8])
    case binary([UInt8])
    /// Already answered in the output; for liveness.
    case ping([UInt8])
    case pong([UInt8])
    /// The server's Close, already answered in the output where that is due.
    case closeReceived(CloseFrame)
    /// The connection failed; a Close frame that says why is in the output where one can be sent.
    case failed(ProtocolViolation)
  }
}

extension ClientConnection.Event: CustomStringConvertible {
  /// For logs: kinds, sizes and codes, never payload.
  public var description: String {
    switch self {
    case .opened: "opened"
    case .refused(let refusal): "refused: \(refusal)"
    case .text(let payload): "text of \(payload.count) bytes"
    case .binary(let payload): "binary of \(payload.count) bytes"
    case .ping(let payload): "ping of \(payload.count) bytes"
    case .pong(let payload): "pong of \(payload.count) bytes"
    case .closeReceived(let frame): "close received: \(frame.code ?? .noStatusReceived)"
    case .failed(let violation): "failed: \(violation)"
    }
  }
}

extension ClientConnection.Event {
  /// Whether the application may want to answer it.
  var isMessage: Bool {
    switch self {
    case .text, .binary: true
    case .opened, .refused, .ping, .pong, .closeReceived, .failed: false
    }
  }
}
