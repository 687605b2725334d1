import Trading
import Venue

/// The lots of an account: which entry opened what, and which fills have closed it (DESIGN §3 "Lots").
///
/// Profit of a closing fill, exact in quote units: (its price − the price of the entry fills it consumes, first in
/// first out) × quantity − its own quote commission − the entry's quote commissions and base commissions (at the entry
/// fill's price) that no earlier closure carried. Commissions in a third asset stay in the fills.
struct Ledger: Sendable {
  /// Closed lots with a rest that are kept per symbol.
  static let restsMax = 64
  /// Unmatched sales kept per symbol, at the least: a sale at market through a thin book has hundreds of fills.
  static let unmatchedSalesMax = 2000
  /// Closed lots kept, so that a late report of one of their legs finds its home.
  static let closedLotsMax = 2000

  /// Lots that hold something, oldest first: what a symbol is judged from, time and again. A symbol whose last lot was
  /// closed keeps its empty row.
  private var openBySymbol = KeyTable<Symbol, [LotAccount]>()
  /// The age of each open lot: with it a lot is found in its symbol's row.
  private var openedAt = KeyTable<LotID, Timestamp>()
  private var closedLots = KeyTable<LotID, LotAccount>()
  /// Lots that were closed with a rest too small for any order, oldest first. Whoever sells next sells it with his own
  /// coins: it was bought before what the open lots hold.
  private var rests = KeyTable<Symbol, [LotID]>()
  /// The order in which they were closed, from `closedStart` on.
  private var closed: [LotID] = []
  private var closedStart = 0
  private var seenTrades = KeyTable<Symbol, TradeLog>()
  /// Σ fills known of each order: what an order's own cumulative figure says beyond it is still to come.
  private var filledByOrder = KeyTable<OrderKey, FixedDecimal>()
  /// Sales that closed nothing when they came, because the fill that they sold was not known yet.
  private var unmatchedSales = KeyTable<Symbol, [UnmatchedSale]>()
  /// Lots of which a purchase, or the end of their entry, was heard of since sales were last matched: what sales had
  /// taken that closed nothing may have been theirs.
  private var heardOf = KeyTable<Symbol, Set<LotID>>()
  /// When the youngest sale was made that has closed something.
  private var lastClosing = KeyTable<Symbol, Timestamp>()
  /// While a history is read sales only gather: what they sold may be listed after them.
  var defersClosing = false

  struct UnmatchedSale: Hashable, Sendable {
    var fill: Fill
    var quantity: FixedDecimal
    var attribution: SaleAttribution
    /// What was left when it had taken all that there was, and what younger sales had closed: it can only have been of
    /// purchases that are heard of late.
    var isRest = false

    static func isOlder(_ a: Self, _ b: Self) -> Bool { a.fill.isOlder(than: b.fill) }
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
  var openSymbols: [Symbol] { openBySymbol.keys.filter { hasOpen($0) }.sorted() }
  var allOpen: [LotAccount] { openSymbols.flatMap { open($0) } }

  /// What a symbol's open lots hold together, base units.
  func openQuantity(_ symbol: Symbol) -> FixedDecimal {
    guard let row = openBySymbol.place(of: symbol) else { return .zero }
    return openBySymbol.values[row].indices.reduce(.zero) { $0 + openBySymbol.values[row][$1].lot.openQuantity }
  }

  /// What a symbol's lots hold for certain, if a policy ignores them all and none waits for the rest of its entry.
  func ignoredQuantity(_ symbol: Symbol) -> FixedDecimal? {
    guard let row = openBySymbol.place(of: symbol) else { return .zero }
    var sum = FixedDecimal.zero
    for index in openBySymbol.values[row].indices {
      guard openBySymbol.values[row][index].isLeftAlone else { return nil }
      sum = sum + openBySymbol.values[row][index].sureQuantity
    }
    return sum
  }

  /// Lots whose entry has ended and that have sold something or hold nothing, oldest first. The others, which are
  /// nearly all, are not even copied.
  func endedLots(_ symbol: Symbol) -> [LotAccount] {
    guard let row = openBySymbol.place(of: symbol) else { return [] }
    var ended: [LotAccount] = []
    for index in openBySymbol.values[row].indices where !openBySymbol.values[row][index].lot.entryIsOpen {
      let hasSold = openBySymbol.values[row][index].lot.closedQuantity.isPositive
      if hasSold || openBySymbol.values[row][index].lot.openQuantity.isZero {
        ended.append(openBySymbol.values[row][index])
      }
    }
    return ended
  }

  /// When entries that still fill are taken for whole.
  func settlingMoments(_ symbol: Symbol) -> [Instant] {
    guard let row = openBySymbol.place(of: symbol) else { return [] }
    var moments: [Instant] = []
    for index in openBySymbol.values[row].indices where openBySymbol.values[row][index].lot.entryIsOpen {
      if let moment = openBySymbol.values[row][index].settlesAt { moments.append(moment) }
    }
    return moments
  }

  func hasOpen(_ symbol: Symbol) -> Bool { openBySymbol[symbol]?.isEmpty == false }

  /// Whether a lot is taken for dealt with by an earlier life.
  func isAssumedClosed(_ id: LotID) -> Bool {
    guard let place = closedLots.place(of: id), openedAt.place(of: id) == nil else { return false }
    return closedLots.values[place].isAssumedClosed
  }

  subscript(id: LotID) -> LotAccount? {
    guard let (row, place) = place(of: id) else { return closedLots[id] }
    return openBySymbol.values[row][place]
  }

  /// Whether the lot is known, open or closed.
  func contains(_ id: LotID) -> Bool {
    openedAt.contains(id) || closedLots.contains(id)
  }

  /// What the entry of a lot has filled, as far as the lot knows; zero for an unknown lot.
  func filledQuantity(_ id: LotID) -> FixedDecimal { self[id]?.lot.filledQuantity ?? .zero }

  func hasSeen(_ trade: TradeID, of symbol: Symbol) -> Bool {
    seenTrades[symbol]?.contains(trade) ?? false
  }

  /// Books a purchase; answers with its lot as it is then.
  mutating func book(entry fill: Fill, isWitnessed: Bool) -> Lot? {
    hear(of: fill.orderKey)
    return update(fill.orderKey) { account -> Lot in
      account.reopen()
      account.book(entry: fill)
      if isWitnessed { account.isWitnessed = true }
      return account.lot
    }
  }

  /// Takes the entry order's own figures; answers with its lot as it is then. With the end of the entry all that was
  /// bought is known.
  mutating func take(entry order: Order, source: Source) -> Lot? {
    var hasEnded = false
    let lot = update(order.key) { account -> Lot in
      hasEnded = account.lot.entryIsOpen && !order.isOpen
      if account.take(entry: order) { account.lot.source = source }
      return account.lot
    }
    if hasEnded { hear(of: order.key) }
    return lot
  }

  private mutating func hear(of lot: LotID) {
    if unmatchedSales.contains(lot.symbol) { heardOf[lot.symbol, default: []].insert(lot) }
  }

  func filled(_ order: OrderKey) -> FixedDecimal { filledByOrder[order] ?? .zero }

  mutating func remember(_ fill: Fill) {
    seenTrades[fill.symbol, default: TradeLog()].insert(fill.tradeID)
    filledByOrder[fill.orderKey, default: .zero] += fill.quantity
  }

  /// Takes what an order had executed when it was first seen as known.
  mutating func assumeBooked(_ order: Order) { filledByOrder[order.key] = order.executedQuantity }

  /// Adds a lot, or replaces it with a newer state of itself.
  mutating func put(_ account: LotAccount) {
    remove(account.lot.id)
    insert(account)
    for closing in account.closings { note(closing.fill) }
  }

  private mutating func note(_ sale: Fill) {
    let place = lastClosing.place(of: sale.symbol, default: sale.venueTime)
    lastClosing.values[place] = max(lastClosing.values[place], sale.venueTime)
  }

  private mutating func insert(_ account: LotAccount) {
    let id = account.lot.id
    guard !account.lot.isClosed else { return retire(account) }
    let row = openBySymbol.place(of: id.symbol, default: [])
    let place = openBySymbol.values[row].place(notBefore: account.lot.openedAt, id)
    openBySymbol.values[row].insert(account, at: place)
    openedAt[id] = account.lot.openedAt
  }

  private mutating func remove(_ id: LotID) {
    guard let (row, place) = place(of: id) else { return }
    openBySymbol.values[row].remove(at: place)
    openedAt[id] = nil
  }

  /// Its symbol's row, and where an open lot stands in it.
  private func place(of id: LotID) -> (row: Int, place: Int)? {
    guard let age = openedAt[id], let row = openBySymbol.place(of: id.symbol) else { return nil }
    return (row, openBySymbol.values[row].place(notBefore: age, id))
  }

  private mutating func retire(_ account: LotAccount) {
    let id = account.lot.id
    if !closedLots.contains(id) { closed.append(id) }
    closedLots[id] = account
    if account.lot.openQuantity.isPositive { keepRest(id) }
    guard closed.count - closedStart > Self.closedLotsMax else { return }
    let oldest = closed[closedStart]
    closedStart += 1
    closedLots[oldest] = nil
    filledByOrder[oldest] = nil
    // Moved up only now and then: a lot ends with every round trip of a bot.
    guard closedStart > Self.closedLotsMax else { return }
    closed.removeFirst(closedStart)
    closedStart = 0
  }

  private mutating func keepRest(_ id: LotID) {
    var kept = rests[id.symbol] ?? []
    guard !kept.contains(id) else { return }
    kept.append(id)
    if kept.count > Self.restsMax { kept.removeFirst() }
    rests[id.symbol] = kept
  }

  /// Closed lots that a sale may have taken a rest of.
  private func restsOpen(at sale: Fill) -> [LotID] {
    guard let place = rests.place(of: sale.symbol) else { return [] }
    return rests.values[place].filter { id in
      guard !openedAt.contains(id), let place = closedLots.place(of: id),
        closedLots.values[place].lot.openQuantity.isPositive
      else { return false }
      return closedLots.values[place].lot.closedAt.map { $0 <= sale.venueTime } ?? false
    }
  }

  /// A closed lot may turn out to hold something after all, and is open again then.
  private mutating func updateClosed<T>(_ id: LotID, _ change: (inout LotAccount) -> T) -> T? {
    guard let place = closedLots.place(of: id) else { return nil }
    let result = change(&closedLots.values[place])
    guard !closedLots.values[place].lot.isClosed else { return result }
    let account = closedLots.values[place]
    closedLots[id] = nil
    if let index = closed[closedStart...].firstIndex(of: id) { closed.remove(at: index) }
    insert(account)
    return result
  }

  /// Changes a lot in place, and its place when that has changed.
  mutating func update<T>(_ id: LotID, _ change: (inout LotAccount) -> T) -> T? {
    guard let (row, place) = place(of: id) else { return updateClosed(id, change) }
    let age = openBySymbol.values[row][place].lot.openedAt
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
    let sale = UnmatchedSale(fill: fill, quantity: fill.quantity, attribution: attribution)
    guard !defersClosing else {
      unmatchedSales[fill.symbol, default: []].append(sale)
      return []
    }
    return close([sale])
  }

  /// Sales, those that they displace among them, in the order of their times: each takes what was there at its time
  /// once, however many are heard of late together.
  ///
  /// - Parameter heard: lots of which something was heard since: sales that found nothing before look at no others.
  private mutating func close(_ sales: [UnmatchedSale], heardOf heard: Set<LotID> = []) -> [LotClosure] {
    // Youngest first, so that the next one is the last.
    var waiting = Array(sales.sorted(by: UnmatchedSale.isOlder).reversed())
    var closures: [LotClosure] = []
    while let sale = waiting.popLast() {
      for displaced in close(sale, heardOf: heard, &closures) {
        waiting.insert(displaced, at: waiting.firstIndex { UnmatchedSale.isOlder($0, displaced) } ?? waiting.count)
      }
    }
    return closures
  }

  /// Closes a lot by what an earlier life recorded, and nothing else. What younger sales were taken to have sold of it
  /// was not theirs.
  mutating func repeatClosure(_ closure: LotClosure, by fill: Fill) -> [LotClosure] {
    let attribution = SaleAttribution(lot: nil, tranche: nil, reason: closure.reason)
    let repeated = update(closure.lot) { account -> LotAccount.Displacement in
      let quantity = FixedDecimal.min(closure.quantity, account.lot.openQuantity)
      var changes = account.displace(by: fill, most: closure.quantity - quantity, attribution, own: false)
      if quantity.isPositive { changes.closures.append(account.close(quantity, by: fill, attribution, own: false)) }
      return changes
    }
    note(fill)
    guard let repeated else { return [] }
    return repeated.closures + close(Self.anew(repeated.displaced))
  }

  /// Sales that an older one took the place of: they close what was still there at their time.
  private static func anew(_ displaced: [LotAccount.Closing]) -> [UnmatchedSale] {
    displaced.map { UnmatchedSale(fill: $0.fill, quantity: $0.quantity, attribution: $0.attribution) }
  }

  /// Lets one sale close what it finds; answers with the younger sales whose places it took.
  private mutating func close(
    _ sale: UnmatchedSale, heardOf heard: Set<LotID>, _ closures: inout [LotClosure]
  ) -> [UnmatchedSale] {
    let fill = sale.fill
    var rest = sale.quantity
    for id in candidates(for: sale) where rest.isPositive {
      let isOwn = id == sale.attribution.lot
      let closure = update(id) { account -> LotClosure? in
        let quantity = FixedDecimal.min(rest, account.closable(by: fill, own: isOwn && !sale.isRest))
        guard quantity.isPositive else { return nil }
        rest = rest - quantity
        return account.close(quantity, by: fill, sale.attribution, own: isOwn)
      }
      if let closure = closure ?? nil { closures.append(closure) }
    }
    if rest < sale.quantity { note(fill) }
    guard rest.isPositive else { return [] }
    var unmatched = UnmatchedSale(fill: fill, quantity: rest, attribution: sale.attribution, isRest: sale.isRest)
    let displaced = displaceYounger(for: &unmatched, among: sale.isRest ? heard : nil, &closures)
    if unmatched.quantity.isPositive { keepUnmatched(unmatched) }
    return displaced
  }

  /// A sale that is heard of late may find its lots closed by younger sales, which were taken for what it had sold
  /// before them. The lots are given to it, and the younger sales close what was still there at their time.
  ///
  /// - Parameter heard: the only lots that it may be given; `nil`: all.
  private mutating func displaceYounger(
    for sale: inout UnmatchedSale, among heard: Set<LotID>?, _ closures: inout [LotClosure]
  ) -> [UnmatchedSale] {
    sale.isRest = true
    guard heard?.isEmpty != true, let last = lastClosing[sale.fill.symbol], last >= sale.fill.venueTime else {
      return []
    }
    var displaced: [LotAccount.Closing] = []
    for id in lotsHeld(at: sale, among: heard) where sale.quantity.isPositive {
      let changes = update(id) { account -> LotAccount.Displacement in
        account.displace(by: sale.fill, most: sale.quantity, sale.attribution, own: id == sale.attribution.lot)
      }
      guard let changes else { continue }
      closures += changes.closures
      sale.quantity = changes.displaced.reduce(sale.quantity) { $0 - $1.quantity }
      displaced += changes.displaced
    }
    return Self.anew(displaced)
  }

  /// Lots, closed ones too, that were there when a sale was made: its own first, then the others, oldest first.
  private func lotsHeld(at sale: UnmatchedSale, among heard: Set<LotID>?) -> [LotID] {
    let symbol = sale.fill.symbol
    let all = heard?.compactMap { self[$0] } ?? open(symbol) + closedLots.values.filter { $0.lot.symbol == symbol }
    let others = all.filter { $0.lot.id != sale.attribution.lot && $0.displaceable(by: sale.fill)?.isPositive == true }
      .sorted { $0.lot.openedAt == $1.lot.openedAt ? $0.lot.id < $1.lot.id : $0.lot.openedAt < $1.lot.openedAt }
    let own = [sale.attribution.lot].compactMap { $0 }.filter { heard?.contains($0) ?? true }
    return own + others.map(\.lot.id)
  }

  /// Lots that a sale may have sold: its own first, then those that were open by then, oldest first.
  private func candidates(for sale: UnmatchedSale) -> [LotID] {
    let own = sale.attribution.lot.flatMap { contains($0) ? $0 : nil }
    var ids = own.map { [$0] } ?? []
    ids += restsOpen(at: sale.fill).filter { $0 != own }
    guard let row = openBySymbol.place(of: sale.fill.symbol) else { return ids }
    for index in openBySymbol.values[row].indices
    where openBySymbol.values[row][index].lot.openedAt <= sale.fill.venueTime {
      let id = openBySymbol.values[row][index].lot.id
      if id != own { ids.append(id) }
    }
    return ids
  }

  /// Lets sales that came before their purchase close what has become known since.
  mutating func closeUnmatched(_ symbol: Symbol) -> [LotClosure] {
    guard !defersClosing, var sales = unmatchedSales.removeValue(forKey: symbol) else { return [] }
    let heard = heardOf.removeValue(forKey: symbol) ?? []
    let oldest = heard.compactMap { self[$0]?.lot.openedAt }.min()
    var due: [UnmatchedSale] = []
    sales.removeAll { sale in
      guard !isIdle(sale) || oldest.map({ $0 <= sale.fill.venueTime }) == true else { return false }
      due.append(sale)
      return true
    }
    unmatchedSales[symbol] = sales
    return close(due, heardOf: heard)
  }

  /// Nothing is there that a sale could close: it has found nothing before, and all that is open was bought after it.
  private func isIdle(_ sale: UnmatchedSale) -> Bool {
    let symbol = sale.fill.symbol
    guard sale.isRest, rests.place(of: symbol) == nil, sale.attribution.lot.map({ !contains($0) }) ?? true,
      let row = openBySymbol.place(of: symbol)
    else { return false }
    return openBySymbol.values[row].first.map { $0.lot.openedAt > sale.fill.venueTime } ?? true
  }

  /// What an earlier life recorded that a sale closed is no part of what it still may close.
  mutating func takeOffUnmatched(_ closure: LotClosure) {
    guard var sales = unmatchedSales[closure.lot.symbol],
      let place = sales.firstIndex(where: { $0.fill.tradeID == closure.tradeID })
    else { return }
    sales[place].quantity = sales[place].quantity - closure.quantity
    if !sales[place].quantity.isPositive { sales.remove(at: place) }
    unmatchedSales[closure.lot.symbol] = sales
  }

  /// What a sale of an earlier life had not closed.
  mutating func restore(unmatched sale: UnmatchedSale) { keepUnmatched(sale) }

  /// A sale of what was never a lot stays unmatched for good, so only the newest are kept.
  private mutating func keepUnmatched(_ sale: UnmatchedSale) {
    let row = unmatchedSales.place(of: sale.fill.symbol, default: [])
    unmatchedSales.values[row].append(sale)
    // Moved up only now and then: hundreds may come with one order.
    guard unmatchedSales.values[row].count >= 2 * Self.unmatchedSalesMax else { return }
    unmatchedSales.values[row].removeFirst(unmatchedSales.values[row].count - Self.unmatchedSalesMax)
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

extension Fill {
  /// Trades of one moment are in the order of their numbers.
  func isOlder(than other: Fill) -> Bool { isOlder(than: other.venueTime, other.tradeID) }

  func isOlder(than time: Timestamp, _ trade: TradeID) -> Bool {
    venueTime == time ? tradeID < trade : venueTime < time
  }
}
