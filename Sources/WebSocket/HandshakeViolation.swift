/// How a server's answer to the opening request broke RFC 6455 section 4.1 or HTTP/1.1.
public enum HandshakeViolation: Error, Equatable, Sendable {
  /// The first line is not `HTTP/1.1 nnn reason`: most likely not an HTTP server at all.
  case malformedStatusLine
  /// A header line without a colon, with a folded line, or with bytes that may not be there.
  case malformedHeader
  /// The response head is larger than `ConnectionLimits.maximumHeadBytes`.
  case headTooLarge(limitBytes: Int)
  /// The response head has more fields than `ConnectionLimits.maximumHeaderFields`.
  case tooManyHeaders(limit: Int)
  /// 101 without `Upgrade: websocket`.
  case missingUpgrade
  /// 101 without `Connection: Upgrade`.
  case missingConnectionUpgrade
  /// `Sec-WebSocket-Accept` is absent, doubled or does not belong to our key: a cache or a proxy answered.
  case acceptMismatch
  /// The server switched on an extension that was not offered.
  case unofferedExtension
  /// The server chose a subprotocol that was not offered.
  case unofferedSubprotocol
  /// The byte stream ended before the response was complete.
  case ended
}

extension HandshakeViolation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformedStatusLine: "the answer is not HTTP/1.1; check host and port, and ws against wss"
    case .malformedHeader: "malformed response header"
    case .headTooLarge(let limit): "response head over \(limit) bytes"
    case .tooManyHeaders(let limit): "more than \(limit) response headers"
    case .missingUpgrade: "status 101 without Upgrade: websocket"
    case .missingConnectionUpgrade: "status 101 without Connection: Upgrade"
    case .acceptMismatch: "Sec-WebSocket-Accept does not answer our key; is a proxy in between?"
    case .unofferedExtension: "the server chose an extension that was not offered"
    case .unofferedSubprotocol: "the server chose a subprotocol that was not offered"
    case .ended: "connection ended before the response was complete"
    }
  }
}
