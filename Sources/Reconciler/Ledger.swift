import Trading
import Venue

/// The lots of an account: which entry opened what, and which fills have closed it (DESIGN §3 "Lots"). `+Sales` says
/// which sale closed which lot.
///
/// Profit of a closing fill, exact in quote units: (its price − the price of the entry fills it consumes, first in
/// first out) × quantity − its own quote commission − the entry's quote commissions and base commissions (at the entry
/// fill's price) that no earlier closure carried. Commissions in a third asset stay in the fills.
struct Ledger: Sendable {
  /// Closed lots with a rest that are kept per symbol.
  static let restsMax = 64
  /// Closed lots kept, so that a late report of one of their legs finds its home.
  static let closedLotsMax = MirrorState.closedLotsMax

  /// Lots that hold something, oldest first: what a symbol is judged from, time and again. A symbol whose last lot was
  /// closed keeps its empty row.
  private(set) var openBySymbol = KeyTable<Symbol, [LotAccount]>()
  /// The age of each open lot: with it a lot is found in its symbol's row.
  private var openedAt = KeyTable<LotID, Timestamp>()
  private(set) var closedLots = KeyTable<LotID, LotAccount>()
  /// Lots that were closed with a rest too small for any order, oldest first. Whoever sells next sells it with his own
  /// coins: it was bought before what the open lots hold.
  private var rests = KeyTable<Symbol, [LotID]>()
  /// The order in which they were closed, from `closedStart` on.
  private var closed: [LotID] = []
  private var closedStart = 0
  private var seenTrades = KeyTable<Symbol, TradeLog>()
  /// Σ fills known of each order: what an order's own cumulative figure says beyond it is still to come.
  private var filledByOrder = KeyTable<OrderKey, Filled>()
  var sales = SaleLog()
  /// While a history is read sales only gather: what they sold may be listed after them.
  var defersClosing = false

  /// Lots that hold something, oldest first.
  func open(_ symbol: Symbol) -> [LotAccount] { openBySymbol[symbol] ?? [] }
  var openSymbols: [Symbol] { openBySymbol.keys.filter { hasOpen($0) }.sorted() }
  var allOpen: [LotAccount] { openSymbols.flatMap { open($0) } }

  /// What a symbol's open lots hold together, base units.
  func openQuantity(_ symbol: Symbol) -> FixedDecimal {
    guard let row = openBySymbol.place(of: symbol) else { return .zero }
    return openBySymbol.values[row].indices.reduce(.zero) { $0 + openBySymbol.values[row][$1].lot.openQuantity }
  }

  /// What a symbol's open lots hold for certain, base units.
  func sureQuantity(_ symbol: Symbol) -> FixedDecimal {
    guard let row = openBySymbol.place(of: symbol) else { return .zero }
    return openBySymbol.values[row].indices.reduce(.zero) { $0 + openBySymbol.values[row][$1].sureQuantity }
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
    // An older sale of the same millisecond may have closed what the order alone showed to be bought then (B415).
    pullBack(fill.symbol, since: TradeMoment(startOf: fill.venueTime))
    return update(fill.orderKey) { account -> Lot in
      account.reopen()
      account.book(entry: fill)
      if isWitnessed { account.isWitnessed = true }
      return account.lot
    }
  }

  /// Takes the entry order's own figures; answers with its lot as it is then.
  mutating func take(entry order: Order, source: Source) -> Lot? {
    let known = filledQuantity(order.key)
    if order.executedQuantity > known {
      let since = known.isZero ? order.createdAt ?? order.updatedAt : order.updatedAt
      pullBack(order.symbol, since: TradeMoment(startOf: since))
    }
    return update(order.key) { account -> Lot in
      if account.take(entry: order) { account.lot.source = source }
      return account.lot
    }
  }

  /// What the known fills of an order amount to, base and quote units.
  struct Filled: Hashable, Sendable {
    var quantity: FixedDecimal = .zero
    var quote: FixedDecimal = .zero
  }

  func filled(_ order: OrderKey) -> Filled { filledByOrder[order] ?? Filled() }

  mutating func remember(_ fill: Fill) {
    seenTrades[fill.symbol, default: TradeLog()].insert(fill.tradeID)
    let place = filledByOrder.place(of: fill.orderKey, default: Filled())
    filledByOrder.values[place].quantity = filledByOrder.values[place].quantity + fill.quantity
    filledByOrder.values[place].quote = filledByOrder.values[place].quote + fill.quote
  }

  /// Takes what an order had executed when it was first seen as known.
  mutating func assumeBooked(_ order: Order) {
    filledByOrder[order.key] = Filled(quantity: order.executedQuantity, quote: order.executedQuote)
  }

  /// Adds a lot, or replaces it with a newer state of itself.
  mutating func put(_ account: LotAccount) {
    remove(account.lot.id)
    insert(account)
    if let last = account.closings.last { sales.note(last.fill) }
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
  func restsOpen(at sale: Fill) -> [LotID] {
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
