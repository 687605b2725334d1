import EventLoop

/// Waiting is asking again until a deadline, never a fixed pause: a scene lasts as long as the thing it waits for.
enum Waiting {
  static let pauseNanoseconds: UInt64 = 5_000_000

  /// Asks until the answer is there or the time is over.
  /// - Returns: the answer and how long it took; `nil` when the time was over first.
  static func value<Value>(
    within limit: Duration, _ ask: () async throws -> Value?
  ) async throws -> (value: Value, after: Duration)? {
    let clock = ContinuousClock()
    let start = clock.now
    while true {
      if let value = try await ask() { return (value, clock.now - start) }
      guard clock.now - start < limit else { return nil }
      try await Task.sleep(nanoseconds: pauseNanoseconds)
    }
  }

  /// - Returns: how long it took until the condition held; `nil` when it never did.
  static func until(within limit: Duration, _ condition: () async throws -> Bool) async throws -> Duration? {
    try await value(within: limit) { try await condition() ? () : nil }?.after
  }
}
