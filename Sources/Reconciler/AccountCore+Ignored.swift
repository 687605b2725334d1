import Trading
import Venue

extension AccountCore {
  /// Judges a symbol on which a policy ignores every lot, and nothing of ours is at the venue, under way or remembered:
  /// the rules find nothing there but what is ignored. Most events of a bot that protects itself end here. Answers
  /// whether that is so; what it leaves behind is exactly what the whole judgement would.
  mutating func judgeIgnored(_ symbol: Symbol) -> Bool {
    guard turn.source == .stream, alerts.isEmpty, let place = lanes.place(of: symbol), lanes.values[place].isQuiet,
      lanes.values[place].refusals == 0, let holding = ignoredHolding(symbol)
    else { return false }
    let cause = Lane.Cause(source: turn.source, at: turn.now, uncovered: holding.uncovered)
    lanes.values[place].note(cause, watchesPrice: false)
    let state: CoverageRecord.State = !isKnown ? .unknown : holding.position.isZero ? .flat : .ignored
    publish(
      CoverageRecord(
        symbol: symbol, state: state, position: holding.position, covered: holding.covered, dust: .zero,
        reasons: holding.uncovered.isPositive ? [Reason.ignored.rawValue] : []))
    return true
  }

  /// What a symbol's lots hold together, when nobody has to protect any of them: none is protected or waits for the
  /// rest of its entry, every sale is booked, and no order can be ours. Otherwise `nil`.
  private func ignoredHolding(
    _ symbol: Symbol
  ) -> (position: FixedDecimal, covered: FixedDecimal, uncovered: FixedDecimal)? {
    guard let instrument = instruments.place(of: symbol), !mayHaveUnbookedSales(symbol), !hasOwnOrListed(symbol),
      let position = ledger.ignoredQuantity(symbol)
    else { return nil }
    // Foreign stops count as cover here as well, and a proven shortage of the wallet takes the rest.
    let covered = FixedDecimal.min(book.restingStops(symbol), position)
    let short = walletShort(instruments.values[instrument].base, symbol)
    return (position, covered, FixedDecimal.max(.zero, position - covered - short))
  }
}
