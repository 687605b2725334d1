import Trading
import Venue

extension Rules {
  /// A stop that triggered and has not filled for `triggerPatience` protects nothing and holds the base: a stop-limit
  /// whose limit the market left behind (OL11), or a trigger that the venue swallowed (OL13).
  static let stuckTriggerRule: @Sendable (SymbolView) -> [Finding] = { view in
    guard !view.memory.triggeredAt.isEmpty else { return [] }
    return view.protections.compactMap { protection in
      let stuck = protection.members.contains { order in
        guard order.isExiting, let since = view.memory.triggeredAt[order.key] else { return false }
        return view.now - since >= view.timing.triggerPatience
      }
      return stuck ? .obstructive(protection, .stopFailed) : nil
    }
  }
}
