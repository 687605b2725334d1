import Trading
import Venue

extension AccountCore {
  /// Takes what the mirror remembers. With no mirror the venue alone must do: legs name their entries, and recent
  /// history is read from the adopt window on (promise I6, fault DB01).
  mutating func restore(_ state: MirrorState?) {
    guard !isSynced else {
      if let state { for registration in state.brackets { brackets[registration.entryClientOrderID] = registration } }
      return
    }
    guard !instruments.isEmpty else {
      // Lots cannot be read without their symbols' filters: what the mirror remembers waits for them.
      awaitingInstruments = state ?? MirrorState()
      needsFreshIDs = needsFreshIDs || state == nil
      return turn.effects.append(.requestInstruments)
    }
    isRestored = true
    needsFreshIDs = needsFreshIDs || state == nil
    awaitingInstruments = nil
    if let state { load(state) }
    takeEarlyEvents()
    requestSnapshot("start")
  }

  private mutating func load(_ state: MirrorState) {
    protectedSince = state.protectedSince
    lastID = max(lastID, state.lastID)
    sweeps.cursors = state.tradeCursors
    for registration in state.brackets { brackets[registration.entryClientOrderID] = registration }
    for leg in state.legs { legs[leg.clientOrderID] = leg }
    for order in state.orders { _ = book.apply(order, at: turn.now) }
    for fill in state.fills {
      ledger.remember(fill)
      sweeps.readThrough[fill.symbol] = max(sweeps.readThrough[fill.symbol] ?? fill.venueTime, fill.venueTime)
      handledThrough[fill.symbol] = max(handledThrough[fill.symbol] ?? fill.venueTime, fill.venueTime)
    }
    for lot in state.lots { put(lot, from: state) }
    // What the wallet held proves nothing about the fills behind it: they may have been lost with the last moments
    // before a crash. Only what lots and the residual explain is expected; the rest is looked into.
    for balance in state.balances {
      let isTraded = symbolsByBase[balance.asset] != nil
      let explained = lotTotal(balance.asset) + (state.residuals[balance.asset] ?? .zero)
      expectedTotals[balance.asset] = isTraded ? explained : balance.total
    }
    sweeps.wantedHistories.formUnion(activeSymbols)
  }

  private mutating func put(_ lot: Lot, from state: MirrorState) {
    guard let instrument = instruments[lot.symbol] else {
      // Filters come before the mirror in the start-up order; a symbol that the venue no longer lists cannot be
      // protected.
      raise(.unknownOrderState, lot.symbol.text, .critical, "a lot's symbol is not among the venue's instruments")
      return
    }
    let closures = state.closures.filter { $0.lot == lot.id }
    let closing = Dictionary(
      state.fills.filter { $0.symbol == lot.symbol }.map { ($0.tradeID, $0) }, uniquingKeysWith: { first, _ in first })
    var sold: [Int: FixedDecimal] = [:]
    for closure in closures {
      guard let fill = closing[closure.tradeID], let order = book[fill.orderKey],
        let name = name(of: order)?.name, name.lot == lot.id
      else { continue }
      sold[name.tranche] = (sold[name.tranche] ?? .zero) + closure.quantity
    }
    ledger.put(
      LotAccount(
        restoring: lot, base: instrument.base, quote: instrument.quote,
        entryFills: state.fills.filter { $0.orderKey == lot.id && $0.side == .buy },
        lastClosure: closures.compactMap { closing[$0.tradeID]?.venueTime }.max(), soldByTranche: sold))
  }
}
