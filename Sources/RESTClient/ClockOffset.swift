public import Trading

/// What the venue's clock shows, from a few measured round trips. Pure.
///
/// The estimate is tied to the monotonic clock, so a step of this machine's calendar clock moves no signature out of
/// the venue's window (faults RS05, PR06). The median of five outlives single slow or lopsided round trips.
public struct ClockOffset: Hashable, Sendable {
  public static let samplesWanted = 5
  /// Half of a round trip is the largest error of a sample; past this it could reach the venue's limit of 1 s.
  public static let roundTripMax: Duration = .milliseconds(1500)
  /// Quartz drifts some 20 ppm: 12 ms in this time.
  public static let measureEvery: Duration = .seconds(600)
  /// Between the samples of one set, so that one congested moment does not spoil all of them.
  public static let sampleSpacing: Duration = .milliseconds(200)
  /// The venue shows whole milliseconds, cut off: on average half of one is missing.
  private static let truncation: Duration = .microseconds(500)

  /// Venue time minus monotonic time, both in microseconds, newest last.
  private var samples: [Int64] = []
  private var median: Int64?
  private var lastSampleAt: Instant?

  public init() {}

  /// Takes the venue's answer to "what time is it".
  ///
  /// - Returns: `false` when the round trip was too long to learn from.
  @discardableResult
  public mutating func add(venueTime: Timestamp, sentAt: Instant, receivedAt: Instant) -> Bool {
    let roundTrip = receivedAt - sentAt
    guard roundTrip >= .zero, roundTrip <= Self.roundTripMax else { return false }
    let middle = sentAt + roundTrip / 2
    samples.append((venueTime + Self.truncation).microseconds - middle.nanoseconds / 1000)
    if samples.count > Self.samplesWanted { samples.removeFirst() }
    let sorted = samples.sorted()
    median = sorted[sorted.count / 2]
    lastSampleAt = receivedAt
    return true
  }

  /// The venue said that our time is wrong (`-1021`), or the machine slept: what was measured before is worth nothing.
  /// The old estimate serves until the next sample.
  public mutating func distrust() {
    samples = []
    lastSampleAt = nil
  }

  public var isMeasured: Bool { median != nil }

  /// `nil` before the first sample.
  public func venueTime(at now: Instant) -> Timestamp? {
    median.map { Timestamp(microseconds: $0 &+ now.nanoseconds / 1000) }
  }

  /// Venue clock minus this machine's calendar clock, for people and metrics.
  public func offset(from wallTime: Timestamp, at now: Instant) -> Duration? {
    venueTime(at: now).map { $0 - wallTime }
  }

  /// When the next sample is due: at once until there are five, then every ten minutes.
  public func nextMeasurement(at now: Instant) -> Instant {
    guard let lastSampleAt else { return now }
    return lastSampleAt + (samples.count < Self.samplesWanted ? Self.sampleSpacing : Self.measureEvery)
  }
}
