public import Trading

/// One account's whole state. A value: a copy of it is a read replica frozen at that moment (fault RS06).
public struct PaperAccount: Sendable {
  public let id: AccountID
  public let userID: Int64
  public internal(set) var commission = CommissionPlan()
  public internal(set) var canTrade = true
  public internal(set) var updatedAt = Timestamp(milliseconds: 0)

  /// One per asset, at the exchange's index of the asset.
  var balances: [PaperBalance] = []
  /// One per symbol, at the exchange's index of the symbol.
  var books: [AccountBook] = []
  /// Ascending by id.
  var lists: [PaperOrderList] = []
  var openLists: [OrderListID] = []
  var amendments: [PaperAmendment] = []
  var feeCount = 0

  init(id: AccountID, userID: Int64) {
    self.id = id
    self.userID = userID
  }

  /// Finished lists and amendments kept per account; older ones are forgotten, as the venue's archive does.
  static let finishedListsMax = 20_000
  static let amendmentsMax = 20_000

  mutating func append(_ list: PaperOrderList) {
    lists.append(list)
    openLists.append(list.id)
    guard lists.count - openLists.count > Self.finishedListsMax + Self.finishedListsMax / 4 else { return }
    var surplus = lists.count - openLists.count - Self.finishedListsMax
    lists.removeAll { list in
      guard surplus > 0, !list.isOpen else { return false }
      surplus -= 1
      return true
    }
  }

  mutating func append(_ amendment: PaperAmendment) {
    amendments.append(amendment)
    guard amendments.count > Self.amendmentsMax + Self.amendmentsMax / 4 else { return }
    amendments.removeFirst(amendments.count - Self.amendmentsMax)
  }

  func listPosition(_ id: OrderListID) -> Int? {
    var low = 0
    var high = lists.count
    while low < high {
      let middle = (low + high) / 2
      if lists[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < lists.count && lists[low].id == id ? low : nil
  }
}

/// One account's orders and trades on one symbol.
struct AccountBook: Sendable {
  let symbol: Symbol
  /// Ascending by id: a symbol's ids only grow.
  var orders: [PaperOrder] = []
  /// Positions in `orders` of those that are open, ascending.
  var open: [Int] = []
  /// Ascending by id.
  var trades: [PaperTrade] = []
  var totals = TradeTotals()

  /// Finished orders kept per account and symbol. A client that asks further back gets what the venue's archive gives:
  /// nothing.
  static let finishedOrdersMax = 20_000
  static let tradesMax = 50_000

  init(symbol: Symbol) { self.symbol = symbol }

  func position(of id: Int64) -> Int? {
    // The newest order is what is asked for most.
    if let last = orders.last, last.id.number == id { return orders.count - 1 }
    var low = 0
    var high = orders.count
    while low < high {
      let middle = (low + high) / 2
      if orders[middle].id.number < id { low = middle + 1 } else { high = middle }
    }
    return low < orders.count && orders[low].id.number == id ? low : nil
  }

  var openOrders: [PaperOrder] { open.map { orders[$0] } }

  func openOrder(client: ClientOrderID) -> Int? {
    open.first { orders[$0].clientOrderID == client }
  }

  mutating func append(_ order: PaperOrder) {
    orders.append(order)
    open.append(orders.count - 1)
    if orders.count - open.count > Self.finishedOrdersMax + Self.finishedOrdersMax / 4 { forgetOldest() }
  }

  mutating func close(position: Int) {
    if let index = open.firstIndex(of: position) { open.remove(at: index) }
  }

  mutating func append(_ trade: PaperTrade) {
    trades.append(trade)
    if trades.count > Self.tradesMax + Self.tradesMax / 4 { trades.removeFirst(trades.count - Self.tradesMax) }
  }

  private mutating func forgetOldest() {
    var surplus = orders.count - open.count - Self.finishedOrdersMax
    orders.removeAll { order in
      guard surplus > 0, !order.isOpen else { return false }
      surplus -= 1
      return true
    }
    open = orders.indices.filter { orders[$0].isOpen }
  }
}

/// What an account traded on one symbol since it was made. The private ledger's raw numbers.
public struct TradeTotals: Hashable, Sendable {
  public var bought: FixedDecimal = .zero
  public var sold: FixedDecimal = .zero
  public var paidQuote: FixedDecimal = .zero
  public var receivedQuote: FixedDecimal = .zero
  /// Fees taken in the symbol's base asset.
  public var baseFees: FixedDecimal = .zero
  /// Fees taken in the symbol's quote asset.
  public var quoteFees: FixedDecimal = .zero
  /// Fees taken in a discount asset.
  public var discountFees: FixedDecimal = .zero

  /// Base units bought less those sold and paid as fees.
  public var netPosition: FixedDecimal { bought - sold - baseFees }
}
