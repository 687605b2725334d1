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
    requestSnapshot("start")
  }

  /// Takes what the mirror remembers when it could be read only after the start: what its rows say and this life never
  /// heard of is read from the venue, so that no row stays as an earlier life left it (promise I6).
  private mutating func catchUp(with state: MirrorState) {
    // Nobody has heard of it as it happened: lots that it tells of are not witnessed, legs no sign of another writer.
    turn.source = .sweep
    ledger.defersClosing = true
    for registration in state.brackets { brackets[registration.entryClientOrderID] = registration }
    for leg in state.legs where legs[leg.clientOrderID] == nil { legs[leg.clientOrderID] = leg }
    takeNames(of: state.orders)
    var symbols: Set<Symbol> = []
    for order in state.orders where order.isOpen && !book.contains(order.key) {
      let created = order.createdAt ?? order.updatedAt
      sweeps.floors[order.symbol] = min(sweeps.floors[order.symbol] ?? created, created)
      symbols.insert(order.symbol)
      // It may have sold what its lot is remembered to hold: it counts until the venue was asked what became of it.
      _ = book.apply(order, at: Book.neverHeard)
      adopt(order)
    }
    for (symbol, cursor) in state.tradeCursors where sweeps.cursors[symbol].map({ $0 > cursor }) ?? true {
      sweeps.cursors[symbol] = cursor
      symbols.insert(symbol)
    }
    wantUnbooked(state)
    symbols.formUnion(state.unbooked.keys)
    symbols.formUnion(state.orderedSymbols.subtracting(orderedSymbols))
    orderedSymbols.formUnion(state.orderedSymbols)
    let missing = (state.closedLots + state.lots).filter { !ledger.contains($0.id) }
    let past = RememberedPast(state)
    // Of a sale that this life has read itself it has closed what there was.
    let rests = state.unmatchedSales.filter { !ledger.hasSeen($0.fill.tradeID, of: $0.fill.symbol) }
    // Booked with the lots: not to be booked once more when this life reads them.
    var bookedSales: [Fill] = []
    for lot in missing {
      for fill in past.purchases(of: lot.id) + past.closings(of: lot.id).map(\.sale) {
        guard !ledger.hasSeen(fill.tradeID, of: fill.symbol) else { continue }
        ledger.remember(fill)
        if fill.side == .sell { bookedSales.append(fill) }
      }
    }
    takeOld(state, past)
    closeRests(rests)
    for fill in bookedSales { repeatClosures(by: fill, past) }
    for lot in missing {
      ledger.pullBack(lot.symbol, since: TradeMoment(startOf: lot.openedAt))
      put(lot, past)
      growKnownOrders(of: lot.symbol)
      if !lot.isClosed { symbols.insert(lot.symbol) }
    }
    settleGathered()
    correctRows(state.closures)
    guard !symbols.isEmpty else { return }
    sweeps.wantedHistories.formUnion(symbols)
    requestSnapshot("mirror_back")
  }

  /// A leg that this life took for a stranger's, because somebody's amend had given it another name, is ours by the
  /// name that the mirror remembers (fault OL16).
  private mutating func takeNames(of orders: [Order]) {
    for remembered in orders where name(of: remembered) != nil {
      guard var known = book[remembered.key], known.clientOrderID != remembered.clientOrderID else { continue }
      known.clientOrderID = remembered.clientOrderID
      learn(known)
    }
  }

  /// Fills that an earlier life recorded. Purchases of this life's orders are news to it, and so is what sales closed
  /// of its lots: that was recorded with them. Whatever else they sold is closed, or was never a lot's.
  private mutating func takeOld(_ state: MirrorState, _ past: RememberedPast) {
    let oldest = oldestGivenBack(state)
    handledBefore.merge(oldest) { known, _ in known }
    let remembered = Set(state.lots.map(\.id))
    let closedLots = Dictionary(state.closedLots.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    for account in ledger.allOpen where !remembered.contains(account.lot.id) {
      let bought = past.purchases(of: account.lot.id).reduce(FixedDecimal.zero) { $0 + $1.quantity }
      let entry = book[account.lot.id]
      let isInPart = bought.isPositive && entry.map(isOlderThanGivenBack) ?? false
      let isHeldBack = entry.map(endedBeforeGivenBack) ?? false
      let closed = closedLots[account.lot.id]?.filledQuantity ?? .zero
      // Closed as it is, bought to the last piece that the mirror gives back or before that, and not among its open
      // lots.
      guard FixedDecimal.max(bought, closed) >= account.lot.filledQuantity || isInPart || isHeldBack else { continue }
      _ = ledger.update(account.lot.id) { $0.assumeClosed() }
    }
    // What this life has read already, and may have closed something else with.
    for closure in state.closures where ledger.hasSeen(closure.tradeID, of: closure.lot.symbol) {
      guard let sale = past.sale(of: closure) else { continue }
      let isDealtWith = !ledger.contains(closure.lot) || ledger.isAssumedClosed(closure.lot)
      if isDealtWith { ledger.takeOff(closure, by: sale) } else { ledger.confirm(closure, by: sale) }
    }
    noteHandled(state)
    for fill in state.fills {
      noteDealtWith(through: fill)
      guard !ledger.hasSeen(fill.tradeID, of: fill.symbol) else { continue }
      if remembered.contains(fill.orderKey), ledger.contains(fill.orderKey) {
        // However old: of an open lot all purchases are given back (B381).
        book(fill)
      } else if fill.side == .buy, book.contains(fill.orderKey), handledEntries[fill.orderKey] == nil {
        learn(fill)
      } else {
        ledger.remember(fill)
        repeatClosures(by: fill, past)
      }
    }
  }

  /// An earlier life recorded a fill, and with it all that had happened until then.
  private mutating func noteDealtWith(through fill: Fill) {
    handledThrough[fill.symbol] = max(handledThrough[fill.symbol] ?? fill.venueTime, fill.venueTime)
  }

  /// Lets sales close what earlier lives had not closed by them.
  private mutating func closeRests(_ sales: [UnmatchedSale]) {
    for sale in sales {
      if !ledger.hasSeen(sale.fill.tradeID, of: sale.fill.symbol) { ledger.remember(sale.fill) }
      _ = ledger.close(rest: rest(of: sale))
    }
  }

  /// All that the mirror remembers is known: the sales that gathered meanwhile close their lots.
  private mutating func settleGathered() {
    ledger.defersClosing = false
    for symbol in ledger.sales.waiting.keys.sorted() { record(closures: ledger.settle(symbol)) }
  }

  /// A sale closes each thing once: what its rows say otherwise than this life is written anew, or the next life would
  /// take both for closed.
  private mutating func correctRows(_ recorded: [LotClosure]) {
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

  /// What a sale is recorded to have closed of lots that this life knows.
  private mutating func repeatClosures(by sale: Fill, _ past: RememberedPast) {
    for closure in past.closures(by: sale) where ledger.contains(closure.lot) {
      _ = ledger.repeatClosure(closure, by: sale)
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
    for order in state.orders { _ = book.apply(order, at: Book.neverHeard) }
    for fill in state.fills {
      ledger.remember(fill)
      sweeps.readThrough[fill.symbol] = max(sweeps.readThrough[fill.symbol] ?? fill.venueTime, fill.venueTime)
      noteDealtWith(through: fill)
    }
    handledBefore = oldestGivenBack(state)
    let lots = state.closedLots + state.lots
    let past = RememberedPast(state)
    for lot in lots { put(lot, past) }
    noteHandled(state)
    ledger.defersClosing = true
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

  /// Legs of closed lots are not among the mirror's legs, and a reading that shows them unchanged is no news.
  private mutating func adopt(_ remembered: Order) {
    if let (name, part) = name(of: remembered) { adopt(remembered, name, part) }
  }

  /// Orders were written down and their fills were not, because these waited for something, or were on their way to the
  /// mirror, when an earlier life ended. A cursor may stand behind them, so their histories are read from the orders'
  /// creation on (promise I4).
  private mutating func wantUnbooked(_ state: MirrorState) {
    for (symbol, created) in state.unbooked {
      sweeps.wantHistory(of: symbol, from: created)
      sweeps.cursors[symbol] = nil
    }
  }

  /// Purchases of lots that an earlier life has closed.
  private mutating func noteHandled(_ state: MirrorState) {
    let open = Set(state.lots.lazy.map(\.id))
    var bought: [OrderKey: FixedDecimal] = [:]
    for fill in state.fills
    where fill.side == .buy && !open.contains(fill.orderKey) && !ledger.contains(fill.orderKey) {
      bought[fill.orderKey, default: .zero] += fill.quantity
    }
    // Should the mirror be read twice, what it told is not counted twice.
    handledEntries.merge(bought) { FixedDecimal.max($0, $1) }
  }

  /// What a sale that the mirror remembers has not closed: the lot that it sold was not known yet, or what it closed
  /// was lost with the last moments before a crash.
  private func rest(of sale: UnmatchedSale) -> SaleLog.Sale {
    let name = book[sale.fill.orderKey].flatMap { self.name(of: $0)?.name }
    let attribution = Ledger.SaleAttribution(lot: name?.lot, tranche: name?.tranche, reason: .external)
    return SaleLog.Sale(fill: sale.fill, quantity: sale.rest, attribution: attribution, isRest: true)
  }

  /// The oldest of the newest fills of each symbol that the mirror gives back, where it holds back others: what is
  /// older was dealt with. Without a cursor behind it that is not so: such a trade may never have been recorded.
  private func oldestGivenBack(_ state: MirrorState) -> [Symbol: Fill] {
    var oldest: [Symbol: Fill] = [:]
    for (symbol, given) in Dictionary(grouping: state.fills, by: \.symbol) {
      let fills = given.sorted { $0.tradeID < $1.tradeID }
      if fills.count >= state.fillsPerSymbolMax {
        oldest[symbol] = fills[fills.count - state.fillsPerSymbolMax]
      } else if fills.count >= state.newestFillsPerSymbol, let cursor = state.tradeCursors[symbol] {
        let newest = fills[fills.count - state.newestFillsPerSymbol]
        oldest[symbol] = newest.tradeID <= cursor ? newest : fills.first { $0.tradeID >= cursor }
      }
    }
    return oldest
  }

  private mutating func put(_ lot: Lot, _ past: RememberedPast) {
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
