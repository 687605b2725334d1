import Trading
import Venue

extension Rules {
  /// Race R3: the first partial fill of a maker take-profit cancels the stop beside it. What rests of it protects
  /// nothing and holds the base, so it is cancelled and the remainder gets a new pair.
  static let makerPartialRule: @Sendable (SymbolView) -> [Finding] = { view in
    view.protections.compactMap { protection in
      guard protection.stopHasEnded, protection.stop == nil, let takeProfit = protection.takeProfit,
        takeProfit.isOpen, !takeProfit.isExiting, protection.siblingIsDue(by: view.now),
        let lot = view.coverage.lots.first(where: { $0.lot.id == protection.name.lot }), lot.lot.bracket.stop != nil
      else { return nil }
      return .obstructive(protection, .makerPartial)
    }
  }
}

extension Protection {
  /// How long the end of a list's second member may come after the first's.
  static let siblingGrace: Duration = .milliseconds(100)

  /// Its stop has ended, and the take-profit did not end with it.
  func siblingIsDue(by now: Instant) -> Bool {
    if let takeProfit, takeProfit.executedQuantity.isPositive { return true }
    return siblingDueAt.map { now >= $0 } ?? true
  }

  /// When to look again at a take-profit whose stop has just ended.
  var siblingDueAt: Instant? { stopEndedAt.map { $0 + Self.siblingGrace } }
}
