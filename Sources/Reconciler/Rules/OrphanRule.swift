import Trading
import Venue

extension Rules {
  /// A live leg whose lot holds nothing any more: it would sell what belongs to somebody else, or hit the next position
  /// (OL20, OL36). A leg that is already selling is left to finish.
  static let orphanRule: @Sendable (SymbolView) -> [Finding] = { view in view.orphans.map { .orphaned($0) } }
}

extension SymbolView {
  /// Two guardians that both believe to hold the lease know different things for a moment: while the other is heard of,
  /// both only protect (DESIGN "Replicas", fault PR04).
  var hasOtherWriter: Bool { memory.hasOtherWriter(at: now) }

  /// Live legs of closed lots that nothing needs, newest first. A merged leg is named after one lot and stands behind
  /// others too: it is an orphan only when the others are covered without it.
  var orphans: [Protection] {
    guard !protections.isEmpty, !isExcessDoubtful, !hasOtherWriter else { return [] }
    let lots = Set(coverage.lots.map(\.lot.id))
    var excess = coverage.excess
    return protections.reversed().filter { protection in
      guard !lots.contains(protection.name.lot), protection.exitingQuantity.isZero,
        protection.coveredQuantity <= excess
      else { return false }
      excess = excess - protection.coveredQuantity
      return true
    }
  }
}
