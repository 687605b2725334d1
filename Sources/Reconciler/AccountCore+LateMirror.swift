import Trading
import Venue

// The database was away when this life began, and is back: what its rows say is made to agree with what was read from
// the venue meanwhile (promise I6, fault DB01).
extension AccountCore {
  /// Takes what the mirror remembers when it could be read only after the start: what its rows say and this life never
  /// heard of is read from the venue, so that no row stays as an earlier life left it.
  mutating func catchUp(with state: MirrorState) {
    // Nobody has heard of it as it happened: lots that it tells of are not witnessed, legs no sign of another writer.
    turn.source = .sweep
    ledger.defersClosing = true
    for registration in state.brackets { brackets[registration.entryClientOrderID] = registration }
    for leg in state.legs where legs[leg.clientOrderID] == nil { legs[leg.clientOrderID] = leg }
    takeNames(of: state.orders)
    var symbols = takeUnheard(state.orders)
    symbols.formUnion(goBack(to: state.tradeCursors))
    wantUnbooked(state)
    symbols.formUnion(state.unbooked.keys)
    symbols.formUnion(state.orderedSymbols.subtracting(orderedSymbols))
    orderedSymbols.formUnion(state.orderedSymbols)
    symbols.formUnion(takeTrades(of: state))
    growRemembered()
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

  /// Orders that were open when they were last recorded, and that this life has not met. Answers with their symbols.
  private mutating func takeUnheard(_ orders: [Order]) -> Set<Symbol> {
    var symbols: Set<Symbol> = []
    for order in orders where order.isOpen && !book.contains(order.key) {
      let created = order.createdAt ?? order.updatedAt
      sweeps.wantHistory(of: order.symbol, from: created)
      symbols.insert(order.symbol)
      // It may have sold what its lot is remembered to hold: it counts until the venue was asked what became of it.
      remember(order)
      adopt(order)
    }
    return symbols
  }

  /// Histories are read from where an earlier life had read them to. Answers with the symbols that this concerns.
  private mutating func goBack(to cursors: [Symbol: TradeID]) -> Set<Symbol> {
    var symbols: Set<Symbol> = []
    for (symbol, cursor) in cursors where sweeps.cursors[symbol].map({ $0 > cursor }) ?? true {
      sweeps.cursors[symbol] = cursor
      symbols.insert(symbol)
    }
    return symbols
  }

  /// Lots that this life has not met, and what was bought and sold of them and of the others. Answers with the symbols
  /// of those that are open.
  private mutating func takeTrades(of state: MirrorState) -> Set<Symbol> {
    let missing = (state.closedLots + state.lots).filter { !ledger.contains($0.id) }
    let past = RememberedPast(state)
    // Of a sale that this life has read itself it has closed what there was.
    let rests = state.unmatchedSales.filter { !ledger.hasSeen($0.fill.tradeID, of: $0.fill.symbol) }
    let sales = rememberTrades(of: missing, past)
    takeOld(state, past)
    closeRests(rests)
    for sale in sales { repeatClosures(by: sale, past) }
    var symbols: Set<Symbol> = []
    for lot in missing {
      ledger.pullBack(lot.symbol, since: TradeMoment(startOf: lot.openedAt))
      put(lot, past)
      growKnownOrders(of: lot.symbol)
      if !lot.isClosed { symbols.insert(lot.symbol) }
    }
    return symbols
  }

  /// What is booked with its lots is not booked once more when this life reads it. Answers with the sales.
  private mutating func rememberTrades(of lots: [Lot], _ past: RememberedPast) -> [Fill] {
    var sales: [Fill] = []
    for lot in lots {
      for fill in past.purchases(of: lot.id) + past.closings(of: lot.id).map(\.sale) {
        guard !ledger.hasSeen(fill.tradeID, of: fill.symbol) else { continue }
        ledger.remember(fill)
        if fill.side == .sell { sales.append(fill) }
      }
    }
    return sales
  }

  /// What earlier lives recorded of lots and trades that this life knows, and of trades that it does not.
  private mutating func takeOld(_ state: MirrorState, _ past: RememberedPast) {
    earlierLives.noteOldest(of: state)
    closeDealtWith(state, past)
    takeClosures(state, past)
    noteHandled(state)
    takeFills(state, past)
  }

  /// Closes lots that are open by what this life has read, and were dealt with by an earlier one.
  private mutating func closeDealtWith(_ state: MirrorState, _ past: RememberedPast) {
    let remembered = Set(state.lots.map(\.id))
    let closedLots = Dictionary(state.closedLots.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    for account in ledger.allOpen where !remembered.contains(account.lot.id) {
      let bought = past.purchases(of: account.lot.id).reduce(FixedDecimal.zero) { $0 + $1.quantity }
      let entry = book[account.lot.id]
      let isInPart = bought.isPositive && entry.map(earlierLives.mayHaveHeldBack) ?? false
      let isHeldBack = entry.map(earlierLives.sawTheEnd) ?? false
      let closed = closedLots[account.lot.id]?.filledQuantity ?? .zero
      // Closed as it is, bought to the last piece that the mirror gives back or before that, and not among its open
      // lots.
      guard FixedDecimal.max(bought, closed) >= account.lot.filledQuantity || isInPart || isHeldBack else { continue }
      _ = ledger.update(account.lot.id) { $0.assumeClosed() }
    }
  }

  /// Takes what sales that this life has read are recorded to have closed: they may have closed something else since.
  private mutating func takeClosures(_ state: MirrorState, _ past: RememberedPast) {
    for closure in state.closures where ledger.hasSeen(closure.tradeID, of: closure.lot.symbol) {
      guard let sale = past.sale(of: closure) else { continue }
      let isDealtWith = !ledger.contains(closure.lot) || ledger.isAssumedClosed(closure.lot)
      if isDealtWith { ledger.takeOff(closure, by: sale) } else { ledger.confirm(closure, by: sale) }
    }
  }

  /// Takes fills that an earlier life recorded. Purchases of this life's orders are news to it, and so is what sales
  /// closed of its lots: that was recorded with them. Whatever else they sold is closed, or was never a lot's.
  private mutating func takeFills(_ state: MirrorState, _ past: RememberedPast) {
    let open = Set(state.lots.map(\.id))
    for fill in state.fills {
      earlierLives.note(fill)
      guard !ledger.hasSeen(fill.tradeID, of: fill.symbol) else { continue }
      if open.contains(fill.orderKey), ledger.contains(fill.orderKey) {
        // However old: of an open lot all purchases are given back (B381).
        book(fill)
      } else if fill.side == .buy, book.contains(fill.orderKey), earlierLives.bought(by: fill.orderKey) == nil {
        learn(fill)
      } else {
        ledger.remember(fill)
        repeatClosures(by: fill, past)
      }
    }
  }

  /// What a sale is recorded to have closed of lots that this life knows.
  private mutating func repeatClosures(by sale: Fill, _ past: RememberedPast) {
    for closure in past.closures(by: sale) where ledger.contains(closure.lot) {
      _ = ledger.repeatClosure(closure, by: sale)
    }
  }
}
