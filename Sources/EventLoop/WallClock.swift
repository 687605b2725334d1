import CLinux

/// Calendar time for stamps and signatures; microseconds since the Unix epoch. It may jump, so no deadline uses it.
public struct WallClock: Sendable {
  private let read: @Sendable () -> Int64

  public init(nowMicroseconds: @escaping @Sendable () -> Int64) {
    self.read = nowMicroseconds
  }

  /// CLOCK_REALTIME.
  public static let system = WallClock(nowMicroseconds: { clinux_realtime_ns() / 1000 })

  /// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
  public var nowMicroseconds: Int64 { read() }
}
