import EventLoop
import RESTClient
import Trading

/// The venue's clock as far as we know it, and this machine's clocks beside it.
struct VenueClock: Sendable {
  private let wall: WallClock
  private let monotonic: MonotonicClock
  private var estimate = ClockOffset()
  /// Half of the last round trip that was learned from: how far `now` may be off.
  private var uncertainty: Duration = .zero

  init(wall: WallClock, monotonic: MonotonicClock) {
    self.wall = wall
    self.monotonic = monotonic
  }

  var localNow: Instant { Instant(nanoseconds: monotonic.nowNanoseconds) }
  var wallNow: Timestamp { Timestamp(microseconds: wall.nowMicroseconds) }

  /// Venue-corrected time; this machine's own until the first measurement.
  var now: Timestamp { estimate.venueTime(at: localNow) ?? wallNow }

  var isMeasured: Bool { estimate.isMeasured }

  /// Venue minus this machine's calendar clock.
  var offset: Duration? { estimate.offset(from: wallNow, at: localNow) }

  var nextMeasurement: Instant { estimate.nextMeasurement(at: localNow) }

  /// A moment that the venue's clock has certainly passed. What a snapshot is dated with: dated too late it would beat
  /// events that are younger than it.
  var certainlyPassed: Timestamp { now + (.zero - uncertainty - .milliseconds(1)) }

  mutating func measured(_ venue: Timestamp, sentAt: Instant) {
    let receivedAt = localNow
    guard estimate.add(venueTime: venue, sentAt: sentAt, receivedAt: receivedAt) else { return }
    // The estimate is a median of five, so the widest of the round trips behind it counts; it shrinks slowly.
    uncertainty = max((receivedAt - sentAt) / 2, uncertainty * 3 / 4)
  }

  /// The venue said that our time is wrong (fault RS05).
  mutating func distrust() { estimate.distrust() }
}
