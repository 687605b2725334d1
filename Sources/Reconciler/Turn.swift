import Trading
import Venue

/// What one call of `handle` collects before it answers.
struct Turn: Sendable {
  var now: Instant
  /// The layer that this input belongs to.
  var source: Source
  var facts: [Fact] = []
  /// What a fill usually leaves behind; one allocation instead of four.
  static let usualFacts = 8
  var effects: [Effect] = []
  var dirty = DirtySymbols()
  /// Venue time at which this turn's reading began.
  var readAt: Timestamp?
  /// Facts that this turn's snapshot taught us and the stream had not.
  var repairs = 0

  /// Facts first: an intent is on its way to the journal before its effect (faults PR01, PR02).
  consuming func finish() -> [Effect] {
    guard !facts.isEmpty else { return effects }
    guard !effects.isEmpty else { return [.record(facts)] }
    effects.insert(.record(facts), at: 0)
    return effects
  }
}
