public import Trading

/// Something to do at the venue. The protective cases can only sell what a lot holds: no case of them can open or grow
/// a position (promise I2, requirement R38). Only `placeEntry`, which carries a bot's own order (layer 3), may buy.
public enum VenueCommand: Hashable, Sendable {
  case placeOCO(OCOPlacement)
  case placeLeg(LegPlacement)
  case amend(Amendment)
  case cancelOrder(OrderCancel)
  case cancelList(ListCancel)
  case placeEntry(EntryPlacement)

  public var symbol: Symbol {
    switch self {
    case .placeOCO(let placement): placement.symbol
    case .placeLeg(let placement): placement.symbol
    case .amend(let amendment): amendment.symbol
    case .cancelOrder(let cancel): cancel.symbol
    case .cancelList(let cancel): cancel.symbol
    case .placeEntry(let entry): entry.symbol
    }
  }

  /// Snake-case name for rows, metrics and people.
  public var name: String {
    switch self {
    case .placeOCO: "place_oco"
    case .placeLeg: "place_leg"
    case .amend: "amend"
    case .cancelOrder: "cancel_order"
    case .cancelList: "cancel_list"
    case .placeEntry: "place_entry"
    }
  }
}

/// Two linked SELL orders over one quantity: a take-profit above the market and a stop below it.
public struct OCOPlacement: Hashable, Sendable {
  public var symbol: Symbol
  public var listClientOrderID: ClientOrderID
  public var quantity: FixedDecimal
  public var takeProfit: LegTerms
  public var stop: LegTerms

  public init(
    symbol: Symbol, listClientOrderID: ClientOrderID, quantity: FixedDecimal, takeProfit: LegTerms, stop: LegTerms
  ) {
    self.symbol = symbol
    self.listClientOrderID = listClientOrderID
    self.quantity = quantity
    self.takeProfit = takeProfit
    self.stop = stop
  }
}

/// How one protective SELL order is expressed.
public struct LegTerms: Hashable, Sendable {
  public var clientOrderID: ClientOrderID
  /// `.stopLoss`, `.stopLossLimit`, `.takeProfit`, `.takeProfitLimit`, `.limitMaker`, or `.market` for an exit.
  public var type: OrderType
  /// Zero for `.limitMaker` and `.market`.
  public var triggerPrice: FixedDecimal
  /// Zero for market types.
  public var limitPrice: FixedDecimal

  public init(
    clientOrderID: ClientOrderID, type: OrderType, triggerPrice: FixedDecimal = .zero, limitPrice: FixedDecimal = .zero
  ) {
    self.clientOrderID = clientOrderID
    self.type = type
    self.triggerPrice = triggerPrice
    self.limitPrice = limitPrice
  }
}

/// One protective SELL order without a sibling: stop only, take-profit only, or an exit at market.
public struct LegPlacement: Hashable, Sendable {
  public var symbol: Symbol
  public var quantity: FixedDecimal
  public var terms: LegTerms

  public init(symbol: Symbol, quantity: FixedDecimal, terms: LegTerms) {
    self.symbol = symbol
    self.quantity = quantity
    self.terms = terms
  }
}

/// Shrinks an own order in place, keeping its priority; in an OCO both legs shrink together (binance.md §4.3).
public struct Amendment: Hashable, Sendable {
  public var symbol: Symbol
  public var venueOrderID: VenueOrderID
  /// Sent again as the new id, because the venue would otherwise choose a random one (fault OL16).
  public var clientOrderID: ClientOrderID
  public var newQuantity: FixedDecimal

  public init(symbol: Symbol, venueOrderID: VenueOrderID, clientOrderID: ClientOrderID, newQuantity: FixedDecimal) {
    self.symbol = symbol
    self.venueOrderID = venueOrderID
    self.clientOrderID = clientOrderID
    self.newQuantity = newQuantity
  }
}

public struct OrderCancel: Hashable, Sendable {
  public var symbol: Symbol
  public var venueOrderID: VenueOrderID

  public init(symbol: Symbol, venueOrderID: VenueOrderID) {
    self.symbol = symbol
    self.venueOrderID = venueOrderID
  }
}

public struct ListCancel: Hashable, Sendable {
  public var symbol: Symbol
  public var orderListID: OrderListID

  public init(symbol: Symbol, orderListID: OrderListID) {
    self.symbol = symbol
    self.orderListID = orderListID
  }
}

/// A bot's own order, placed through Backstop so that its legs follow from the reply (layer 3).
public struct EntryPlacement: Hashable, Sendable {
  public var symbol: Symbol
  public var clientOrderID: ClientOrderID
  public var side: Side
  /// `.market` or `.limit`.
  public var type: OrderType
  public var timeInForce: TimeInForce
  /// Base units; zero when `quoteQuantity` is given.
  public var quantity: FixedDecimal
  /// Quote units to spend (market orders only); zero otherwise.
  public var quoteQuantity: FixedDecimal
  public var price: FixedDecimal

  public init(
    symbol: Symbol, clientOrderID: ClientOrderID, side: Side, type: OrderType,
    timeInForce: TimeInForce = .goodTilCanceled, quantity: FixedDecimal, quoteQuantity: FixedDecimal = .zero,
    price: FixedDecimal = .zero
  ) {
    self.symbol = symbol
    self.clientOrderID = clientOrderID
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.quantity = quantity
    self.quoteQuantity = quoteQuantity
    self.price = price
  }
}
