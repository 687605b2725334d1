public import Trading

/// How often connections may be attempted, over all sockets of the process: the venue counts by IP address and bans
/// (300 attempts in 5 minutes, binance.md §2.1; fault ST24 allows us 60).
public struct ConnectionBudget: Sendable, Equatable {
  public let maximumAttempts: Int
  public let window: Duration
  /// Start times inside the window, oldest first; at most `maximumAttempts`.
  private var attempts: [Instant] = []

  public init(maximumAttempts: Int = 60, window: Duration = .seconds(300)) {
    precondition(maximumAttempts > 0, "a budget of no attempts connects to nothing")
    self.maximumAttempts = maximumAttempts
    self.window = window
  }

  /// Takes one attempt. Nil when it was granted, otherwise when the next one will be.
  public mutating func take(at now: Instant) -> Instant? {
    while let first = attempts.first, first + window <= now { attempts.removeFirst() }
    guard attempts.count < maximumAttempts else { return attempts[0] + window }
    attempts.append(now)
    return nil
  }
}
