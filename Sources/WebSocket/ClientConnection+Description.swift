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
