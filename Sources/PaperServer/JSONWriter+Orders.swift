import PaperVenue
import Trading

// Order, list and account bodies (binance.md §4.3, §4.4). The spelling `cummulativeQuoteQty` is the venue's.

/// `newOrderRespType`.
enum ResponseType: String {
  case ack = "ACK"
  case result = "RESULT"
  case full = "FULL"
}

extension JSONWriter {
  /// A row of `GET order`, `openOrders`, `allOrders`.
  mutating func order(_ order: PaperOrder) {
    object { json in
      json.names(order, client: order.clientOrderID)
      json.amounts(order)
      json.field("stopPrice", order.stopPrice)
      json.field("icebergQty", FixedDecimal.zero)
      json.field("time", order.createdAt)
      json.field("updateTime", order.updatedAt)
      json.field("isWorking", order.workingSince != nil)
      json.field("workingTime", order.workingSince?.milliseconds ?? -1)
      json.field("origQuoteOrderQty", order.quoteOrderQuantity)
      json.extras(order)
    }
  }

  /// The answer of a placement.
  mutating func placed(_ placed: PlacedOrder, _ type: ResponseType) {
    self.placed(placed.order, trades: placed.trades, time: placed.time, type)
  }

  private mutating func placed(_ order: PaperOrder, trades: [PaperTrade], time: Timestamp, _ type: ResponseType) {
    object { json in
      json.names(order, client: order.clientOrderID)
      json.field("transactTime", time)
      guard type != .ack else { return }
      json.amounts(order)
      json.field("origQuoteOrderQty", order.quoteOrderQuantity)
      if order.stopPrice.isPositive { json.field("stopPrice", order.stopPrice) }
      json.field("workingTime", order.workingSince?.milliseconds ?? -1)
      json.extras(order)
      guard type == .full else { return }
      json.field("fills", array: trades) { json, trade in
        json.object { json in
          json.field("price", trade.price)
          json.field("qty", trade.quantity)
          json.field("commission", trade.commission)
          json.field("commissionAsset", trade.commissionAsset.text)
          json.field("tradeId", trade.id.number)
        }
      }
    }
  }

  /// The answer of a cancel, also as a member of a canceled list.
  mutating func canceled(_ order: PaperOrder, cancelID: ClientOrderID, time: Timestamp) {
    object { json in
      json.field("symbol", order.symbol.text)
      json.field("origClientOrderId", order.clientOrderID.text)
      json.field("orderId", order.id.number)
      json.field("orderListId", order.listID?.number ?? -1)
      json.field("clientOrderId", cancelID.text)
      json.field("transactTime", time)
      json.amounts(order)
      json.field("origQuoteOrderQty", order.quoteOrderQuantity)
      if order.stopPrice.isPositive { json.field("stopPrice", order.stopPrice) }
      json.extras(order)
    }
  }

  private mutating func names(_ order: PaperOrder, client: ClientOrderID) {
    field("symbol", order.symbol.text)
    field("orderId", order.id.number)
    field("orderListId", order.listID?.number ?? -1)
    field("clientOrderId", client.text)
  }

  private mutating func amounts(_ order: PaperOrder) {
    field("price", order.price)
    // An OPO child has no quantity until it is born.
    if !order.quantity.isZero { field("origQty", order.quantity) }
    field("executedQty", order.executedQuantity)
    field("cummulativeQuoteQty", order.executedQuote)
    field("status", order.status.wire)
    field("timeInForce", order.timeInForce.wire)
    field("type", order.type.wire)
    field("side", order.side.wire)
  }

  private mutating func extras(_ order: PaperOrder) {
    if let id = order.strategyID { field("strategyId", id) }
    if let type = order.strategyType { field("strategyType", type) }
    if order.preventedQuantity.isPositive { field("preventedQuantity", order.preventedQuantity) }
    if let reason = order.expiryReason { field("expiryReason", reason.rawValue) }
    field("selfTradePreventionMode", order.selfTradePrevention.rawValue)
  }

  // MARK: Lists

  /// A list without reports: what list queries give.
  mutating func list(_ list: PaperOrderList) { object { $0.listFields(list) } }

  mutating func listReport(_ report: ListReport, _ type: ResponseType) {
    object { json in
      json.listFields(report.list)
      json.field("orderReports", array: report.orders) { json, order in
        if let cancelID = report.cancelID {
          json.canceled(order, cancelID: cancelID, time: report.time)
        } else {
          json.placed(order, trades: [], time: report.time, type == .full ? .result : type)
        }
      }
    }
  }

  mutating func listFields(_ list: PaperOrderList) {
    field("orderListId", list.id.number)
    field("contingencyType", list.shape.contingency)
    field("listStatusType", list.status.rawValue)
    field("listOrderStatus", list.orderStatus.rawValue)
    field("listClientOrderId", list.clientOrderID.text)
    field("transactionTime", list.transactedAt)
    field("symbol", list.symbol.text)
    field("orders", array: list.members) { json, member in
      json.object { json in
        json.field("symbol", list.symbol.text)
        json.field("orderId", member.orderID.number)
        json.field("clientOrderId", member.clientOrderID.text)
      }
    }
  }

  // MARK: The rest

  mutating func cancelItem(_ item: CancelItem) {
    switch item {
    case .order(let canceled): self.canceled(canceled.order, cancelID: canceled.cancelID, time: canceled.time)
    case .list(let report): listReport(report, .result)
    }
  }

  mutating func amended(_ amended: AmendedOrder) {
    let order = amended.order
    object { json in
      json.field("transactTime", amended.time)
      json.field("executionId", amended.executionID)
      json.field("amendedOrder") { json in
        json.field("symbol", order.symbol.text)
        json.field("orderId", order.id.number)
        json.field("orderListId", order.listID?.number ?? -1)
        json.field("origClientOrderId", amended.originalClientOrderID.text)
        json.field("clientOrderId", order.clientOrderID.text)
        json.field("price", order.price)
        json.field("qty", order.quantity)
        json.field("executedQty", order.executedQuantity)
        json.field("preventedQty", order.preventedQuantity)
        json.field("quoteOrderQty", order.quoteOrderQuantity)
        json.field("cumulativeQuoteQty", order.executedQuote)
        json.field("status", order.status.wire)
        json.field("timeInForce", order.timeInForce.wire)
        json.field("type", order.type.wire)
        json.field("side", order.side.wire)
        if order.stopPrice.isPositive { json.field("stopPrice", order.stopPrice) }
        json.field("workingTime", order.workingSince?.milliseconds ?? -1)
        json.field("selfTradePreventionMode", order.selfTradePrevention.rawValue)
      }
      if let report = amended.list { json.field("listStatus") { $0.listFields(report.list) } }
    }
  }

  mutating func trade(_ trade: PaperTrade) {
    object { json in
      json.field("symbol", trade.symbol.text)
      json.field("id", trade.id.number)
      json.field("orderId", trade.orderID.number)
      json.field("orderListId", trade.listID?.number ?? -1)
      json.field("price", trade.price)
      json.field("qty", trade.quantity)
      json.field("quoteQty", trade.quote)
      json.field("commission", trade.commission)
      json.field("commissionAsset", trade.commissionAsset.text)
      json.field("time", trade.time)
      json.field("isBuyer", trade.side == .buy)
      json.field("isMaker", trade.isMaker)
      json.field("isBestMatch", true)
    }
  }

  mutating func amendment(_ amendment: PaperAmendment) {
    object { json in
      json.field("symbol", amendment.symbol.text)
      json.field("orderId", amendment.orderID.number)
      json.field("executionId", amendment.executionID)
      json.field("origClientOrderId", amendment.originalClientOrderID.text)
      json.field("newClientOrderId", amendment.newClientOrderID.text)
      json.field("origQty", amendment.originalQuantity)
      json.field("newQty", amendment.newQuantity)
      json.field("time", amendment.time)
    }
  }

  mutating func account(_ report: AccountReport) {
    object { json in
      json.field("makerCommission", report.makerRate.steps(of: "0.0001"))
      json.field("takerCommission", report.takerRate.steps(of: "0.0001"))
      json.field("buyerCommission", 0)
      json.field("sellerCommission", 0)
      json.field("commissionRates") { json in
        json.field("maker", report.makerRate)
        json.field("taker", report.takerRate)
        json.field("buyer", FixedDecimal.zero)
        json.field("seller", FixedDecimal.zero)
      }
      json.field("canTrade", report.canTrade)
      json.field("canWithdraw", false)
      json.field("canDeposit", true)
      json.field("brokered", false)
      json.field("requireSelfTradePrevention", false)
      json.field("preventSor", false)
      json.field("updateTime", report.updatedAt)
      json.field("accountType", "SPOT")
      json.field("balances", array: report.balances) { json, balance in
        json.object { json in
          json.field("asset", balance.asset.text)
          json.field("free", balance.free)
          json.field("locked", balance.locked)
        }
      }
      json.field("permissions", array: ["SPOT"]) { $0.string($1) }
      json.field("uid", report.userID)
    }
  }
}
