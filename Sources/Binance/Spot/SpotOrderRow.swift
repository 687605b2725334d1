import Trading

/// The union of the shapes in which Spot's replies show an order: placement (ACK, RESULT, FULL), cancel, amend, query
/// (binance.md §4.3). Which fields come depends on the call, so all are optional until an order is made of them.
struct SpotOrderRow {
  var symbol: Symbol?
  var orderID: Int64?
  var listID: OrderListID?
  var clientOrderID: ClientOrderID?
  var originalClientOrderID: ClientOrderID?
  var side: Side?
  var type: OrderType?
  var timeInForce: TimeInForce?
  var status: OrderStatus?
  var price: FixedDecimal?
  var triggerPrice: FixedDecimal?
  var quantity: FixedDecimal?
  var executed: FixedDecimal?
  var executedQuote: FixedDecimal?
  var prevented: FixedDecimal?
  var isWorking: Bool?
  var workingTime: Int64?
  var expiryReason: String?
  var createdAt: Int64?
  var updatedAt: Int64?
  var transactionTime: Int64?
  var fills: [FillRow] = []

  struct FillRow {
    var price: FixedDecimal
    var quantity: FixedDecimal
    var commission: FixedDecimal
    var commissionAsset: Asset?
    var tradeID: TradeID
  }

  init() {}

  init(_ reader: inout JSONReader) throws(MalformedMessage) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      if try !read(key, &reader) { try reader.skip() }
    }
  }

  /// Reads the value of a key that belongs to an order; `false`: it does not, and nothing was read.
  mutating func read(_ key: JSONText, _ reader: inout JSONReader) throws(MalformedMessage) -> Bool {
    switch key {
    case "symbol": symbol = try reader.symbol()
    case "orderId": orderID = try reader.integer()
    case "orderListId": listID = try reader.orderListID()
    case "clientOrderId": clientOrderID = ClientOrderID(try reader.text().string)
    case "origClientOrderId": originalClientOrderID = ClientOrderID(try reader.text().string)
    case "side": side = try reader.side()
    case "type": type = OrderType(spot: try reader.text())
    case "timeInForce": timeInForce = TimeInForce(spot: try reader.text())
    case "status": status = OrderStatus(spot: try reader.text())
    case "price": price = try reader.decimal()
    case "stopPrice": triggerPrice = try reader.decimal()
    case "origQty", "qty": quantity = try reader.decimal()
    case "executedQty": executed = try reader.decimal()
    // The venue spells it with a double m everywhere but in amend answers.
    case "cummulativeQuoteQty", "cumulativeQuoteQty": executedQuote = try reader.decimal()
    case "preventedQuantity", "preventedQty": prevented = try reader.decimal()
    case "isWorking": isWorking = try reader.boolean()
    case "workingTime": workingTime = try reader.integer()
    case "expiryReason": expiryReason = try reader.reason()
    case "time": createdAt = try reader.integer()
    case "updateTime": updatedAt = try reader.integer()
    case "transactTime": transactionTime = try reader.integer()
    case "fills": fills = try reader.array { (reader) throws(MalformedMessage) in try FillRow(&reader) }
    default: return false
    }
    return true
  }
}

extension SpotOrderRow.FillRow {
  init(_ reader: inout JSONReader) throws(MalformedMessage) {
    var price: FixedDecimal?
    var quantity: FixedDecimal?
    var commission = FixedDecimal.zero
    var commissionAsset: Asset?
    var tradeID: Int64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "price": price = try reader.decimal()
      case "qty": quantity = try reader.decimal()
      case "commission": commission = try reader.decimal()
      case "commissionAsset": commissionAsset = try reader.skipNull() ? nil : reader.asset()
      case "tradeId": tradeID = try reader.integer()
      default: try reader.skip()
      }
    }
    self.init(
      price: try reader.required(price, "price"), quantity: try reader.required(quantity, "qty"),
      commission: commission, commissionAsset: commissionAsset,
      tradeID: TradeID(try reader.required(tradeID, "tradeId")))
  }
}

extension SpotOrderRow {
  /// How the id of the order itself is told from that of the request.
  enum Naming {
    /// A cancel's answer shows its own id in `clientOrderId` and the order's in `origClientOrderId`.
    case original
    /// An amend's answer shows the former id there.
    case current
  }

  /// The order, with what the row does not say taken from `template`: an ACK says no more than ids.
  func order(
    _ timeUnit: VenueTimeUnit, naming: Naming = .original, template: Order? = nil, _ reader: borrowing JSONReader
  ) throws(MalformedMessage) -> Order {
    let isCancelOrAmend = originalClientOrderID != nil
    let own = naming == .original ? originalClientOrderID ?? clientOrderID : clientOrderID
    let reportedAt = try reader.required(updatedAt ?? transactionTime ?? createdAt, "transactTime")
    let created = createdAt ?? (isCancelOrAmend ? nil : transactionTime)
    let executed = executed ?? .zero
    return Order(
      symbol: try reader.required(symbol ?? template?.symbol, "symbol"),
      venueOrderID: VenueOrderID(try reader.required(orderID, "orderId")),
      clientOrderID: try reader.required(own, "clientOrderId"),
      orderListID: listID,
      side: try reader.required(side ?? template?.side, "side"),
      type: try reader.required(type ?? template?.type, "type"),
      timeInForce: timeInForce ?? template?.timeInForce ?? .goodTilCanceled,
      status: try reader.required(status ?? template?.status, "status"),
      price: price ?? template?.price ?? .zero,
      triggerPrice: triggerPrice ?? template?.triggerPrice ?? .zero,
      quantity: try reader.required(quantity ?? template?.quantity ?? unsizedQuantity, "origQty"),
      executedQuantity: executed,
      executedQuote: executedValue(of: executed),
      preventedQuantity: prevented ?? .zero,
      isWorking: isWorking ?? workingTime.map { $0 >= 0 },
      expiryReason: expiryReason,
      createdAt: created.map(timeUnit.timestamp),
      updatedAt: timeUnit.timestamp(reportedAt))
  }

  /// A pending leg whose size the venue computes when the entry fills (OPO lists) has none yet; it protects nothing
  /// anyway.
  private var unsizedQuantity: FixedDecimal? { status == .pendingNew ? .zero : nil }

  /// Below zero the venue says that it does not know the value (old orders); the limit price is then the best that
  /// there is.
  private func executedValue(of executed: FixedDecimal) -> FixedDecimal {
    guard let executedQuote, !executedQuote.isNegative else { return executed * (price ?? .zero) }
    return executedQuote
  }

  /// The fills that a FULL answer carries. They are executions at once, so ours was the taker's side.
  func fills(of order: Order) -> [Fill] {
    fills.map { row in
      Fill(
        symbol: order.symbol, tradeID: row.tradeID, venueOrderID: order.venueOrderID, side: order.side,
        price: row.price, quantity: row.quantity, commission: row.commission, commissionAsset: row.commissionAsset,
        venueTime: order.updatedAt)
    }
  }
}
