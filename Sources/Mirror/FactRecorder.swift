public import Trading
public import Venue

/// Where the core's facts go. Today the mirror's bounded queue; a local journal can stand in later without the core
/// noticing.
public protocol FactRecorder: Sendable {
  /// Takes the facts of one input, in order; they reach the database in one transaction. Never blocks and never fails:
  /// what cannot be kept is counted and shows as a need to resync.
  func record(_ facts: [Fact], account: AccountID)
}
