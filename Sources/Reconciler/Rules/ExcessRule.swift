import Trading
import Venue

extension Rules {
  /// The legs cover more than the lots hold: a manual sale, an external exit, a late ghost (OL19, OL41). Cut the
  /// newest, unfilled legs first, so that the ones that stood longest stay.
  static let excessRule: @Sendable (SymbolView) -> [Finding] = { view in
    let closed = Set(view.protections.map(\.name.lot)).subtracting(view.coverage.lots.map(\.lot.id))
    var excess = view.coverage.excess
    // Orphans leave whole, by their own rule.
    for protection in view.protections where closed.contains(protection.name.lot) {
      excess = excess - protection.coveredQuantity
    }
    var findings: [Finding] = []
    for protection in view.protections.reversed() where excess.isPositive {
      guard !closed.contains(protection.name.lot), protection.exitingQuantity.isZero else { continue }
      let cut = FixedDecimal.min(excess, protection.coveredQuantity)
      guard cut.isPositive else { continue }
      excess = excess - cut
      findings.append(.excessive(protection, keep: protection.coveredQuantity - cut))
    }
    return findings
  }
}
