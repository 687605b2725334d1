/// One execution of an order.
public struct Fill: Hashable, Sendable {
  public var symbol: Symbol
  public var tradeID: TradeID
  public var venueOrderID: VenueOrderID
  public var side: Side
  /// Quote units per base unit.
  public var price: FixedDecimal
  /// Base units.
  public var quantity: FixedDecimal
  /// Taken by the venue, in `commissionAsset` units.
  public var commission: FixedDecimal
  public var commissionAsset: Asset?
  public var isMaker: Bool
  public var venueTime: Timestamp

  public init(
    symbol: Symbol, tradeID: TradeID, venueOrderID: VenueOrderID, side: Side, price: FixedDecimal,
    quantity: FixedDecimal, commission: FixedDecimal = .zero, commissionAsset: Asset? = nil, isMaker: Bool = false,
    venueTime: Timestamp
  ) {
    self.symbol = symbol
    self.tradeID = tradeID
    self.venueOrderID = venueOrderID
    self.side = side
    self.price = price
    self.quantity = quantity
    self.commission = commission
    self.commissionAsset = commissionAsset
    self.isMaker = isMaker
    self.venueTime = venueTime
  }

  public var orderKey: OrderKey { OrderKey(symbol, venueOrderID) }
  public var quote: FixedDecimal { price * quantity }
}
