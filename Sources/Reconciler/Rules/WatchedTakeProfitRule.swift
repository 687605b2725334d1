import Trading
import Venue

extension Rules {
  /// A stop without its take-profit (no slot, or the venue refused the pair): when the last price reaches the
  /// take-profit, the stop makes room and the tranche is sold.
  static let watchedTakeProfitRule: @Sendable (SymbolView) -> [Finding] = { view in
    guard let last = view.lastPrice, view.now - last.at <= SymbolView.SampledPrice.freshFor else { return [] }
    // One after the other: what one stop made room for is sold before the next is taken down.
    guard view.memory.takingProfit.isEmpty || !view.coverage.lots.contains(where: { view.takeable($0) != nil }) else {
      return []
    }
    return view.protections.compactMap { protection in
      guard protection.stop?.isOpen == true, protection.takeProfit == nil, protection.exitingQuantity.isZero,
        let lot = view.coverage.lots.first(where: { $0.lot.id == protection.name.lot }),
        let target = view.watchedTakeProfit(of: protection, in: lot.lot), last.price >= target,
        view.instrument.legalQuantity(protection.lockedQuantity, at: view.exitPrice(of: lot.lot), market: true) != nil
      else { return nil }
      return .obstructive(protection, .watchedTakeProfit)
    }
  }
}

extension SymbolView {
  /// The take-profit price that the guardian must watch for a stop that has no sibling, if the bracket has one.
  func watchedTakeProfit(of protection: Protection, in lot: Lot) -> FixedDecimal? {
    let tranche = min(max(protection.name.tranche, 1), lot.bracket.takeProfits.count)
    return takeProfitPrice(of: lot, tranche: tranche)
  }

  /// Whether any take-profit of the symbol needs a price to be sampled.
  var watchesPrice: Bool {
    if !memory.clampedStops.isEmpty { return true }
    // What is to be sold at market may be too little for an order at the price of the moment.
    let isSelling = coverage.lots.contains { lot in
      memory.crossed.contains(lot.lot.id) || (memory.flattening.contains(lot.lot.id) && lot.flattenable.isPositive)
    }
    if isSelling { return true }
    return protections.contains { protection in
      guard protection.stop?.isOpen == true, protection.takeProfit == nil,
        let lot = coverage.lots.first(where: { $0.lot.id == protection.name.lot })
      else { return false }
      return !lot.lot.bracket.takeProfits.isEmpty
    }
  }
}
