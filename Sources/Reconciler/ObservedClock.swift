import Trading

/// What events prove about the venue's clock: an event cannot arrive before it happened. A reading must never be dated
/// later than that proves, or it would beat events that are newer than it (faults RS05, PR06).
struct ObservedClock: Hashable, Sendable {
  /// An observation is replaced by a weaker one after this, because two clocks drift apart.
  static let trustedFor: Duration = .seconds(60)

  /// Venue time less monotonic time, in microseconds: at least this.
  private var offset: Int64?
  private var observedAt = Instant(nanoseconds: 0)

  /// Takes an event's time. Answers whether it is the first one: figures dated before it may be dated too late.
  mutating func observe(_ time: Timestamp, at now: Instant) -> Bool {
    let isFirst = offset == nil
    let observed = time.microseconds - now.nanoseconds / 1000
    if let offset, observed < offset, now - observedAt < Self.trustedFor { return false }
    offset = observed
    observedAt = now
    return isFirst
  }

  /// A time that the venue's clock had certainly passed at that moment, where anything proves one.
  func passed(at moment: Instant) -> Timestamp? {
    offset.map { Timestamp(microseconds: moment.nanoseconds / 1000 + $0) }
  }

  /// `claimed`, or what is proven for that moment when it is earlier.
  func sure(_ claimed: Timestamp, at moment: Instant) -> Timestamp {
    passed(at: moment).map { min(claimed, $0) } ?? claimed
  }
}
