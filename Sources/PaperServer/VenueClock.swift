import EventLoop
public import Trading

/// The venue's wall clock as a value, so that a test sets the time.
public struct VenueClock: Sendable {
  private let read: @Sendable () -> Timestamp

  public init(_ read: @escaping @Sendable () -> Timestamp) { self.read = read }

  /// The machine's calendar time.
  public static let system = VenueClock { Timestamp(microseconds: WallClock.system.nowMicroseconds) }

  public var now: Timestamp { read() }
}
