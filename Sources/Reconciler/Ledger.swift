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

  private(set) var lots: [LotID: LotAccount] = [:]
  private var openBySymbol: [Symbol: [LotID]] = [:]
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
  func open(_ symbol: Symbol) -> [LotAccount] { (openBySymbol[symbol] ?? []).compactMap { lots[$0] } }
  var openSymbols: [Symbol] { openBySymbol.keys.sorted() }
  var allOpen: [LotAccount] { openSymbols.flatMap(open) }

  subscript(id: LotID) -> LotAccount? { lots[id] }

  func hasSeen(_ trade: TradeID, of symbol: Symbol) -> Bool {
    if let through = seenThrough[symbol], trade <= through { return true }
    return seenTrades[symbol]?.contains(trade) ?? false
  }

  func filled(_ order: OrderKey) -> FixedDecimal { filledByOrder[order] ?? .zero }

  mutating func remember(_ fill: Fill) {
    seenTrades[fill.symbol, default: []].insert(fill.tradeID)
    filledByOrder[fill.orderKey, default: .zero] = filled(fill.orderKey) + fill.quantity
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
    let id = account.lot.id
    lots[id] = account
    var open = openBySymbol[id.symbol] ?? []
    if account.lot.isClosed {
      if open.contains(id) { retire(id) }
      open.removeAll { $0 == id }
    } else if !open.contains(id) {
      open.append(id)
      open.sort { age($0) == age($1) ? $0 < $1 : age($0) < age($1) }
    }
    openBySymbol[id.symbol] = open.isEmpty ? nil : open
  }

  private func age(_ id: LotID) -> Timestamp { lots[id]?.lot.openedAt ?? Timestamp(microseconds: 0) }

  private mutating func retire(_ id: LotID) {
    closed.append(id)
    guard closed.count > Self.closedLotsMax else { return }
    let oldest = closed.removeFirst()
    lots[oldest] = nil
    filledByOrder[oldest] = nil
  }

  mutating func update<T>(_ id: LotID, _ change: (inout LotAccount) -> T) -> T? {
    guard var account = lots[id] else { return nil }
    let result = change(&account)
    put(account)
    return result
  }

  /// Takes a sale out of the lots: the attributed lot first, then first in first out among lots that were open by then.
  mutating func close(by fill: Fill, _ attribution: SaleAttribution) -> [LotClosure] {
    close(UnmatchedSale(fill: fill, quantity: fill.quantity, attribution: attribution))
  }

  private mutating func close(_ sale: UnmatchedSale) -> [LotClosure] {
    let fill = sale.fill
    var rest = sale.quantity
    var closures: [LotClosure] = []
    var order = open(fill.symbol).filter { $0.lot.openedAt <= fill.venueTime }.map(\.lot.id)
    if let own = sale.attribution.lot, lots[own] != nil {
      order.removeAll { $0 == own }
      order.insert(own, at: 0)
    }
    for id in order where rest.isPositive {
      guard var account = lots[id] else { continue }
      let quantity = FixedDecimal.min(rest, account.lot.openQuantity)
      guard quantity.isPositive else { continue }
      rest = rest - quantity
      let profit = account.close(quantity, by: fill, sale.attribution, own: id == sale.attribution.lot)
      put(account)
      closures.append(
        LotClosure(
          lot: id, tradeID: fill.tradeID, quantity: quantity, reason: sale.attribution.reason, profit: profit))
    }
    if rest.isPositive { keepUnmatched(UnmatchedSale(fill: fill, quantity: rest, attribution: sale.attribution)) }
    return closures
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
