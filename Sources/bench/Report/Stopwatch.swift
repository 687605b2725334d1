import Glibc

/// The machine's clocks.
enum Stopwatch {
  /// Processor seconds that the calling thread spends in `body`: what others do on the machine is left out.
  static func threadSeconds(_ body: () throws -> Void) rethrows -> Double {
    let start = now(CLOCK_THREAD_CPUTIME_ID)
    try body()
    return Double(now(CLOCK_THREAD_CPUTIME_ID) - start) * 1e-9
  }

  /// Seconds on the wall while `body` runs.
  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = nanoseconds
    try body()
    return Double(nanoseconds - start) * 1e-9
  }

  static var nanoseconds: Int64 { now(CLOCK_MONOTONIC) }

  /// Since 1970.
  static var wallNanoseconds: Int64 { now(CLOCK_REALTIME) }

  private static func now(_ clock: Int32) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
