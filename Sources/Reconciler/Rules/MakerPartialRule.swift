import Trading
import Venue

extension Rules {
  /// Race R3: the first partial fill of a maker take-profit cancels the stop beside it. What rests of it protects
  /// nothing and holds the base, so it is cancelled and the remainder gets a new pair.
  static let makerPartialRule: @Sendable (SymbolView) -> [Finding] = { view in
    view.protections.compactMap { protection in
      guard let takeProfit = protection.takeProfit, takeProfit.isOpen, !takeProfit.isExiting,
        protection.stop == nil, protection.stopHasEnded,
        let lot = view.coverage.lots.first(where: { $0.lot.id == protection.name.lot }), lot.lot.bracket.stop != nil
      else { return nil }
      return .obstructive(protection, .makerPartial)
    }
  }
}
