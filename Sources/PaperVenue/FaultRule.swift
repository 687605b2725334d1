public import Trading

/// One fault as a value: when, for whom, how often, and what. Rules are matched in their order; what they draw comes
/// from the world's seed, so a script of rules replays exactly.
public struct FaultRule: Hashable, Sendable {
  /// A label for reports.
  public var name: String
  /// Active from this venue time; from the start when `nil`.
  public var from: Timestamp?
  /// Active before this venue time; for ever when `nil`.
  public var until: Timestamp?
  /// Only this account; every account when `nil`.
  public var account: AccountID?
  /// How often a match is hit, in thousandths.
  public var perMille = 1000
  /// Matches let through before the first hit, so that "exactly the k-th" can be said.
  public var skip = 0
  /// Hits after which the rule is spent; unlimited when `nil`.
  public var hitsMax: Int?
  public var effect: FaultEffect

  public init(
    _ effect: FaultEffect, name: String = "", from: Timestamp? = nil, until: Timestamp? = nil,
    account: AccountID? = nil, perMille: Int = 1000, skip: Int = 0, hitsMax: Int? = nil
  ) {
    self.name = name
    self.from = from
    self.until = until
    self.account = account
    self.perMille = perMille
    self.skip = skip
    self.hitsMax = hitsMax
    self.effect = effect
  }

  func isActive(at now: Timestamp) -> Bool {
    if let from, now < from { return false }
    if let until, now >= until { return false }
    return true
  }
}

/// What a fault does. An empty list of kinds means every kind.
public enum FaultEffect: Hashable, Sendable {
  // The stream (faults ST01–ST16).

  /// The event is never sent, others are (ST05).
  case dropEvents([EventKind])
  /// The event comes late and may be overtaken (ST07, ST09).
  case delayEvents([EventKind], by: DelayRange)
  /// The event comes again (ST06).
  case duplicateEvents([EventKind], after: DelayRange)
  /// Everything comes late, in order.
  case lagStream(DelayRange)
  /// Pings go on, user events do not (ST03).
  case silenceStream
  /// The event's connections are cut before it is sent (ST01, ST02).
  case cutOnEvent([EventKind])
  /// The subscription ends instead of the event; the socket lives (ST14).
  case terminateOnEvent([EventKind])
  /// New connections are refused (ST24).
  case refuseConnections

  // Requests (faults RS01–RS18).

  /// The request never arrives; nobody answers.
  case loseRequests([RequestKind])
  /// The request arrives late.
  case delayRequests([RequestKind], by: DelayRange)
  /// A definite refusal, nothing applied.
  case refuse([RequestKind], PaperError)
  /// An ambiguous answer, nothing applied (RS02).
  case failBeforeApply([RequestKind], PaperError)
  /// An ambiguous answer, applied (RS02).
  case failAfterApply([RequestKind], PaperError)
  /// Applied; nobody answers (RS01).
  case loseReplies([RequestKind])
  /// The same, and the connection is closed.
  case cutReplies([RequestKind])
  case delayReplies([RequestKind], by: DelayRange)
  /// Reads see the account as it stood this long ago (RS06, RS09).
  case staleReads([RequestKind], lag: Duration)
  /// Reads see the account as it stood when the rule became active.
  case frozenReads([RequestKind])
  /// 418 on everything until the rule ends (RS04).
  case ban
  /// 429 on everything until the rule ends.
  case throttle

  // Time.

  /// The venue's clock differs from the truth by this much (RS05).
  case skewClock(Duration)
}

/// A delay drawn evenly between two bounds.
public struct DelayRange: Hashable, Sendable {
  public var least: Duration
  public var most: Duration

  public init(_ least: Duration, _ most: Duration) {
    self.least = least
    self.most = most
  }

  public static func exactly(_ delay: Duration) -> DelayRange { DelayRange(delay, delay) }

  func draw(_ random: inout SeededRandom) -> Duration {
    guard least < most else { return least }
    return .nanoseconds(random.number(in: least.wholeNanoseconds...most.wholeNanoseconds))
  }
}
