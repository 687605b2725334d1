/// What one protective order is for.
public enum LegRole: String, Hashable, Sendable, CaseIterable {
  case stopLoss = "stop_loss"
  case takeProfit = "take_profit"
  /// A market sale of what cannot be protected any more.
  case exit
}

/// One protective order of a lot.
public struct Leg: Hashable, Sendable {
  public var lot: LotID
  public var role: LegRole
  /// 1-based; the n-th take-profit of the bracket.
  public var tranche: Int
  /// The n-th placement for the same lot, tranche and range start.
  public var generation: Int
  public var clientOrderID: ClientOrderID
  /// The client id of the order list that ties it to its sibling, if any.
  public var listClientOrderID: ClientOrderID?
  /// Start of the fill range it covers, in base units of the lot.
  public var rangeStart: FixedDecimal
  public var quantity: FixedDecimal
  public var triggerPrice: FixedDecimal
  public var source: Source

  public init(
    lot: LotID, role: LegRole, tranche: Int, generation: Int, clientOrderID: ClientOrderID,
    listClientOrderID: ClientOrderID? = nil, rangeStart: FixedDecimal, quantity: FixedDecimal,
    triggerPrice: FixedDecimal, source: Source
  ) {
    self.lot = lot
    self.role = role
    self.tranche = tranche
    self.generation = generation
    self.clientOrderID = clientOrderID
    self.listClientOrderID = listClientOrderID
    self.rangeStart = rangeStart
    self.quantity = quantity
    self.triggerPrice = triggerPrice
    self.source = source
  }
}
