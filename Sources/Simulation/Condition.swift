/// States of the market or the account in which covering takes longer, or cannot be done, without any fault.
enum Condition: String, CaseIterable, Hashable, Sendable {
  /// Others keep undoing our repairs.
  case duel
  /// A market exit found nobody to sell to.
  case illiquid
  /// The price was through the stop before it stood.
  case crossed
  /// No conditional-order slot was left.
  case slots
  /// No guardian runs.
  case down
  /// Others hold every conditional-order slot: no stop of ours can stand, and none may be taken away.
  case foreignSlots
  /// The operator has paused the guardian.
  case paused
  /// The operator has a symbol flattened: its stops go first.
  case flattening

  /// How long a part may be naked in it; `nil`: excused.
  var bound: Duration? {
    switch self {
    case .duel, .illiquid, .down, .foreignSlots: nil
    case .crossed, .slots, .paused, .flattening: Referee.oneFaultBound
    }
  }

  /// The alert that says so.
  init?(alert kind: String) {
    switch kind {
    case "frozen": self = .duel
    case "stop_crossed": self = .crossed
    case "no_slot", "consolidating": self = .slots
    default: return nil
    }
  }
}
