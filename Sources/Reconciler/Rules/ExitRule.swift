import Trading
import Venue

extension Rules {
  /// A lot that is to be flattened, or whose stop the price has passed under the `exit` policy, is sold at market:
  /// first what is free, and what own legs hold once they are out of the way (fault OL07, race R12).
  static let exitRule: @Sendable (SymbolView) -> [Finding] = { view in
    let memory = view.memory
    guard !memory.takingProfit.isEmpty || !memory.flattening.isEmpty || !memory.crossed.isEmpty else { return [] }
    let open = Set(view.coverage.lots.lazy.map(\.lot.id))
    return view.coverage.lots.flatMap { lot -> [Finding] in
      if let quantity = view.takeable(lot) { return [.sell(lot.lot.id, quantity: quantity, .watchedTakeProfit)] }
      let flattening = view.memory.flattening.contains(lot.lot.id)
      guard flattening || view.exitsOnCross(lot.lot) else { return [] }
      let reason: Reason = flattening ? .flatten : .stopCrossed
      var findings: [Finding] = []
      let wanted = flattening ? lot.flattenable : lot.placeable
      if wanted.isPositive { findings.append(.sell(lot.lot.id, quantity: wanted, reason)) }
      if flattening {
        // A leg of a closed lot stands behind what is left of the others.
        let own = view.protections.filter {
          ($0.name.lot == lot.lot.id || !open.contains($0.name.lot)) && $0.exitingQuantity.isZero
        }
        findings += own.map { .obstructive($0, reason) }
      }
      return findings
    }
  }
}

extension LotCoverage {
  /// What a flatten sells of the lot: somebody else's stop keeps nobody from selling what is free, as the operator
  /// wants it. It waits until nothing of ours blocks the rest, or the lot would go in crumbs as large as that stop,
  /// each before what is in the way (B416).
  var flattenable: FixedDecimal { obstructed.isZero ? placeable + coveredByOthers : placeable }
}

extension SymbolView {
  /// What is to be sold of a lot because a watched take-profit was reached, as far as it is free (B412) and the venue
  /// accepts it; what it does not accept is covered again. A lot that is to be flattened is sold whole instead (B410).
  func takeable(_ lot: LotCoverage) -> FixedDecimal? {
    guard let wanted = memory.takingProfit[lot.lot.id], !memory.flattening.contains(lot.lot.id) else { return nil }
    let quantity = FixedDecimal.min(wanted, FixedDecimal.min(lot.placeable, sellable ?? lot.placeable))
    return instrument.legalQuantity(quantity, at: exitPrice(of: lot.lot), market: true) == nil ? nil : quantity
  }

  /// The price passed this lot's stop and the policy says to sell.
  func exitsOnCross(_ lot: Lot) -> Bool {
    memory.crossed.contains(lot.id) && lot.bracket.onCrossedStop == .exit && allowsExit
  }

  /// The price passed this lot's stop, and nothing may be done about it but to try again.
  func isLeftCrossed(_ lot: Lot) -> Bool {
    memory.crossed.contains(lot.id) && lot.bracket.onCrossedStop != .clamp && !exitsOnCross(lot)
  }

  /// The price passed this lot's stop, the policy is to clamp, and no price has been sampled since.
  func awaitsClamp(_ lot: Lot) -> Bool {
    memory.crossed.contains(lot.id) && lot.bracket.onCrossedStop == .clamp && memory.clampedStops[lot.id] == nil
  }
}
