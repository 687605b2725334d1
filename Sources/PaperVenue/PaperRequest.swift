public import Trading

/// What a client may ask, typed. A wire server and a simulator make the same values.
public indirect enum PaperRequest: Hashable, Sendable {
  case place(NewOrder)
  case test(NewOrder)
  case placeList(NewOrderList)
  case cancel(CancelOrder)
  case cancelList(CancelList)
  case cancelAll(Symbol)
  case amend(AmendOrder)
  case cancelReplace(CancelReplace)
  case order(OrderLookup)
  case openOrders(Symbol?)
  case allOrders(OrderHistoryQuery)
  case trades(TradeQuery)
  case list(ListLookup)
  case openLists
  case allLists(ListHistoryQuery)
  case amendments(AmendmentQuery)
  case account(omitsZeroBalances: Bool)

  public var kind: RequestKind {
    switch self {
    case .place: .place
    case .test: .test
    case .placeList: .placeList
    case .cancel: .cancel
    case .cancelList: .cancelList
    case .cancelAll: .cancelAll
    case .amend: .amend
    case .cancelReplace: .cancelReplace
    case .order: .order
    case .openOrders: .openOrders
    case .allOrders: .allOrders
    case .trades: .trades
    case .list: .list
    case .openLists: .openLists
    case .allLists: .allLists
    case .amendments: .amendments
    case .account: .account
    }
  }
}

/// A request's kind: what faults select by and what has a weight.
public enum RequestKind: String, Hashable, Sendable, CaseIterable {
  case place, test, placeList, cancel, cancelList, cancelAll, amend, cancelReplace
  case order, openOrders, allOrders, trades, list, openLists, allLists, amendments, account

  /// It changes the venue's state, so its outcome can be ambiguous.
  public var isWrite: Bool {
    switch self {
    case .place, .placeList, .cancel, .cancelList, .cancelAll, .amend, .cancelReplace: true
    case .test, .order, .openOrders, .allOrders, .trades, .list, .openLists, .allLists, .amendments, .account: false
    }
  }
}

/// Names one order by the venue's number, the client's id, or both (then they must match).
public struct OrderLookup: Hashable, Sendable {
  public var symbol: Symbol
  public var orderID: VenueOrderID?
  public var clientOrderID: ClientOrderID?

  public init(_ symbol: Symbol, orderID: VenueOrderID? = nil, clientOrderID: ClientOrderID? = nil) {
    self.symbol = symbol
    self.orderID = orderID
    self.clientOrderID = clientOrderID
  }
}

public struct CancelOrder: Hashable, Sendable {
  public enum Restriction: String, Hashable, Sendable {
    case onlyNew = "ONLY_NEW"
    case onlyPartiallyFilled = "ONLY_PARTIALLY_FILLED"
  }

  public var target: OrderLookup
  /// The id of the cancel itself: it becomes `c` on the report.
  public var newClientOrderID: ClientOrderID?
  public var restriction: Restriction?

  public init(_ target: OrderLookup, newClientOrderID: ClientOrderID? = nil, restriction: Restriction? = nil) {
    self.target = target
    self.newClientOrderID = newClientOrderID
    self.restriction = restriction
  }
}

/// Names an order list by the venue's number or its own client id.
public struct ListLookup: Hashable, Sendable {
  public var listID: OrderListID?
  public var clientOrderID: ClientOrderID?

  public init(listID: OrderListID? = nil, clientOrderID: ClientOrderID? = nil) {
    self.listID = listID
    self.clientOrderID = clientOrderID
  }
}

public struct CancelList: Hashable, Sendable {
  public var symbol: Symbol
  public var target: ListLookup
  public var newClientOrderID: ClientOrderID?

  public init(_ symbol: Symbol, _ target: ListLookup, newClientOrderID: ClientOrderID? = nil) {
    self.symbol = symbol
    self.target = target
    self.newClientOrderID = newClientOrderID
  }
}

/// Amend, keep priority: the quantity may only fall.
public struct AmendOrder: Hashable, Sendable {
  public var target: OrderLookup
  public var newQuantity: FixedDecimal
  public var newClientOrderID: ClientOrderID?

  public init(_ target: OrderLookup, newQuantity: FixedDecimal, newClientOrderID: ClientOrderID? = nil) {
    self.target = target
    self.newQuantity = newQuantity
    self.newClientOrderID = newClientOrderID
  }
}

public struct CancelReplace: Hashable, Sendable {
  public enum Mode: String, Hashable, Sendable {
    case stopOnFailure = "STOP_ON_FAILURE"
    case allowFailure = "ALLOW_FAILURE"
  }

  public enum LimitExceeded: String, Hashable, Sendable {
    case doNothing = "DO_NOTHING"
    case cancelOnly = "CANCEL_ONLY"
  }

  public var cancel: CancelOrder
  public var order: NewOrder
  public var mode: Mode
  public var limitExceeded: LimitExceeded = .doNothing

  public init(cancel: CancelOrder, order: NewOrder, mode: Mode) {
    self.cancel = cancel
    self.order = order
    self.mode = mode
  }
}

public struct OrderHistoryQuery: Hashable, Sendable {
  public var symbol: Symbol
  /// Orders with this number or a higher one.
  public var fromID: VenueOrderID?
  public var start: Timestamp?
  public var end: Timestamp?
  public var limit: Int?

  public init(
    _ symbol: Symbol, fromID: VenueOrderID? = nil, start: Timestamp? = nil, end: Timestamp? = nil, limit: Int? = nil
  ) {
    self.symbol = symbol
    self.fromID = fromID
    self.start = start
    self.end = end
    self.limit = limit
  }
}

public struct TradeQuery: Hashable, Sendable {
  public var symbol: Symbol
  public var orderID: VenueOrderID?
  public var fromID: TradeID?
  public var start: Timestamp?
  public var end: Timestamp?
  public var limit: Int?

  public init(
    _ symbol: Symbol, orderID: VenueOrderID? = nil, fromID: TradeID? = nil, start: Timestamp? = nil,
    end: Timestamp? = nil, limit: Int? = nil
  ) {
    self.symbol = symbol
    self.orderID = orderID
    self.fromID = fromID
    self.start = start
    self.end = end
    self.limit = limit
  }
}

public struct ListHistoryQuery: Hashable, Sendable {
  public var fromID: OrderListID?
  public var start: Timestamp?
  public var end: Timestamp?
  public var limit: Int?

  public init(fromID: OrderListID? = nil, start: Timestamp? = nil, end: Timestamp? = nil, limit: Int? = nil) {
    self.fromID = fromID
    self.start = start
    self.end = end
    self.limit = limit
  }
}

public struct AmendmentQuery: Hashable, Sendable {
  public var symbol: Symbol
  public var orderID: VenueOrderID
  public var fromExecutionID: Int64?
  public var limit: Int?

  public init(_ symbol: Symbol, orderID: VenueOrderID, fromExecutionID: Int64? = nil, limit: Int? = nil) {
    self.symbol = symbol
    self.orderID = orderID
    self.fromExecutionID = fromExecutionID
    self.limit = limit
  }
}
