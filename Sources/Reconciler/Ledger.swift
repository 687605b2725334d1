import Trading
import Venue

/// The lots of an account: which entry opened what, and which fills have closed it (DESIGN §3 "Lots").
///
/// Profit of a closing fill, exact in quote units: (its price − the price of the entry fills it consumes, first in
/// first out) × quantity − its own quote commission − the entry's quote commissions and base commissions (at the entry
/// fill's price) that no earlier closure carried. Commissions in a third asset stay in the fills.
struct Ledger: Sendable {
  /// Trade ids remembered per symbol for de-duplication; the older half is forgotten when it overflows.
  static let tradesRememberedMax = 20_000

  /// Unmatched sales kept per symbol.
  static let unmatchedSalesMax = 64
  /// Closed lots kept, so that a late report of one of their legs finds its home.
  static let closedLotsMax = 2000

  /// Lots that hold something, oldest first: what a symbol is judged from, time and again. A symbol whose last lot was
  /// closed keeps its empty row.
  private var openBySymbol: [Symbol: [LotAccount]] = [:]
  /// The age of each open lot: with it a lot is found in its symbol's row.
  private var openedAt: [LotID: Timestamp] = [:]
  private var closedLots: [LotID: LotAccount] = [:]
  private var closed: [LotID] = []
  private var seenTrades: [Symbol: Set<TradeID>] = [:]
  /// Everything at or below was seen and forgotten.
  private var seenThrough: [Symbol: TradeID] = [:]
  /// Σ fills known of each order: what an order's own cumulative figure says beyond it is still to come.
  private var filledByOrder: [OrderKey: FixedDecimal] = [:]
  /// Sales that closed nothing when they came, because the fill that they sold was not known yet.
  private var unmatchedSales: [Symbol: [UnmatchedSale]] = [:]

  struct UnmatchedSale: Hashable, Sendable {
    var fill: Fill
    var quantity: FixedDecimal
    var attribution: SaleAttribution
  }

  /// Whose sale a fill was.
  struct SaleAttribution: Hashable, Sendable {
    /// The lot that the selling leg belongs to.
    var lot: LotID?
    var tranche: Int?
    var reason: CloseReason
  }

  /// Lots that hold something, oldest first.
  func open(_ symbol: Symbol) -> [LotAccount] { openBySymbol[symbol] ?? [] }
  var openSymbols: [Symbol] { openBySymbol.compactMap { $0.value.isEmpty ? nil : $0.key }.sorted() }
  var allOpen: [LotAccount] { openSymbols.flatMap(open) }

  /// What a symbol's open lots hold together, base units.
  func openQuantity(_ symbol: Symbol) -> FixedDecimal {
    open(symbol).reduce(.zero) { $0 + $1.lot.openQuantity }
  }

  func hasOpen(_ symbol: Symbol) -> Bool { openBySymbol[symbol]?.isEmpty == false }

  subscript(id: LotID) -> LotAccount? {
    guard let place = place(of: id) else { return closedLots[id] }
    return openBySymbol[id.symbol]?[place]
  }

  /// Whether the lot is known, open or closed.
  func contains(_ id: LotID) -> Bool {
    openedAt.index(forKey: id) != nil || closedLots.index(forKey: id) != nil
  }

  func hasSeen(_ trade: TradeID, of symbol: Symbol) -> Bool {
    if let through = seenThrough[symbol], trade <= through { return true }
    return seenTrades[symbol]?.contains(trade) ?? false
  }

  func filled(_ order: OrderKey) -> FixedDecimal { filledByOrder[order] ?? .zero }

  mutating func remember(_ fill: Fill) {
    seenTrades[fill.symbol, default: []].insert(fill.tradeID)
    filledByOrder[fill.orderKey, default: .zero] += fill.quantity
    guard let seen = seenTrades[fill.symbol], seen.count > Self.tradesRememberedMax else { return }
    let sorted = seen.sorted()
    let middle = sorted[sorted.count / 2]
    seenTrades[fill.symbol] = Set(sorted[(sorted.count / 2 + 1)...])
    seenThrough[fill.symbol] = middle
  }

  /// Takes what an order had executed when it was first seen as known.
  mutating func assumeBooked(_ order: Order) { filledByOrder[order.key] = order.executedQuantity }

  /// Adds a lot, or replaces it with a newer state of itself.
  mutating func put(_ account: LotAccount) {
    remove(account.lot.id)
    insert(account)
  }

  private mutating func insert(_ account: LotAccount) {
    let id = account.lot.id
    guard !account.lot.isClosed else { return retire(account) }
    let place = openBySymbol[id.symbol]?.place(notBefore: account.lot.openedAt, id) ?? 0
    openBySymbol[id.symbol, default: []].insert(account, at: place)
    openedAt[id] = account.lot.openedAt
  }

  private mutating func remove(_ id: LotID) {
    guard let place = place(of: id) else { return }
    openBySymbol[id.symbol]?.remove(at: place)
    openedAt[id] = nil
  }

  /// Where an open lot stands in its symbol's row.
  private func place(of id: LotID) -> Int? {
    guard let age = openedAt[id] else { return nil }
    return openBySymbol[id.symbol]?.place(notBefore: age, id)
  }

  private mutating func retire(_ account: LotAccount) {
    let id = account.lot.id
    if closedLots.updateValue(account, forKey: id) == nil { closed.append(id) }
    guard closed.count > Self.closedLotsMax else { return }
    let oldest = closed.removeFirst()
    closedLots[oldest] = nil
    filledByOrder[oldest] = nil
  }

  /// A closed lot may turn out to hold something after all, and is open again then.
  private mutating func updateClosed<T>(_ id: LotID, _ change: (inout LotAccount) -> T) -> T? {
    guard let index = closedLots.index(forKey: id) else { return nil }
    let result = change(&closedLots.values[index])
    guard let account = closedLots[id], !account.lot.isClosed else { return result }
    closedLots[id] = nil
    closed.removeAll { $0 == id }
    insert(account)
    return result
  }

  /// Changes a lot in place, and its place when that has changed.
  mutating func update<T>(_ id: LotID, _ change: (inout LotAccount) -> T) -> T? {
    guard let row = openBySymbol.index(forKey: id.symbol), let age = openedAt[id],
      case let place = openBySymbol.values[row].place(notBefore: age, id)
    else {
      return updateClosed(id, change)
    }
    let result = change(&openBySymbol.values[row][place])
    let hasMoved = openBySymbol.values[row][place].lot.isClosed || openBySymbol.values[row][place].lot.openedAt != age
    if hasMoved {
      openedAt[id] = nil
      insert(openBySymbol.values[row].remove(at: place))
    }
    return result
  }

  /// Takes a sale out of the lots: the attributed lot first, then first in first out among lots that were open by then.
  mutating func close(by fill: Fill, _ attribution: SaleAttribution) -> [LotClosure] {
    close(UnmatchedSale(fill: fill, quantity: fill.quantity, attribution: attribution))
  }

  private mutating func close(_ sale: UnmatchedSale) -> [LotClosure] {
    let fill = sale.fill
    let attribution = sale.attribution
    var rest = sale.quantity
    var closures: [LotClosure] = []
    for id in candidates(for: sale) where rest.isPositive {
      let closure = update(id) { account -> LotClosure? in
        let isOwn = id == sale.attribution.lot
        let quantity = FixedDecimal.min(rest, isOwn ? account.lot.openQuantity : account.closable(by: fill.venueTime))
        guard quantity.isPositive else { return nil }
        let profit = account.close(quantity, by: fill, attribution, own: id == attribution.lot)
        return LotClosure(
          lot: id, tradeID: fill.tradeID, quantity: quantity, reason: attribution.reason, profit: profit)
      }
      guard let closure = closure ?? nil else { continue }
      rest = rest - closure.quantity
      closures.append(closure)
    }
    if rest.isPositive { keepUnmatched(UnmatchedSale(fill: fill, quantity: rest, attribution: attribution)) }
    return closures
  }

  /// Lots that a sale may have sold: its own first, then those that were open by then, oldest first.
  private func candidates(for sale: UnmatchedSale) -> [LotID] {
    let own = sale.attribution.lot.flatMap { contains($0) ? $0 : nil }
    var ids = own.map { [$0] } ?? []
    for account in open(sale.fill.symbol) where account.lot.openedAt <= sale.fill.venueTime && account.lot.id != own {
      ids.append(account.lot.id)
    }
    return ids
  }

  /// Lets sales that came before their purchase close what has become known since.
  mutating func closeUnmatched(_ symbol: Symbol) -> [LotClosure] {
    guard let sales = unmatchedSales.removeValue(forKey: symbol) else { return [] }
    return sales.flatMap { close($0) }
  }

  /// A sale of what was never a lot stays unmatched for good, so only the newest are kept.
  private mutating func keepUnmatched(_ sale: UnmatchedSale) {
    var sales = unmatchedSales[sale.fill.symbol] ?? []
    sales.append(sale)
    if sales.count > Self.unmatchedSalesMax { sales.removeFirst() }
    unmatchedSales[sale.fill.symbol] = sales
  }
}

extension [LotAccount] {
  /// The place of a lot of this age and id in a row that is sorted by both, whether or not it is there.
  fileprivate func place(notBefore age: Timestamp, _ id: LotID) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let isBefore =
        self[middle].lot.openedAt == age ? self[middle].lot.id < id : self[middle].lot.openedAt < age
      if isBefore { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
