import Trading
import Venue

/// Sales of an account that are not all in closings: those that are to close something yet, and those that found
/// nothing to close.
struct SaleLog: Sendable {
  /// Unmatched sales kept per symbol, at the least: a sale at market through a thin book has hundreds of fills.
  static let unmatchedMax = 2000

  /// A sale, or what is left of it.
  struct Sale: Hashable, Sendable {
    var fill: Fill
    var quantity: FixedDecimal
    var attribution: Ledger.SaleAttribution
    /// The lot that an earlier life wrote down that it closed.
    var recorded: LotID?
    /// It closes that lot and nothing else: what else it sold is dealt with.
    var isOnlyRecorded = false
    /// What it left when an earlier life had given it all that it found: it proves no purchase.
    var isRest = false
  }

  /// When the youngest sale was made that was ever heard of.
  private var youngest = KeyTable<Symbol, TradeMoment>()
  /// They close what there is as soon as all is known that was read together.
  private(set) var waiting = KeyTable<Symbol, [Sale]>()
  /// They found nothing: the fill that they sold is not known yet, or it was never a lot.
  private var unmatched = KeyTable<Symbol, [Sale]>()
  /// Lots as they were before sales were pulled back from them.
  private var formerLots = KeyTable<Symbol, [LotID: LotAccount]>()

  /// Whether a sale was heard of that was made at that moment or after it.
  func hasSale(_ symbol: Symbol, since moment: TradeMoment) -> Bool {
    youngest.place(of: symbol).map { youngest.values[$0] >= moment } ?? false
  }

  func hasWaiting(_ symbol: Symbol) -> Bool { !waiting.isEmpty && waiting.contains(symbol) }

  mutating func note(_ fill: Fill) {
    let place = youngest.place(of: fill.symbol, default: fill.moment)
    youngest.values[place] = max(youngest.values[place], fill.moment)
  }

  mutating func wait(_ sale: Sale) {
    note(sale.fill)
    waiting[sale.fill.symbol, default: []].append(sale)
  }

  /// Keeps a lot as it is before the first sale is pulled back from it.
  mutating func remember(_ account: LotAccount) {
    let id = account.lot.id
    guard formerLots[id.symbol]?[id] == nil else { return }
    formerLots[id.symbol, default: [:]][id] = account
  }

  /// A sale of what was never a lot stays unmatched for good, so only the newest are kept.
  mutating func keepUnmatched(_ sale: Sale) {
    let row = unmatched.place(of: sale.fill.symbol, default: [])
    unmatched.values[row].append(sale)
    // Moved up only now and then: hundreds may come with one order.
    guard unmatched.values[row].count >= 2 * Self.unmatchedMax else { return }
    unmatched.values[row].removeFirst(unmatched.values[row].count - Self.unmatchedMax)
  }

  /// Those that found nothing and were made since then may find something now.
  mutating func pullBackUnmatched(_ symbol: Symbol, since moment: TradeMoment) {
    guard let row = unmatched.place(of: symbol) else { return }
    var pulled: [Sale] = []
    unmatched.values[row].removeAll { sale in
      guard sale.fill.moment >= moment else { return false }
      pulled.append(sale)
      return true
    }
    if !pulled.isEmpty { waiting[symbol, default: []] += pulled }
  }

  /// Lessens what is to be closed by a sale.
  mutating func takeOff(_ quantity: FixedDecimal, trade: TradeID, _ symbol: Symbol) {
    _ = take(quantity, trade: trade, symbol) { _ in true }
  }

  /// Part of a sale that waits closes a lot because that is recorded. Told again, it closes no more (B437).
  mutating func record(_ closure: LotClosure) {
    let known = (waiting[closure.lot.symbol] ?? []).reduce(FixedDecimal.zero) { known, sale in
      let isSame = sale.fill.tradeID == closure.tradeID && sale.recorded == closure.lot
      return isSame ? known + sale.quantity : known
    }
    guard known < closure.quantity else { return }
    let parts = take(closure.quantity - known, trade: closure.tradeID, closure.lot.symbol) { $0.recorded == nil }
    waiting[closure.lot.symbol, default: []] += parts.map { sale in
      var part = sale
      part.recorded = closure.lot
      return part
    }
  }

  /// Takes some of a sale out of what waits of it.
  private mutating func take(
    _ quantity: FixedDecimal, trade: TradeID, _ symbol: Symbol, where isMeant: (Sale) -> Bool
  ) -> [Sale] {
    guard let row = waiting.place(of: symbol) else { return [] }
    var rest = quantity
    var parts: [Sale] = []
    for index in waiting.values[row].indices
    where rest.isPositive && waiting.values[row][index].fill.tradeID == trade && isMeant(waiting.values[row][index]) {
      var part = waiting.values[row][index]
      part.quantity = FixedDecimal.min(rest, part.quantity)
      waiting.values[row][index].quantity = waiting.values[row][index].quantity - part.quantity
      rest = rest - part.quantity
      parts.append(part)
    }
    return parts
  }

  /// Takes out what waits, oldest first, what is recorded before the rest of the same sale; and the lots as they were.
  mutating func takeWaiting(_ symbol: Symbol) -> (sales: [Sale], former: [LotID: LotAccount]) {
    let gathered = waiting.removeValue(forKey: symbol) ?? []
    let former = formerLots.removeValue(forKey: symbol) ?? [:]
    let sorted = gathered.filter(\.quantity.isPositive).sorted { a, b in
      guard a.fill.moment == b.fill.moment else { return a.fill.moment < b.fill.moment }
      guard let lot = a.recorded else { return false }
      return b.recorded.map { lot < $0 } ?? true
    }
    return (sorted, former)
  }
}
