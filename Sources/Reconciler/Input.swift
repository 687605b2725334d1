public import Trading
public import Venue

/// Everything that can happen to an account, as plain values. The core knows of the world only what these say.
public enum Input: Hashable, Sendable {
  /// What the mirror remembers; `nil` when it cannot be read: then the venue alone must do (promise I6).
  case restored(MirrorState?)
  case instruments([Instrument])
  /// The private stream delivers from now on. `epoch` counts connections upwards.
  case streamOpened(epoch: Int64)
  /// The stream ended, or can no longer be trusted, until the next `streamOpened`.
  case streamLost(epoch: Int64, reason: String)
  case event(VenueEvent)
  case snapshot(id: Int64, VenueSnapshot)
  case outcome(id: Int64, CommandOutcome)
  case answer(id: Int64, QueryResult)
  case bracket(BracketRegistration)
  case request(OperatorRequest)
  case timer(CoreTimer)
}

/// What an operator or a bot asks for.
public enum OperatorRequest: Hashable, Sendable {
  case sweep
  /// Place nothing new for the account until resumed. Legs stay, and what fills meanwhile is shown as unprotected.
  case pause
  case resume
  /// Sell what the symbol's lots hold, at market.
  case flatten(Symbol)
  /// Thaw a position that was frozen by repeated repairs.
  case unfreeze(Symbol)
  /// Layer 3: place a bot's entry and its legs. Answered by `Effect.entryReport` with the same `requestID`.
  case enter(requestID: Int64, EntryPlacement, bracket: Bracket?, strategy: StrategyID?)
  case reload(ProtectionPolicy)
}

/// The core's timers. Setting one again moves it.
public enum CoreTimer: Hashable, Sendable {
  case sweep
  /// The outstanding snapshot is overdue.
  case snapshotDeadline(id: Int64)
  /// The unanswered command of a symbol is to be queried.
  case settle(Symbol)
  /// A symbol may act again after a refusal.
  case retry(Symbol)
  case nakedAlert(Symbol)
  case instruments
  /// A direct entry has waited long enough for its legs.
  case entry(requestID: Int64)
}
