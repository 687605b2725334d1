/// One order as the venue last reported it.
public struct Order: Hashable, Sendable {
  public var symbol: Symbol
  public var venueOrderID: VenueOrderID
  public var clientOrderID: ClientOrderID
  /// The order list it belongs to, if any.
  public var orderListID: OrderListID?
  public var side: Side
  public var type: OrderType
  public var timeInForce: TimeInForce
  public var status: OrderStatus
  /// Limit price; zero for market types.
  public var price: FixedDecimal
  /// Price that activates a conditional order; zero otherwise.
  public var triggerPrice: FixedDecimal
  /// Original quantity in base units (after an amend: the reduced one).
  public var quantity: FixedDecimal
  /// Cumulative filled quantity in base units.
  public var executedQuantity: FixedDecimal
  /// Cumulative filled value in quote units.
  public var executedQuote: FixedDecimal
  /// Quantity that self-trade prevention took away.
  public var preventedQuantity: FixedDecimal
  /// On the book (or executing): for a conditional order this means that it was triggered. `nil` when not reported.
  public var isWorking: Bool?
  /// Why it expired, in the venue's words.
  public var expiryReason: String?
  public var createdAt: Timestamp?
  /// Venue time of the newest report.
  public var updatedAt: Timestamp

  public init(
    symbol: Symbol, venueOrderID: VenueOrderID, clientOrderID: ClientOrderID, orderListID: OrderListID? = nil,
    side: Side, type: OrderType, timeInForce: TimeInForce = .goodTilCanceled, status: OrderStatus,
    price: FixedDecimal = .zero, triggerPrice: FixedDecimal = .zero, quantity: FixedDecimal,
    executedQuantity: FixedDecimal = .zero, executedQuote: FixedDecimal = .zero,
    preventedQuantity: FixedDecimal = .zero, isWorking: Bool? = nil, expiryReason: String? = nil,
    createdAt: Timestamp? = nil, updatedAt: Timestamp
  ) {
    self.symbol = symbol
    self.venueOrderID = venueOrderID
    self.clientOrderID = clientOrderID
    self.orderListID = orderListID
    self.side = side
    self.type = type
    self.timeInForce = timeInForce
    self.status = status
    self.price = price
    self.triggerPrice = triggerPrice
    self.quantity = quantity
    self.executedQuantity = executedQuantity
    self.executedQuote = executedQuote
    self.preventedQuantity = preventedQuantity
    self.isWorking = isWorking
    self.expiryReason = expiryReason
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  public var key: OrderKey { OrderKey(symbol, venueOrderID) }
  public var isOpen: Bool { !status.isTerminal }

  /// What can still trade: nothing once terminal.
  public var remainingQuantity: FixedDecimal {
    isOpen ? FixedDecimal.max(.zero, quantity - executedQuantity - preventedQuantity) : .zero
  }

  /// Average fill price; `nil` before the first fill.
  public var averagePrice: FixedDecimal? {
    executedQuantity.isPositive ? executedQuote.divided(by: executedQuantity) : nil
  }
}

extension Order {
  /// The state that two reports about one order prove together. Monotone, and the same whatever the order of arrival
  /// (faults ST06, ST07, ST09): a terminal status wins, executed quantity never falls, an amended quantity is the newer
  /// report's.
  public func merged(with report: Order) -> Order {
    let reportIsNewer = report.isNewer(than: self)
    var merged = reportIsNewer ? report : self
    let other = reportIsNewer ? self : report
    if other.executedQuantity > merged.executedQuantity {
      merged.executedQuantity = other.executedQuantity
      merged.executedQuote = other.executedQuote
    }
    // An amend's answer leaves the trigger out; a conditional order never loses it.
    if merged.triggerPrice.isZero { merged.triggerPrice = other.triggerPrice }
    merged.preventedQuantity = FixedDecimal.max(merged.preventedQuantity, other.preventedQuantity)
    merged.orderListID = merged.orderListID ?? other.orderListID
    merged.isWorking = merged.isWorking ?? other.isWorking
    merged.expiryReason = merged.expiryReason ?? other.expiryReason
    merged.createdAt = merged.createdAt ?? other.createdAt
    return merged
  }

  private func isNewer(than other: Order) -> Bool {
    if status.rank != other.status.rank { return status.rank > other.status.rank }
    if executedQuantity != other.executedQuantity { return executedQuantity > other.executedQuantity }
    if updatedAt != other.updatedAt { return updatedAt > other.updatedAt }
    // Same moment: a stop turned working, or an amend, is later than what it came from.
    if isWorking != other.isWorking { return isWorking == true }
    return quantity <= other.quantity
  }
}
