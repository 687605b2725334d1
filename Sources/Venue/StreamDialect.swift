public import Trading

/// How a venue's private stream is opened, kept proven and read: pure text in, verdicts out. The stream client performs
/// it and knows no venue; a venue's codec implements it and knows no socket.
public protocol StreamDialect: Sendable {
  /// Frames to send as soon as the socket is open, in order (logon, subscribe). `now` is the venue-corrected time.
  mutating func opening(at now: Timestamp) -> [StreamFrame]

  /// Judges one received text message.
  mutating func receive(_ text: borrowing [UInt8]) -> StreamVerdict

  /// A cheap question whose answer proves that the subscription is alive (fault ST03).
  mutating func probe(at now: Timestamp) -> StreamFrame
}

/// A text frame to send.
public struct StreamFrame: Hashable, Sendable {
  /// Never logged: it may carry a signature.
  public var text: [UInt8]
  /// For logs and metrics.
  public var label: String

  public init(text: [UInt8], label: String) {
    self.text = text
    self.label = label
  }
}

/// What a received message means to the connection.
public enum StreamVerdict: Hashable, Sendable {
  /// The subscription stands: from here on events are delivered. A snapshot may be taken now, never before.
  case ready
  /// An account event: pass it on.
  case event
  /// The reply to a command: pass it on.
  case reply
  /// The probe was answered and the subscription is alive.
  case proven
  /// The subscription ended although the socket lives (fault ST14), or the probe says it is gone.
  case subscriptionLost(String)
  /// The venue is about to stop: rotate at once (fault ST12).
  case shuttingDown
  /// The venue refused the logon or the subscription. `fatal` refusals (key, permission) are not retried quickly.
  case refused(String, fatal: Bool)
  /// Part of the opening conversation that needs nothing.
  case progress
  /// Not understood: kept raw, decides nothing.
  case unknown
}
