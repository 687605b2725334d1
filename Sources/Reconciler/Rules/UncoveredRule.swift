import Trading
import Venue

extension Rules {
  /// A lot holds more than stands behind stops. Sized from what it holds against what is covered, never from one
  /// event's quantity (fault OL02).
  static let uncoveredRule: @Sendable (SymbolView) -> [Finding] = { view in
    view.coverage.lots.compactMap { lot in
      guard lot.uncovered.isPositive else { return nil }
      let id = lot.lot.id
      if lot.lot.entryIsOpen, let settlesAt = lot.account.settlesAt, view.now < settlesAt {
        return .held(id, quantity: lot.uncovered, .entrySettling)
      }
      guard lot.lot.isProtected else { return .held(id, quantity: lot.uncovered, .ignored) }
      if view.takeable(lot) != nil || view.memory.flattening.contains(id) || view.exitsOnCross(lot.lot) {
        return nil
      }
      guard lot.placeable.isPositive else { return .held(id, quantity: lot.uncovered, .makerPartial) }
      if view.awaitsClamp(lot.lot) { return .held(id, quantity: lot.uncovered, .stopCrossed) }
      return .uncovered(lot)
    }
  }
}
