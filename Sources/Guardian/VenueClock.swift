import EventLoop
import Trading

/// The venue's clock as far as we know it. Runs on the monotonic clock once it was measured, so that a step of this machine's
/// calendar time moves no signature out of the venue's window (faults RS05, PR06).
struct VenueClock: Sendable {
  /// A measurement whose round trip took longer than this is worth less than the one it would replace.
  static let roundTripMax: Duration = .milliseconds(1500)

  private let wall: WallClock
  private let monotonic: MonotonicClock
  private var anchor: (venue: Timestamp, local: Instant)?
  /// Venue minus this machine's calendar clock at the last measurement.
  private(set) var offset: Duration?

  init(wall: WallClock, monotonic: MonotonicClock) {
    self.wall = wall
    self.monotonic = monotonic
  }

  var localNow: Instant { Instant(nanoseconds: monotonic.nowNanoseconds) }
  var wallNow: Timestamp { Timestamp(microseconds: wall.nowMicroseconds) }

  /// Venue-corrected time; this machine's own until the first measurement.
  var now: Timestamp {
    guard let anchor else { return wallNow }
    return anchor.venue + (localNow - anchor.local)
  }

  var isMeasured: Bool { anchor != nil }

  /// Takes one reading of the venue's clock. Half of the round trip lies between the venue's answer and us.
  /// - Returns: `false` when the round trip was too long to learn from and an earlier measurement stands.
  mutating func measured(_ venue: Timestamp, sentAt: Instant, receivedAt: Instant) -> Bool {
    let roundTrip = receivedAt - sentAt
    guard roundTrip <= Self.roundTripMax || anchor == nil else { return false }
    anchor = (venue + roundTrip / 2, receivedAt)
    offset = now - wallNow
    return true
  }
}
