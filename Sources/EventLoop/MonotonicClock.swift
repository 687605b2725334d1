import CLinux

/// Time that never goes back, for deadlines and intervals; nanoseconds from an arbitrary start. A value that is
/// passed in.
public struct MonotonicClock: Sendable {
  private let read: @Sendable () -> Int64
  private let observe: (@Sendable (@escaping @Sendable () -> Void) -> Void)?

  /// - Parameters:
  ///   - observe: registers what to call after each jump of a clock that only moves when told to; nil for one that runs
  ///     by itself. A loop that waits for a manual clock needs this, because no kernel timer fires for it.
  public init(
    nowNanoseconds: @escaping @Sendable () -> Int64,
    observe: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil
  ) {
    self.read = nowNanoseconds
    self.observe = observe
  }

  /// CLOCK_MONOTONIC.
  public static let system = MonotonicClock(nowNanoseconds: { clinux_monotonic_ns() })

  /// Nanoseconds since the clock's own, arbitrary start.
  public var nowNanoseconds: Int64 { read() }

  /// True when time passes without anybody advancing it.
  public var runsByItself: Bool { observe == nil }

  /// Calls `body` after each jump of a manual clock, on the thread that moved it; does nothing for one that runs by
  /// itself.
  public func onJump(_ body: @escaping @Sendable () -> Void) {
    observe?(body)
  }
}
