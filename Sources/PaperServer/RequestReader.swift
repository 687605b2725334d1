import PaperVenue
import Trading

/// Turns parameters into typed requests. REST and the WebSocket API share it: their parameters are the same.
struct RequestReader {
  let parameters: Parameters

  /// The request that a REST call names, or `nil` when the path is none of the account's.
  func request(_ method: String, _ path: String) throws(PaperError) -> PaperRequest? {
    switch (method, path) {
    case ("POST", "order"): .place(try newOrder())
    case ("POST", "order/test"): .test(try newOrder())
    case ("GET", "order"): .order(try lookup())
    case ("DELETE", "order"): .cancel(try cancel())
    case ("DELETE", "openOrders"): .cancelAll(try parameters.symbol())
    case ("GET", "openOrders"): .openOrders(try parameters.text("symbol").map { Symbol($0) })
    case ("GET", "allOrders"): .allOrders(try orderHistory())
    case ("GET", "myTrades"): .trades(try trades())
    case ("POST", "order/cancelReplace"): .cancelReplace(try cancelReplace())
    case ("PUT", "order/amend/keepPriority"): .amend(try amend())
    case ("GET", "order/amendments"): .amendments(try amendments())
    case ("GET", "account"): .account(omitsZeroBalances: parameters["omitZeroBalances"] == "true")
    case ("POST", "orderList/oco"): .placeList(try oco())
    case ("POST", "order/oco"): .placeList(try oldOCO())
    case ("POST", "orderList/oto"): .placeList(try oto(.oto))
    case ("POST", "orderList/opo"): .placeList(try oto(.opo))
    case ("POST", "orderList/otoco"): .placeList(try oto(.otoco))
    case ("POST", "orderList/opoco"): .placeList(try oto(.opoco))
    case ("DELETE", "orderList"): .cancelList(try cancelList())
    case ("GET", "orderList"): .list(try listLookup("origClientOrderId"))
    case ("GET", "openOrderList"): .openLists
    case ("GET", "allOrderList"): .allLists(try listHistory())
    default: nil
    }
  }

  /// The REST call that a WebSocket method is the twin of.
  static func twin(of method: String) -> (String, String)? {
    switch method {
    case "order.place": ("POST", "order")
    case "order.test": ("POST", "order/test")
    case "order.status": ("GET", "order")
    case "order.cancel": ("DELETE", "order")
    case "order.cancelReplace": ("POST", "order/cancelReplace")
    case "order.amend.keepPriority": ("PUT", "order/amend/keepPriority")
    case "order.amendments": ("GET", "order/amendments")
    case "openOrders.cancelAll": ("DELETE", "openOrders")
    case "openOrders.status": ("GET", "openOrders")
    case "allOrders": ("GET", "allOrders")
    case "myTrades": ("GET", "myTrades")
    case "account.status": ("GET", "account")
    case "orderList.place": ("POST", "order/oco")
    case "orderList.place.oco": ("POST", "orderList/oco")
    case "orderList.place.oto": ("POST", "orderList/oto")
    case "orderList.place.otoco": ("POST", "orderList/otoco")
    case "orderList.place.opo": ("POST", "orderList/opo")
    case "orderList.place.opoco": ("POST", "orderList/opoco")
    case "orderList.cancel": ("DELETE", "orderList")
    case "orderList.status": ("GET", "orderList")
    case "openOrderLists.status": ("GET", "openOrderList")
    case "allOrderLists": ("GET", "allOrderList")
    default: nil
    }
  }

  /// `newOrderRespType`, or the venue's default for the order.
  func responseType(for request: PaperRequest) -> ResponseType {
    if let text = parameters["newOrderRespType"], let type = ResponseType(rawValue: text) { return type }
    switch request {
    case .place(let order): return order.type == .market || order.type == .limit ? .full : .ack
    case .cancelReplace(let replace):
      return replace.order.type == .market || replace.order.type == .limit ? .full : .ack
    case .placeList: return .result
    case .test, .cancel, .cancelList, .cancelAll, .amend, .order, .openOrders, .allOrders, .trades, .list, .openLists,
      .allLists, .amendments, .account:
      return .result
    }
  }

  // MARK: Orders

  private func newOrder() throws(PaperError) -> NewOrder {
    var order = NewOrder(
      symbol: try parameters.symbol(), side: try parameters.side("side"), type: try parameters.type("type"),
      timeInForce: try parameters.timeInForce("timeInForce"), quantity: try parameters.decimal("quantity"),
      quoteOrderQuantity: try parameters.decimal("quoteOrderQty"), price: try parameters.decimal("price"),
      stopPrice: try parameters.decimal("stopPrice"), clientOrderID: try parameters.client("newClientOrderId"))
    order.selfTradePrevention = try parameters.prevention()
    order.strategyID = try parameters.integer("strategyId")
    order.strategyType = try parameters.integer("strategyType")
    order.trailingDelta = try parameters.integer("trailingDelta")
    order.icebergQuantity = try parameters.decimal("icebergQty")
    return order
  }

  private func lookup(_ id: String = "orderId", _ client: String = "origClientOrderId") throws(PaperError)
    -> OrderLookup
  {
    OrderLookup(
      try parameters.symbol(), orderID: try parameters.integer(id).map { VenueOrderID($0) },
      clientOrderID: try parameters.client(client))
  }

  private func restriction() throws(PaperError) -> CancelOrder.Restriction? {
    guard let text = try parameters.text("cancelRestrictions") else { return nil }
    guard let value = CancelOrder.Restriction(rawValue: text) else {
      throw PaperError(
        code: -1145, message: "cancelRestrictions has to be either 'ONLY_NEW' or 'ONLY_PARTIALLY_FILLED'.")
    }
    return value
  }

  private func cancel() throws(PaperError) -> CancelOrder {
    CancelOrder(
      try lookup(), newClientOrderID: try parameters.client("newClientOrderId"), restriction: try restriction())
  }

  private func amend() throws(PaperError) -> AmendOrder {
    let target = try lookup()
    let quantity = try parameters.required("newQty", try parameters.decimal("newQty"))
    return AmendOrder(target, newQuantity: quantity, newClientOrderID: try parameters.client("newClientOrderId"))
  }

  private func cancelReplace() throws(PaperError) -> CancelReplace {
    let text = try parameters.required("cancelReplaceMode", try parameters.text("cancelReplaceMode"))
    guard let mode = CancelReplace.Mode(rawValue: text) else {
      throw .illegalCharacters("cancelReplaceMode", legal: "STOP_ON_FAILURE, ALLOW_FAILURE")
    }
    let cancel = CancelOrder(
      try lookup("cancelOrderId", "cancelOrigClientOrderId"),
      newClientOrderID: try parameters.client("cancelNewClientOrderId"), restriction: try restriction())
    var replace = CancelReplace(cancel: cancel, order: try newOrder(), mode: mode)
    if let text = try parameters.text("orderRateLimitExceededMode"),
      let exceeded = CancelReplace.LimitExceeded(rawValue: text)
    {
      replace.limitExceeded = exceeded
    }
    return replace
  }

  private func orderHistory() throws(PaperError) -> OrderHistoryQuery {
    OrderHistoryQuery(
      try parameters.symbol(), fromID: try parameters.integer("orderId").map { VenueOrderID($0) },
      start: try parameters.timestamp("startTime"), end: try parameters.timestamp("endTime"),
      limit: try parameters.limit())
  }

  private func trades() throws(PaperError) -> TradeQuery {
    TradeQuery(
      try parameters.symbol(), orderID: try parameters.integer("orderId").map { VenueOrderID($0) },
      fromID: try parameters.integer("fromId").map { TradeID($0) }, start: try parameters.timestamp("startTime"),
      end: try parameters.timestamp("endTime"), limit: try parameters.limit())
  }

  private func amendments() throws(PaperError) -> AmendmentQuery {
    let id = try parameters.required("orderId", try parameters.integer("orderId"))
    return AmendmentQuery(
      try parameters.symbol(), orderID: VenueOrderID(id), fromExecutionID: try parameters.integer("fromExecutionId"),
      limit: try parameters.limit())
  }
}

// MARK: - Lists

extension RequestReader {
  private func oco() throws(PaperError) -> NewOrderList {
    let symbol = try parameters.symbol()
    let side = try parameters.side("side")
    let quantity = try parameters.required("quantity", try parameters.decimal("quantity"))
    let above = try leg("above", symbol: symbol, side: side, quantity: quantity)
    let below = try leg("below", symbol: symbol, side: side, quantity: quantity)
    return .oco(above: above, below: below, clientOrderID: try parameters.client("listClientOrderId"))
  }

  /// The retired shape: a limit leg and a stop leg, which side of the market they are on follows from the side.
  private func oldOCO() throws(PaperError) -> NewOrderList {
    let symbol = try parameters.symbol()
    let side = try parameters.side("side")
    let quantity = try parameters.required("quantity", try parameters.decimal("quantity"))
    let price = try parameters.required("price", try parameters.decimal("price"))
    let stopPrice = try parameters.required("stopPrice", try parameters.decimal("stopPrice"))
    let limit = NewOrder.limitMaker(
      symbol, side, quantity: quantity, price: price, clientOrderID: try parameters.client("limitClientOrderId"))
    var stop = NewOrder.stopLoss(
      symbol, side, quantity: quantity, stopPrice: stopPrice, clientOrderID: try parameters.client("stopClientOrderId"))
    if let stopLimit = try parameters.decimal("stopLimitPrice") {
      stop.type = .stopLossLimit
      stop.price = stopLimit
      stop.timeInForce = try parameters.timeInForce("stopLimitTimeInForce") ?? .goodTilCanceled
    }
    let list = try parameters.client("listClientOrderId")
    return side == .sell
      ? .oco(above: limit, below: stop, clientOrderID: list) : .oco(above: stop, below: limit, clientOrderID: list)
  }

  private func oto(_ shape: PaperOrderList.Shape) throws(PaperError) -> NewOrderList {
    let symbol = try parameters.symbol()
    var working = try leg("working", symbol: symbol, side: try parameters.side("workingSide"), quantity: nil)
    working.quantity = try parameters.required("workingQuantity", try parameters.decimal("workingQuantity"))
    let side = try parameters.side("pendingSide")
    let quantity = try parameters.decimal("pendingQuantity")
    var pending: [NewOrder] = []
    if shape.hasPair {
      pending.append(try leg("pendingAbove", symbol: symbol, side: side, quantity: quantity))
      pending.append(try leg("pendingBelow", symbol: symbol, side: side, quantity: quantity))
    } else {
      pending.append(try leg("pending", symbol: symbol, side: side, quantity: quantity))
    }
    return NewOrderList(
      shape: shape, symbol: symbol, clientOrderID: try parameters.client("listClientOrderId"), working: working,
      pending: pending)
  }

  private func leg(
    _ prefix: String, symbol: Symbol, side: Side, quantity: FixedDecimal?
  ) throws(PaperError) -> NewOrder {
    var order = NewOrder(
      symbol: symbol, side: side, type: try parameters.type(prefix + "Type"),
      timeInForce: try parameters.timeInForce(prefix + "TimeInForce"), quantity: quantity,
      price: try parameters.decimal(prefix + "Price"), stopPrice: try parameters.decimal(prefix + "StopPrice"),
      clientOrderID: try parameters.client(prefix + "ClientOrderId"))
    order.selfTradePrevention = try parameters.prevention()
    order.strategyID = try parameters.integer(prefix + "StrategyId")
    order.strategyType = try parameters.integer(prefix + "StrategyType")
    order.trailingDelta = try parameters.integer(prefix + "TrailingDelta")
    order.icebergQuantity = try parameters.decimal(prefix + "IcebergQty")
    return order
  }

  private func listLookup(_ client: String) throws(PaperError) -> ListLookup {
    ListLookup(
      listID: try parameters.integer("orderListId").map { OrderListID($0) },
      clientOrderID: try parameters.client(client))
  }

  private func cancelList() throws(PaperError) -> CancelList {
    CancelList(
      try parameters.symbol(), try listLookup("listClientOrderId"),
      newClientOrderID: try parameters.client("newClientOrderId"))
  }

  private func listHistory() throws(PaperError) -> ListHistoryQuery {
    ListHistoryQuery(
      fromID: try parameters.integer("fromId").map { OrderListID($0) }, start: try parameters.timestamp("startTime"),
      end: try parameters.timestamp("endTime"), limit: try parameters.limit())
  }
}
