public import Trading

/// One order as the paper venue holds it. Everything that a REST order object or an executionReport says about the
/// order is here.
public struct PaperOrder: Hashable, Sendable {
  public let symbol: Symbol
  public let id: VenueOrderID
  public internal(set) var clientOrderID: ClientOrderID
  public internal(set) var listID: OrderListID?
  public let side: Side
  public let type: OrderType
  public let timeInForce: TimeInForce
  public internal(set) var status: OrderStatus
  /// Limit price; zero for market types.
  public let price: FixedDecimal
  /// Trigger price; zero for the types without one.
  public let stopPrice: FixedDecimal
  /// Base units. Zero for an OPO child whose size is not yet known.
  public internal(set) var quantity: FixedDecimal
  /// Quote units that a MARKET order asked to spend or receive; zero otherwise.
  public let quoteOrderQuantity: FixedDecimal
  public internal(set) var executedQuantity: FixedDecimal = .zero
  public internal(set) var executedQuote: FixedDecimal = .zero
  public internal(set) var preventedQuantity: FixedDecimal = .zero
  public let selfTradePrevention: SelfTradePrevention
  public let strategyID: Int64?
  public let strategyType: Int64?
  /// On the book or executing. A conditional order is not until it triggers.
  public internal(set) var isWorking = false
  public internal(set) var workingSince: Timestamp?
  public let createdAt: Timestamp
  public internal(set) var updatedAt: Timestamp
  public internal(set) var expiryReason: ExpiryReason?
  public internal(set) var amendCount = 0

  /// Held in `locked` on this order's behalf: base for a SELL, quote for a BUY. The legs of an OCO share one lock,
  /// which one leg holds.
  var lock: FixedDecimal = .zero
  /// Base received by an OPO's working order and kept for its children.
  var reserve: FixedDecimal = .zero

  public var key: OrderKey { OrderKey(symbol, id) }
  public var isOpen: Bool { !status.isTerminal }
  /// What can still trade: nothing once the order is over.
  public var remainingQuantity: FixedDecimal {
    isOpen ? FixedDecimal.max(.zero, quantity - executedQuantity - preventedQuantity) : .zero
  }
  /// A conditional order that has not been triggered: it rests beside the book.
  public var awaitsTrigger: Bool { type.isConditional && isOpen && status != .pendingNew && !isWorking }
  /// A limit order on the book.
  var rests: Bool { isWorking && isOpen && price.isPositive }
}

/// Why an order expired (`eR`, `expiryReason`). The raw value is the wire name.
public enum ExpiryReason: String, Hashable, Sendable, CaseIterable {
  case rejected = "REJECTED"
  case exchangeCanceled = "EXCHANGE_CANCELED"
  case ocoTrigger = "OCO_TRIGGER"
  case phaseOneExpired = "OTO_PHASE_ONE_EXPIRED"
  case immediateOrCancel = "UNFILLED_IOC_QUANTITY_EXPIRED"
  case fillOrKill = "UNFILLED_FOK_ORDER_EXPIRED"
  case insufficientLiquidity = "INSUFFICIENT_LIQUIDITY"
  case priceRange = "EXECUTION_RULE_PRICE_RANGE_EXCEEDED"
}

/// One execution against the synthetic book.
public struct PaperTrade: Hashable, Sendable {
  public let symbol: Symbol
  public let id: TradeID
  public let orderID: VenueOrderID
  public let listID: OrderListID?
  public let side: Side
  public let price: FixedDecimal
  public let quantity: FixedDecimal
  public let quote: FixedDecimal
  public let commission: FixedDecimal
  public let commissionAsset: Asset
  public let isMaker: Bool
  public let time: Timestamp
}

/// One accepted quantity reduction (`GET order/amendments`).
public struct PaperAmendment: Hashable, Sendable {
  public let symbol: Symbol
  public let orderID: VenueOrderID
  public let executionID: Int64
  public let originalClientOrderID: ClientOrderID
  public let newClientOrderID: ClientOrderID
  public let originalQuantity: FixedDecimal
  public let newQuantity: FixedDecimal
  public let time: Timestamp
}

/// A wallet's amounts of one asset.
public struct PaperBalance: Hashable, Sendable {
  public let asset: Asset
  public internal(set) var free: FixedDecimal = .zero
  /// Held by open orders.
  public internal(set) var lockedByOrders: FixedDecimal = .zero
  /// Held by another product of the venue, such as collateral.
  public internal(set) var lockedExternally: FixedDecimal = .zero

  /// What the wire calls `locked`.
  public var locked: FixedDecimal { lockedByOrders + lockedExternally }
  public var total: FixedDecimal { free + locked }

  init(asset: Asset) { self.asset = asset }
}
