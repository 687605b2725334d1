import Trading
import Venue

extension Rules {
  /// The legs cover more than the lots hold: a manual sale, an external exit, a late ghost (OL19, OL41). Cut the
  /// newest, unfilled legs first, so that the ones that stood longest stay.
  static let excessRule: @Sendable (SymbolView) -> [Finding] = { view in
    guard view.coverage.excess.isPositive else { return [] }
    let orphans = view.orphans
    // Orphans leave whole, by their own rule; a merged leg of a closed lot that is still needed in part is cut here.
    var excess = orphans.reduce(view.coverage.excess) { $0 - $1.coveredQuantity }
    var findings: [Finding] = []
    for protection in view.protections.reversed() where excess.isPositive {
      guard !orphans.contains(protection), protection.exitingQuantity.isZero else { continue }
      let cut = FixedDecimal.min(excess, protection.coveredQuantity)
      guard cut.isPositive else { continue }
      excess = excess - cut
      findings.append(.excessive(protection, keep: protection.coveredQuantity - cut))
    }
    return findings
  }
}
