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
    // Up to nine seconds fit in 64 bits, and nearly all durations here do: to divide 128 bits costs many times more.
    if let short = Int64(exactly: attoseconds) { return short / 1_000_000_000 }
    return Int64(clamping: attoseconds / 1_000_000_000)
  }

  /// The duration in whole milliseconds, toward zero.
  public var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }
}
