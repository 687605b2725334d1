import Trading
import Venue

extension Rules {
  /// A live leg whose lot holds nothing any more: it would sell what belongs to somebody else, or hit the next position
  /// (OL20, OL36). A leg that is already selling is left to finish.
  static let orphanRule: @Sendable (SymbolView) -> [Finding] = { view in
    let lots = Set(view.coverage.lots.map(\.lot.id))
    // A merged leg is named after one lot and stands behind others: it is an orphan only as far as nothing needs it.
    var excess = view.coverage.excess
    return view.protections.reversed().compactMap { protection in
      guard !lots.contains(protection.name.lot), protection.exitingQuantity.isZero else { return nil }
      guard protection.coveredQuantity <= excess else { return nil }
      excess = excess - protection.coveredQuantity
      return .orphaned(protection)
    }
  }
}
