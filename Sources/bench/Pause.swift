import Glibc

/// Waiting that belongs to what is measured: gaps between events, polls.
enum Pause {
  static func milliseconds(_ count: Int) { nanoseconds(Int64(count) * 1_000_000) }

  static func nanoseconds(_ count: Int64) {
    guard count > 0 else { return }
    var time = timespec(tv_sec: Int(count / 1_000_000_000), tv_nsec: Int(count % 1_000_000_000))
    nanosleep(&time, nil)
  }

  /// Until a moment of `Stopwatch.nanoseconds`, so that a late start of one step does not delay the next.
  static func until(_ moment: Int64) { nanoseconds(moment - Stopwatch.nanoseconds) }
}
