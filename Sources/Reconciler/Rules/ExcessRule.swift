import Trading
import Venue

extension Rules {
  /// The legs cover more than the lots hold: a manual sale, an external exit, a late ghost (OL19, OL41). Cut the
  /// newest, unfilled legs first, so that the ones that stood longest stay; before them those of closed lots, whose
  /// levels are not those of what is left.
  static let excessRule: @Sendable (SymbolView) -> [Finding] = { view in
    guard view.coverage.excess.isPositive, !view.isExcessDoubtful, !view.hasOtherWriter else { return [] }
    let orphans = view.orphans
    // Orphans leave whole, by their own rule; a merged leg of a closed lot that is still needed in part is cut here.
    var excess = orphans.reduce(view.coverage.excess) { $0 - $1.coveredQuantity }
    var findings: [Finding] = []
    let open = Set(view.coverage.lots.map(\.lot.id))
    let kept = view.protections.reversed().filter { !orphans.contains($0) && $0.exitingQuantity.isZero }
    let ofClosedLots = kept.filter { !open.contains($0.name.lot) }
    for protection in ofClosedLots + kept.filter({ open.contains($0.name.lot) }) where excess.isPositive {
      let cut = FixedDecimal.min(excess, protection.coveredQuantity)
      guard cut.isPositive else { continue }
      excess = excess - cut
      findings.append(.excessive(protection, keep: protection.coveredQuantity - cut))
    }
    return findings
  }
}
