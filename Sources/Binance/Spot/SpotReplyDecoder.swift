public import Trading
public import Venue

/// Reads the venue's successful answers: REST bodies and the results of WebSocket API replies have the same shapes
/// (binance.md §4). Errors are `MalformedMessage`.
public struct SpotReplyDecoder: Sendable {
  public var timeUnit: VenueTimeUnit

  public init(timeUnit: VenueTimeUnit = .milliseconds) { self.timeUnit = timeUnit }

  /// One order, as a query shows it.
  public func order(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> Order {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      try SpotOrderRow(&reader).order(timeUnit, reader)
    }
  }

  /// `openOrders` and `allOrders`.
  public func orders(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> [Order] {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      try reader.array { (reader) throws(MalformedMessage) in try SpotOrderRow(&reader).order(timeUnit, reader) }
    }
  }

  /// `myTrades`, in the venue's order: by trade id.
  public func trades(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> [Fill] {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      try reader.array { (reader) throws(MalformedMessage) in try trade(&reader) }
    }
  }

  /// `openOrderLists`: envelopes without the orders' states.
  public func orderLists(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> [OrderListUpdate] {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      try reader.array { (reader) throws(MalformedMessage) in try orderList(&reader) }
    }
  }

  /// The venue's clock.
  public func time(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> Timestamp {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      var time: Int64?
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "serverTime": time = try reader.integer()
        default: try reader.skip()
        }
      }
      return timeUnit.timestamp(try reader.required(time, "serverTime"))
    }
  }

  /// Last prices: one object or a list of them.
  public func prices(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> [Symbol: FixedDecimal] {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      var prices: [Symbol: FixedDecimal] = [:]
      reader.skipWhitespace()
      guard reader.peek() == UInt8(ascii: "[") else {
        try price(&reader, into: &prices)
        return prices
      }
      try reader.beginArray()
      while try reader.nextElement() { try price(&reader, into: &prices) }
      return prices
    }
  }

  /// `session.subscriptions`: the ids of the live subscriptions of the connection.
  public func subscriptions(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> [Int64] {
    try body.readingJSON { (reader) throws(MalformedMessage) in
      try reader.array { (reader) throws(MalformedMessage) in try reader.subscriptionID() }
    }
  }

  /// The answer to a subscription.
  public func subscription(_ body: ArraySlice<UInt8>) throws(MalformedMessage) -> Int64 {
    try body.readingJSON { (reader) throws(MalformedMessage) in try reader.subscriptionID() }
  }

  private func price(
    _ reader: inout JSONReader, into prices: inout [Symbol: FixedDecimal]
  ) throws(MalformedMessage) {
    var symbol: Symbol?
    var price: FixedDecimal?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "symbol": symbol = try reader.symbol()
      case "price": price = try reader.decimal()
      default: try reader.skip()
      }
    }
    prices[try reader.required(symbol, "symbol")] = try reader.required(price, "price")
  }

  private func trade(_ reader: inout JSONReader) throws(MalformedMessage) -> Fill {
    var symbol: Symbol?
    var tradeID: Int64?
    var orderID: Int64?
    var price: FixedDecimal?
    var quantity: FixedDecimal?
    var commission = FixedDecimal.zero
    var commissionAsset: Asset?
    var time: Int64?
    var isBuyer: Bool?
    var isMaker = false
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "symbol": symbol = try reader.symbol()
      case "id": tradeID = try reader.integer()
      case "orderId": orderID = try reader.integer()
      case "price": price = try reader.decimal()
      case "qty": quantity = try reader.decimal()
      case "commission": commission = try reader.decimal()
      case "commissionAsset": commissionAsset = try reader.skipNull() ? nil : reader.asset()
      case "time": time = try reader.integer()
      case "isBuyer": isBuyer = try reader.boolean()
      case "isMaker": isMaker = try reader.boolean()
      default: try reader.skip()
      }
    }
    return Fill(
      symbol: try reader.required(symbol, "symbol"), tradeID: TradeID(try reader.required(tradeID, "id")),
      venueOrderID: VenueOrderID(try reader.required(orderID, "orderId")),
      side: try reader.required(isBuyer, "isBuyer") ? .buy : .sell, price: try reader.required(price, "price"),
      quantity: try reader.required(quantity, "qty"), commission: commission, commissionAsset: commissionAsset,
      isMaker: isMaker, venueTime: timeUnit.timestamp(try reader.required(time, "time")))
  }

  private func orderList(_ reader: inout JSONReader) throws(MalformedMessage) -> OrderListUpdate {
    var symbol: Symbol?
    var listID: OrderListID?
    var clientID: ClientOrderID?
    var contingency = ""
    var isDone: Bool?
    var members: [OrderListUpdate.Member] = []
    var time: Int64?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "symbol": symbol = try reader.symbol()
      case "orderListId": listID = try reader.orderListID()
      case "listClientOrderId": clientID = ClientOrderID(try reader.text().string)
      case "contingencyType": contingency = try reader.text().string
      case "listOrderStatus": isDone = try reader.listIsDone()
      case "orders": members = try reader.listMembers(orderID: "orderId", clientOrderID: "clientOrderId")
      case "transactionTime": time = try reader.integer()
      default: try reader.skip()
      }
    }
    return OrderListUpdate(
      symbol: try reader.required(symbol, "symbol"), orderListID: try reader.required(listID, "orderListId"),
      listClientOrderID: try reader.required(clientID, "listClientOrderId"), contingency: contingency,
      isDone: try reader.required(isDone, "listOrderStatus"), members: members,
      at: timeUnit.timestamp(try reader.required(time, "transactionTime")))
  }
}

extension JSONReader {
  fileprivate mutating func subscriptionID() throws(MalformedMessage) -> Int64 {
    var id: Int64?
    try beginObject()
    while let key = try nextKey() {
      switch key {
      case "subscriptionId": id = try integer()
      default: try skip()
      }
    }
    return try required(id, "subscriptionId")
  }
}
