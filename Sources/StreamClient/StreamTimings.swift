import Trading

/// Every number of a private stream's life, in one place. Times are measured on the monotonic clock.
public struct StreamTimings: Sendable, Equatable {
  /// From the start of a connection to a standing subscription: name, TCP, TLS, handshake, logon, subscribe.
  public var opening: Duration
  /// Own ping while live; at most 5 s, far below the venue's 5 messages a second (fault ST04).
  public var pingInterval: Duration
  /// For the pong, or any other sign of life.
  public var pongDeadline: Duration
  /// After a first missed pong or probe answer, a second question has this long. One late pong is no reason to
  /// reconnect (fault ST15); interval + deadline + grace stays within the 10 s in which a dead stream must be
  /// noticed.
  public var graceDeadline: Duration
  /// The question whose answer proves the subscription without market activity (fault ST03). Costs weight 2 of 6000 a
  /// minute.
  public var probeInterval: Duration
  public var probeDeadline: Duration
  /// A connection is replaced at this age; venues end it after 24 h (fault ST12).
  public var rotation: Duration
  /// Up to this much earlier, drawn per connection, so that connections born together do not rotate together.
  public var rotationJitter: Duration
  /// How long the old connection goes on delivering after the new one was proven.
  public var overlap: Duration
  /// First and largest bound of the wait before a retry; the wait itself is drawn between 0 and the bound (full jitter,
  /// fault ST24).
  public var backoffBase: Duration
  public var backoffCap: Duration
  /// A subscription that stood this long makes the next failure count as the first.
  public var stable: Duration
  /// Wait after a refusal that trying again cannot cure.
  public var fatalRetry: Duration

  public init() {
    opening = .seconds(15)
    pingInterval = .seconds(4)
    pongDeadline = .seconds(3)
    graceDeadline = .seconds(2)
    probeInterval = .seconds(4)
    probeDeadline = .seconds(3)
    rotation = .seconds(23 * 3600)
    rotationJitter = .seconds(1800)
    overlap = .seconds(5)
    backoffBase = .milliseconds(500)
    backoffCap = .seconds(30)
    stable = .seconds(30)
    fatalRetry = .seconds(60)
  }
}
