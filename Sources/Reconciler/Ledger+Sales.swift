import Trading
import Venue

/// Which sale closed which lot.
///
/// It is a function of what is known, and not of the order in which it was heard: sales close lots in the order of
/// their times, each what was there at its time. When something older is heard of, everything that younger sales have
/// closed is taken back, and they close again what is there now.
extension Ledger {
  /// Whose sale a fill was.
  struct SaleAttribution: Hashable, Sendable {
    /// The lot that the selling leg belongs to.
    var lot: LotID?
    var tranche: Int?
    var reason: CloseReason
  }

  /// Takes a sale out of the lots: the attributed lot first, then first in first out among lots that were open by then.
  mutating func close(by fill: Fill, _ attribution: SaleAttribution) -> [LotClosure] {
    take(SaleLog.Sale(fill: fill, quantity: fill.quantity, attribution: attribution))
  }

  /// What an earlier life had not closed of a sale.
  mutating func close(rest: SaleLog.Sale) -> [LotClosure] { take(rest) }

  /// Closes a lot by what an earlier life recorded, and nothing else.
  mutating func repeatClosure(_ closure: LotClosure, by fill: Fill) -> [LotClosure] {
    take(
      SaleLog.Sale(
        fill: fill, quantity: closure.quantity,
        attribution: SaleAttribution(lot: nil, tranche: nil, reason: closure.reason), recorded: closure.lot,
        isOnlyRecorded: true))
  }

  /// What an earlier life recorded that a sale closed is no part of what it may still close.
  mutating func takeOff(_ closure: LotClosure, by sale: Fill) {
    pullBack(sale.symbol, since: sale.moment)
    sales.takeOff(closure.quantity, trade: sale.tradeID, sale.symbol)
  }

  /// What an earlier life recorded that a sale closed of a lot that this life knows is what it closes, where it can.
  mutating func confirm(_ closure: LotClosure, by sale: Fill) {
    pullBack(sale.symbol, since: sale.moment)
    sales.record(closure)
  }

  private mutating func take(_ sale: SaleLog.Sale) -> [LotClosure] {
    let symbol = sale.fill.symbol
    pullBack(symbol, since: sale.fill.moment)
    guard defersClosing || sales.hasWaiting(symbol) else {
      var closures: [LotClosure] = []
      close(sale, &closures)
      return closures
    }
    sales.wait(sale)
    return settle(symbol)
  }

  /// Something that was so at a moment is about to be known: what younger sales have closed is open again until sales
  /// are settled.
  mutating func pullBack(_ symbol: Symbol, since moment: TradeMoment) {
    guard sales.hasSale(symbol, since: moment) else { return }
    sales.pullBackUnmatched(symbol, since: moment)
    for id in lotsClosed(symbol, since: moment) {
      guard let account = self[id] else { continue }
      sales.remember(account)
      for closing in update(id, { $0.takeBack(since: moment) }) ?? [] {
        sales.wait(
          SaleLog.Sale(
            fill: closing.fill, quantity: closing.quantity, attribution: closing.attribution,
            recorded: closing.isRecorded ? id : nil))
      }
    }
  }

  private func lotsClosed(_ symbol: Symbol, since moment: TradeMoment) -> [LotID] {
    var ids: [LotID] = []
    if let row = openBySymbol.place(of: symbol) {
      for index in openBySymbol.values[row].indices where openBySymbol.values[row][index].hasClosings(since: moment) {
        ids.append(openBySymbol.values[row][index].lot.id)
      }
    }
    for index in closedLots.keys.indices where closedLots.keys[index].symbol == symbol {
      if closedLots.values[index].hasClosings(since: moment) { ids.append(closedLots.keys[index]) }
    }
    return ids.sorted()
  }

  /// Lets sales that gathered, or were pulled back, close what is there: all that was heard together is known now.
  /// Answers with every row that has changed.
  mutating func settle(_ symbol: Symbol) -> [LotClosure] {
    guard !defersClosing, sales.hasWaiting(symbol) else { return [] }
    let (waiting, former) = sales.takeWaiting(symbol)
    var closures: [LotClosure] = []
    for sale in waiting { close(sale, &closures) }
    guard !former.isEmpty else { return closures }
    closures.removeAll { former[$0.lot] != nil }
    for (id, lot) in former.sorted(by: { $0.key < $1.key }) { closures += changes(id, since: lot) }
    return closures
  }

  /// The rows of a lot that are other than they were; a lot that holds no more than it did is closed as it was.
  private mutating func changes(_ id: LotID, since former: LotAccount) -> [LotClosure] {
    guard let account = self[id] else { return [] }
    if let closedAt = former.lot.closedAt, !account.lot.isClosed, account.lot.openQuantity <= former.lot.openQuantity {
      _ = update(id) { account in
        account.lot.closedAt = closedAt
        account.lot.closeReason = account.closings.last?.attribution.reason ?? former.lot.closeReason
      }
    }
    let before = Dictionary(former.closings.map { ($0.fill.tradeID, $0) }, uniquingKeysWith: { $1 })
    let after = Set(account.closings.map(\.fill.tradeID))
    var rows = account.closings.filter { closing in
      before[closing.fill.tradeID].map { $0.quantity != closing.quantity || $0.profit != closing.profit } ?? true
    }.map { $0.record(of: id) }
    for var closing in former.closings where !after.contains(closing.fill.tradeID) && closing.quantity.isPositive {
      closing.quantity = .zero
      closing.profit = .zero
      rows.append(closing.record(of: id))
    }
    return rows
  }

  /// Lets a sale close what it finds. All that was closed by younger ones has been taken back.
  private mutating func close(_ sale: SaleLog.Sale, _ closures: inout [LotClosure]) {
    sales.note(sale.fill)
    var rest = sale.quantity
    for id in candidates(for: sale) where rest.isPositive {
      let isOwn = id == sale.attribution.lot
      let isRecorded = id == sale.recorded
      let closure = update(id) { account -> LotClosure? in
        // A leg stands for other lots as well where they were merged (B387).
        let isProven = isRecorded || (sale.attribution.lot != nil && !sale.isRest)
        let quantity = FixedDecimal.min(rest, account.closable(by: sale.fill.moment, isProven: isProven))
        guard quantity.isPositive else { return nil }
        rest = rest - quantity
        return account.close(quantity, by: sale.fill, sale.attribution, own: isOwn, isRecorded: isRecorded)
      }
      if let closure = closure ?? nil { closures.append(closure) }
    }
    guard rest.isPositive, !sale.isOnlyRecorded else { return }
    var unmatched = sale
    (unmatched.quantity, unmatched.recorded) = (rest, nil)
    sales.keepUnmatched(unmatched)
  }

  /// Lots that a sale may have sold: the one that it is recorded to have closed, its own, then those that were open by
  /// then, oldest first.
  private func candidates(for sale: SaleLog.Sale) -> [LotID] {
    var ids = [sale.recorded, sale.attribution.lot].compactMap { $0 }.filter(contains)
    if sale.isOnlyRecorded { return ids }
    if ids.count == 2, ids[0] == ids[1] { ids.removeLast() }
    let first = ids
    ids += restsOpen(at: sale.fill).filter { !first.contains($0) }
    guard let row = openBySymbol.place(of: sale.fill.symbol) else { return ids }
    for index in openBySymbol.values[row].indices
    where openBySymbol.values[row][index].lot.openedAt <= sale.fill.venueTime {
      let id = openBySymbol.values[row][index].lot.id
      if !first.contains(id) { ids.append(id) }
    }
    return ids
  }
}
