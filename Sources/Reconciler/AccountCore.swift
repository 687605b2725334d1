public import Trading
public import Venue

/// The state machine that owns one account (DESIGN §3 "The core").
public struct AccountCore: Sendable {
  public init(policy: ProtectionPolicy) {}

  /// Takes one input and answers with what to do. The same inputs give the same effects, byte for byte.
  public mutating func handle(_ input: Input, at now: Instant) -> [Effect] { [] }

  /// What would be done for every symbol if nothing else happened, in order, with reasons. Changes nothing.
  public func plan(at now: Instant) -> [PlannedAction] { [] }

  public var status: AccountStatus {
    AccountStatus(
      account: "", environment: .paper, isArmed: false, isPaused: false, isKnown: false, streamEpoch: nil,
      lastSweep: nil, coverage: [], nakedSince: [:], lots: [], legs: [], residuals: [:], alerts: [], frozen: [])
  }
}
