import EventLoop
import RESTClient
import Trading

/// The venue's clock as far as we know it, and this machine's clocks beside it.
struct VenueClock: Sendable {
  private let wall: WallClock
  private let monotonic: MonotonicClock
  private var estimate = ClockOffset()

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

  mutating func measured(_ venue: Timestamp, sentAt: Instant) {
    estimate.add(venueTime: venue, sentAt: sentAt, receivedAt: localNow)
  }

  /// The venue said that our time is wrong (fault RS05).
  mutating func distrust() { estimate.distrust() }
}
