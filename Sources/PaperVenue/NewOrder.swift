public import Trading

/// The parameters of a placement, already typed. What is absent was not sent.
public struct NewOrder: Hashable, Sendable {
  public var symbol: Symbol
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce?
  public var quantity: FixedDecimal?
  public var quoteOrderQuantity: FixedDecimal?
  public var price: FixedDecimal?
  public var stopPrice: FixedDecimal?
  public var clientOrderID: ClientOrderID?
  public var selfTradePrevention: SelfTradePrevention?
  public var strategyID: Int64?
  public var strategyType: Int64?
  public var trailingDelta: Int64?
  public var icebergQuantity: FixedDecimal?

  public init(
    symbol: Symbol, side: Side, type: OrderType, timeInForce: TimeInForce? = nil, quantity: FixedDecimal? = nil,
    quoteOrderQuantity: FixedDecimal? = nil, price: FixedDecimal? = nil, stopPrice: FixedDecimal? = nil,
    clientOrderID: ClientOrderID? = nil
  ) {
    self.symbol = symbol
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.quantity = quantity
    self.quoteOrderQuantity = quoteOrderQuantity
    self.price = price
    self.stopPrice = stopPrice
    self.clientOrderID = clientOrderID
  }

  public static func market(
    _ symbol: Symbol, _ side: Side, quantity: FixedDecimal, clientOrderID: ClientOrderID? = nil
  ) -> NewOrder {
    NewOrder(symbol: symbol, side: side, type: .market, quantity: quantity, clientOrderID: clientOrderID)
  }

  public static func limit(
    _ symbol: Symbol, _ side: Side, quantity: FixedDecimal, price: FixedDecimal,
    timeInForce: TimeInForce = .goodTilCanceled, clientOrderID: ClientOrderID? = nil
  ) -> NewOrder {
    NewOrder(
      symbol: symbol, side: side, type: .limit, timeInForce: timeInForce, quantity: quantity, price: price,
      clientOrderID: clientOrderID)
  }

  public static func stopLoss(
    _ symbol: Symbol, _ side: Side, quantity: FixedDecimal, stopPrice: FixedDecimal, clientOrderID: ClientOrderID? = nil
  ) -> NewOrder {
    NewOrder(
      symbol: symbol, side: side, type: .stopLoss, quantity: quantity, stopPrice: stopPrice,
      clientOrderID: clientOrderID)
  }

  public static func takeProfit(
    _ symbol: Symbol, _ side: Side, quantity: FixedDecimal, stopPrice: FixedDecimal, clientOrderID: ClientOrderID? = nil
  ) -> NewOrder {
    NewOrder(
      symbol: symbol, side: side, type: .takeProfit, quantity: quantity, stopPrice: stopPrice,
      clientOrderID: clientOrderID)
  }

  public static func limitMaker(
    _ symbol: Symbol, _ side: Side, quantity: FixedDecimal, price: FixedDecimal, clientOrderID: ClientOrderID? = nil
  ) -> NewOrder {
    NewOrder(
      symbol: symbol, side: side, type: .limitMaker, quantity: quantity, price: price, clientOrderID: clientOrderID)
  }
}

/// The parameters of an order-list placement.
public struct NewOrderList: Hashable, Sendable {
  public var shape: PaperOrderList.Shape
  public var symbol: Symbol
  public var clientOrderID: ClientOrderID?
  /// The order that must fill first; `nil` for an OCO.
  public var working: NewOrder?
  /// The pending order, or the pair as (above, below).
  public var pending: [NewOrder]

  public init(
    shape: PaperOrderList.Shape, symbol: Symbol, clientOrderID: ClientOrderID? = nil, working: NewOrder? = nil,
    pending: [NewOrder]
  ) {
    self.shape = shape
    self.symbol = symbol
    self.clientOrderID = clientOrderID
    self.working = working
    self.pending = pending
  }

  /// A pair of exit legs. Side and quantity are taken from `above`.
  public static func oco(above: NewOrder, below: NewOrder, clientOrderID: ClientOrderID? = nil) -> NewOrderList {
    NewOrderList(shape: .oco, symbol: above.symbol, clientOrderID: clientOrderID, pending: [above, below])
  }

  public static func oto(working: NewOrder, pending: NewOrder, clientOrderID: ClientOrderID? = nil) -> NewOrderList {
    NewOrderList(
      shape: .oto, symbol: working.symbol, clientOrderID: clientOrderID, working: working, pending: [pending])
  }

  public static func otoco(
    working: NewOrder, above: NewOrder, below: NewOrder, clientOrderID: ClientOrderID? = nil
  ) -> NewOrderList {
    NewOrderList(
      shape: .otoco, symbol: working.symbol, clientOrderID: clientOrderID, working: working, pending: [above, below])
  }
}
