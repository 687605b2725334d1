public import Trading
public import Venue

/// The part of an account's status that gauges read every second: no lots and no legs, so that an account with
/// thousands of them costs the loop nothing.
public struct ProtectionState: Hashable, Sendable {
  public var isPaused: Bool
  /// See `AccountStatus.isKnown`.
  public var isKnown: Bool
  public var lastSweep: Instant?
  public var coverage: [CoverageRecord]
  public var nakedSince: [Symbol: Instant]

  public init(
    isPaused: Bool, isKnown: Bool, lastSweep: Instant?, coverage: [CoverageRecord], nakedSince: [Symbol: Instant]
  ) {
    self.isPaused = isPaused
    self.isKnown = isKnown
    self.lastSweep = lastSweep
    self.coverage = coverage
    self.nakedSince = nakedSince
  }
}
