/// Why the core did not take a message. Nothing was queued, so nothing was half sent: the outcome is certain.
public enum SendRefusal: Error, Equatable, Sendable {
  /// The handshake is not complete, or the closing handshake has begun.
  case notOpen
  /// `ConnectionLimits.maximumPendingOutputBytes` are waiting: the peer or the network does not take what we send.
  case outputFull
  /// Text that is not UTF-8 (RFC 6455 section 5.6).
  case invalidUTF8
  /// A ping or pong over 125 bytes, or a close reason over 123 (section 5.5).
  case controlPayloadTooLarge
  /// A close code that may not be on the wire (section 7.4), or a reason without a code.
  case invalidCloseCode
}

extension SendRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notOpen: "the connection is not open; wait for it or use another way"
    case .outputFull: "the output buffer is full; the peer does not read, reconnect"
    case .invalidUTF8: "text must be UTF-8"
    case .controlPayloadTooLarge: "control frames carry at most 125 bytes"
    case .invalidCloseCode: "this close code may not be sent"
    }
  }
}
