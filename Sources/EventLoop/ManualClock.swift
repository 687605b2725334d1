/// Both kinds of time, standing still until told otherwise: for tests and simulation. Thread-safe.
public final class ManualClock: Sendable {
  private struct State {
    var elapsedNanoseconds: Int64 = 0
    var wallOffsetMicroseconds: Int64
    var observers: [@Sendable () -> Void] = []
  }

  private let state: Locked<State>

  /// - Parameter wallMicroseconds: calendar time at the start; the default is 2025-11-21T04:53:20Z.
  public init(wallMicroseconds: Int64 = 1_763_700_800_000_000) {
    state = Locked(State(wallOffsetMicroseconds: wallMicroseconds))
  }

  /// A clock that shows this one's time and wakes loops that wait for it.
  public var monotonic: MonotonicClock {
    MonotonicClock(
      nowNanoseconds: { [state] in state.withLock { $0.elapsedNanoseconds } },
      observe: { [state] observer in state.withLock { $0.observers.append(observer) } })
  }

  public var wall: WallClock {
    WallClock { [state] in state.withLock { $0.wallOffsetMicroseconds + $0.elapsedNanoseconds / 1000 } }
  }

  /// Moves both clocks forward. Timers that fall due run on their loops, not here.
  public func advance(byNanoseconds nanoseconds: Int64) {
    precondition(nanoseconds >= 0, "monotonic time does not go back")
    let observers = state.withLock { state in
      state.elapsedNanoseconds += nanoseconds
      return state.observers
    }
    for observer in observers { observer() }
  }

  public func advance(bySeconds seconds: Int64) {
    advance(byNanoseconds: seconds * 1_000_000_000)
  }

  /// Moves calendar time alone, as an NTP step does; may be negative.
  public func stepWall(byMicroseconds microseconds: Int64) {
    state.withLock { $0.wallOffsetMicroseconds += microseconds }
  }
}
