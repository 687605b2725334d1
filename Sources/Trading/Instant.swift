/// A moment on the machine's monotonic clock, in nanoseconds from an arbitrary start. Timers and ages are measured with
/// it, so that a wall-clock jump (fault PR06) moves nothing.
public struct Instant: Hashable, Comparable, Sendable {
  public let nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

  public static func + (instant: Self, duration: Duration) -> Self {
    Self(nanoseconds: instant.nanoseconds &+ duration.wholeNanoseconds)
  }

  public static func - (a: Self, b: Self) -> Duration { .nanoseconds(a.nanoseconds &- b.nanoseconds) }
}

extension Duration {
  /// The duration in whole nanoseconds, clamped to 292 years.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    return scaled.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
  }

  /// The duration in whole milliseconds, toward zero.
  public var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }
}
