public import Trading

// What an account may read of itself. Asked of a copy, they answer as a lagging replica does.

extension PaperAccount {
  static let pageDefault = 500
  static let pageMax = 1000
  static let windowMax = Duration.seconds(86_400)
  /// Unfilled canceled and expired orders older than this are archived (-2026).
  static let archiveAge = Duration.seconds(90 * 86_400)

  private func book(_ symbol: Symbol) throws(PaperError) -> AccountBook {
    guard let book = books.first(where: { $0.symbol == symbol }) else { throw .invalidSymbol }
    return book
  }

  /// `GET order`.
  public func order(
    _ lookup: OrderLookup, reusedLookup: VenueVariants.ReusedLookup = .latest, at now: Timestamp
  ) throws(PaperError) -> PaperOrder {
    let book = try book(lookup.symbol)
    guard lookup.orderID != nil || lookup.clientOrderID != nil else { throw .missingParameter("orderId") }
    let found: PaperOrder?
    if let id = lookup.orderID {
      found = book.position(of: id.number).map { book.orders[$0] }
      if let found, let client = lookup.clientOrderID, client != found.clientOrderID { throw .mismatchedIDs }
    } else {
      found = lookup.clientOrderID.flatMap { Self.find($0, in: book, reusedLookup) }
    }
    guard let found else { throw .noSuchOrder }
    let isUnfilledEnd = found.executedQuantity.isZero && !found.isOpen
    if isUnfilledEnd, now - found.updatedAt > Self.archiveAge { throw .archived }
    return found
  }

  private static func find(
    _ client: ClientOrderID, in book: AccountBook, _ reused: VenueVariants.ReusedLookup
  ) -> PaperOrder? {
    switch reused {
    case .latest: book.orders.last { $0.clientOrderID == client }
    case .earliest: book.orders.first { $0.clientOrderID == client }
    case .open:
      book.openOrder(client: client).map { book.orders[$0] } ?? book.orders.last { $0.clientOrderID == client }
    }
  }

  /// `GET openOrders`, of one symbol or of all.
  public func openOrders(_ symbol: Symbol? = nil) throws(PaperError) -> [PaperOrder] {
    if let symbol {
      let book = try book(symbol)
      return book.openOrders
    }
    return books.flatMap(\.openOrders)
  }

  /// `GET allOrders`: by id from `fromID`, else by time (binance.md §4.3, pagination rule).
  public func allOrders(_ query: OrderHistoryQuery) throws(PaperError) -> [PaperOrder] {
    let book = try book(query.symbol)
    try Self.checkWindow(query.start, query.end)
    let limit = try Self.pageSize(query.limit)
    if let from = query.fromID { return Array(book.orders.lazy.filter { $0.id >= from }.prefix(limit)) }
    return Self.page(book.orders, query.start, query.end, limit) { $0.createdAt }
  }

  /// `GET myTrades`.
  public func trades(_ query: TradeQuery) throws(PaperError) -> [PaperTrade] {
    let book = try book(query.symbol)
    try Self.checkWindow(query.start, query.end)
    let limit = try Self.pageSize(query.limit)
    let hasTimes = query.start != nil || query.end != nil
    if hasTimes, query.fromID != nil || query.orderID != nil { throw .badCombination }
    var trades = book.trades
    if let order = query.orderID { trades = trades.filter { $0.orderID == order } }
    if let from = query.fromID { return Array(trades.lazy.filter { $0.id >= from }.prefix(limit)) }
    if query.orderID != nil { return Array(trades.prefix(limit)) }
    return Self.page(trades, query.start, query.end, limit) { $0.time }
  }

  /// The list a lookup names; a client id names the latest list that used it.
  func list(_ lookup: ListLookup) -> PaperOrderList? {
    if let id = lookup.listID {
      guard let position = listPosition(id) else { return nil }
      if let client = lookup.clientOrderID, client != lists[position].clientOrderID { return nil }
      return lists[position]
    }
    return lookup.clientOrderID.flatMap { client in lists.last { $0.clientOrderID == client } }
  }

  /// `GET orderList`.
  public func orderList(_ lookup: ListLookup) throws(PaperError) -> PaperOrderList {
    guard lookup.listID != nil || lookup.clientOrderID != nil else { throw .missingParameter("orderListId") }
    guard let list = list(lookup) else { throw .noSuchList }
    return list
  }

  /// `GET openOrderList`.
  public func openOrderLists() -> [PaperOrderList] {
    openLists.compactMap { id in listPosition(id).map { lists[$0] } }
  }

  func openListCount(of symbol: Symbol) -> Int {
    openLists.count { id in listPosition(id).map { lists[$0].symbol == symbol } ?? false }
  }

  /// `GET allOrderList`.
  public func allOrderLists(_ query: ListHistoryQuery) throws(PaperError) -> [PaperOrderList] {
    try Self.checkWindow(query.start, query.end)
    let limit = try Self.pageSize(query.limit)
    if let from = query.fromID {
      if query.start != nil || query.end != nil { throw .badCombination }
      return Array(lists.lazy.filter { $0.id >= from }.prefix(limit))
    }
    return Self.page(lists, query.start, query.end, limit) { $0.transactedAt }
  }

  /// `GET order/amendments`.
  public func amendments(_ query: AmendmentQuery) throws(PaperError) -> [PaperAmendment] {
    let limit = try Self.pageSize(query.limit)
    return Array(
      amendments.lazy.filter {
        $0.symbol == query.symbol && $0.orderID == query.orderID && $0.executionID >= query.fromExecutionID ?? 0
      }.prefix(limit))
  }

  /// `GET account`.
  public func report(omitsZeroBalances: Bool = false) -> AccountReport {
    AccountReport(
      userID: userID, balances: balances.filter { !omitsZeroBalances || !$0.total.isZero }, makerRate: commission.maker,
      takerRate: commission.taker, canTrade: canTrade, updatedAt: updatedAt)
  }

  public func balance(of asset: Asset) -> PaperBalance {
    balances.first { $0.asset == asset } ?? PaperBalance(asset: asset)
  }

  // MARK: Pages

  private static func pageSize(_ limit: Int?) throws(PaperError) -> Int {
    guard let limit else { return pageDefault }
    guard limit > 0 else { throw .illegalCharacters("limit", legal: "[1, 1000]") }
    return Swift.min(limit, pageMax)
  }

  private static func checkWindow(_ start: Timestamp?, _ end: Timestamp?) throws(PaperError) {
    guard let start, let end else { return }
    if end < start { throw .badCombination }
    if end - start > windowMax { throw .windowTooLong }
  }

  /// Ascending by time: oldest from `start`, else the newest up to `end`.
  private static func page<Row>(
    _ rows: [Row], _ start: Timestamp?, _ end: Timestamp?, _ limit: Int, time: (Row) -> Timestamp
  ) -> [Row] {
    // Times on the wire are whole milliseconds: a bound includes the whole of its own.
    let inside = rows.filter { row in
      let milliseconds = time(row).milliseconds
      return milliseconds >= start?.milliseconds ?? .min && milliseconds <= end?.milliseconds ?? .max
    }
    return start == nil ? Array(inside.suffix(limit)) : Array(inside.prefix(limit))
  }
}
