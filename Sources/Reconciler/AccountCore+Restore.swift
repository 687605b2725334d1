import Trading
import Venue

extension AccountCore {
  /// Takes what the mirror remembers. With no mirror the venue alone must do: legs name their entries, and recent
  /// history is read from the adopt window on (promise I6, fault DB01).
  mutating func restore(_ state: MirrorState?) {
    guard !isRestored else {
      if let state { catchUp(with: state) }
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
    // A stream that opened before this could ask for nothing.
    requestSnapshot(streamEpoch == nil ? "start" : "stream_opened")
  }

  /// Lets sales close what earlier lives had not closed by them.
  mutating func closeRests(_ sales: [UnmatchedSale]) {
    for sale in sales {
      if !ledger.hasSeen(sale.fill.tradeID, of: sale.fill.symbol) { ledger.remember(sale.fill) }
      _ = ledger.close(rest: rest(of: sale))
    }
  }

  /// All that the mirror remembers is known: the sales that gathered meanwhile close their lots.
  mutating func settleGathered() {
    ledger.defersClosing = false
    for symbol in ledger.sales.waiting.keys.sorted() { record(closures: ledger.settle(symbol)) }
  }

  /// A sale closes each thing once: what its rows say otherwise than this life is written anew, or the next life would
  /// take both for closed.
  mutating func correctRows(_ recorded: [LotClosure]) {
    for (lot, rows) in Dictionary(grouping: recorded, by: \.lot).sorted(by: { $0.key < $1.key })
    where !ledger.isAssumedClosed(lot) {
      guard let account = ledger[lot] else { continue }
      // A sale at market through a thin book closes a lot with hundreds of fills.
      let closings = Dictionary(account.closings.map { ($0.fill.tradeID, $0) }, uniquingKeysWith: { first, _ in first })
      let before = turn.facts.count
      for closure in rows where ledger.hasSeen(closure.tradeID, of: lot.symbol) {
        let closing = closings[closure.tradeID]
        var row = closing?.record(of: lot) ?? closure
        if closing == nil { (row.quantity, row.profit) = (.zero, .zero) }
        guard row != closure else { continue }
        turn.facts.append(.closure(row))
      }
      if turn.facts.count > before { turn.facts.append(.lot(account.lot)) }
    }
  }

  private mutating func load(_ state: MirrorState) {
    protectedSince = state.protectedSince
    lastID = max(lastID, state.lastID)
    sweeps.cursors = state.tradeCursors
    orderedSymbols = state.orderedSymbols
    for registration in state.brackets { brackets[registration.entryClientOrderID] = registration }
    for leg in state.legs { legs[leg.clientOrderID] = leg }
    // This life has not heard of them: what they are is as old as their last report.
    for order in state.orders { remember(order) }
    for fill in state.fills {
      ledger.remember(fill)
      sweeps.readThrough[fill.symbol] = max(sweeps.readThrough[fill.symbol] ?? fill.venueTime, fill.venueTime)
      earlierLives.note(fill)
    }
    earlierLives.noteOldest(of: state)
    let lots = state.closedLots + state.lots
    let past = RememberedPast(state)
    for lot in lots { put(lot, past) }
    noteHandled(state)
    ledger.defersClosing = true
    growRemembered()
    closeRests(state.unmatchedSales)
    settleGathered()
    correctRows(state.closures)
    for order in state.orders { adopt(order) }
    // What the wallet held proves nothing about the fills behind it: they may have been lost with the last moments
    // before a crash. Only what lots and the residual explain is expected; the rest is looked into.
    for balance in state.balances {
      let isTraded = symbolsByBase[balance.asset] != nil
      let explained = lotTotal(balance.asset) + (state.residuals[balance.asset] ?? .zero)
      // Nothing explained and no trade known: what is there is looked into, even dust.
      let isKnown = symbolsByBase[balance.asset]?.contains { sweeps.cursors[$0] != nil } ?? false
      guard !isTraded || isKnown || !explained.isZero else { continue }
      expectedTotals[balance.asset] = isTraded ? explained : balance.total
      explainedAssets.insert(balance.asset)
    }
    wantUnbooked(state)
    sweeps.wantedHistories.formUnion(activeSymbols)
  }

  /// Opens the lots of purchases that the mirror gives back as orders alone: an earlier life saw them before it knew
  /// since when entries are protected, and a reading that shows an order as it is remembered is no news (B430). They
  /// count as read, because this life has not heard of them as they happened.
  mutating func growRemembered() {
    guard protectedSince != nil else { return }
    let source = turn.source
    turn.source = .sweep
    growKnownOrders()
    turn.source = source
  }

  /// Legs of closed lots are not among the mirror's legs, and a reading that shows them unchanged is no news.
  mutating func adopt(_ remembered: Order) {
    if let (name, part) = name(of: remembered) { adopt(remembered, name, part) }
  }

  /// Orders were written down and their fills were not, because these waited for something, or were on their way to the
  /// mirror, when an earlier life ended. A cursor may stand behind them, so their histories are read from the orders'
  /// creation on (promise I4).
  mutating func wantUnbooked(_ state: MirrorState) {
    for (symbol, created) in state.unbooked {
      sweeps.wantHistory(of: symbol, from: created)
      sweeps.cursors[symbol] = nil
    }
  }

  /// Purchases of lots that an earlier life has closed.
  mutating func noteHandled(_ state: MirrorState) {
    let open = Set(state.lots.lazy.map(\.id))
    earlierLives.noteBought(
      by: state.fills.lazy.filter { [ledger] fill in
        fill.side == .buy && !open.contains(fill.orderKey) && !ledger.contains(fill.orderKey)
      })
  }

  /// What a sale that the mirror remembers has not closed: the lot that it sold was not known yet, or what it closed
  /// was lost with the last moments before a crash.
  private func rest(of sale: UnmatchedSale) -> SaleLog.Sale {
    let name = book[sale.fill.orderKey].flatMap { self.name(of: $0)?.name }
    let attribution = Ledger.SaleAttribution(lot: name?.lot, tranche: name?.tranche, reason: .external)
    return SaleLog.Sale(fill: sale.fill, quantity: sale.rest, attribution: attribution, isRest: true)
  }

  mutating func put(_ lot: Lot, _ past: RememberedPast) {
    guard let instrument = instruments[lot.symbol] else {
      // Filters come before the mirror in the start-up order; a symbol that the venue no longer lists cannot be
      // protected.
      raise(.unknownOrderState, lot.symbol.text, .critical, "a lot's symbol is not among the venue's instruments")
      return
    }
    let closings = past.closings(of: lot.id).map { closure, fill in
      let name = book[fill.orderKey].flatMap { self.name(of: $0)?.name }
      return LotAccount.Closing(
        fill: fill, quantity: closure.quantity, profit: closure.profit,
        attribution: Ledger.SaleAttribution(lot: name?.lot, tranche: name?.tranche, reason: closure.reason),
        isOwn: name?.lot == lot.id, isRecorded: true)
    }
    ledger.put(
      LotAccount(
        restoring: past.withoutToldTwice(lot), base: instrument.base, quote: instrument.quote,
        entryFills: past.purchases(of: lot.id), closings: closings))
  }
}
