/// A tradable symbol and the filters that an order on it must satisfy.
public struct Instrument: Hashable, Sendable {
  public var symbol: Symbol
  public var base: Asset
  public var quote: Asset
  public var status: TradingStatus
  public var orderTypes: [OrderType]
  public var allowsOCO: Bool
  public var allowsAmend: Bool
  public var filters: InstrumentFilters

  public init(
    symbol: Symbol, base: Asset, quote: Asset, status: TradingStatus = .trading, orderTypes: [OrderType],
    allowsOCO: Bool = true, allowsAmend: Bool = true, filters: InstrumentFilters
  ) {
    self.symbol = symbol
    self.base = base
    self.quote = quote
    self.status = status
    self.orderTypes = orderTypes
    self.allowsOCO = allowsOCO
    self.allowsAmend = allowsAmend
    self.filters = filters
  }
}

public enum TradingStatus: Hashable, Sendable {
  case trading
  /// Orders may be cancelled and not placed: a leg cancelled now cannot come back (fault OL33).
  case cancelOnly
  case halted
  case unknown(String)

  public var acceptsOrders: Bool { self == .trading }

  public var name: String {
    switch self {
    case .trading: "trading"
    case .cancelOnly: "cancel_only"
    case .halted: "halted"
    case .unknown(let text): text
    }
  }
}

/// The venue's limits on one symbol. A zero turns that limit off, as it does at the venue (binance.md §4.2).
public struct InstrumentFilters: Hashable, Sendable {
  public var tickSize: FixedDecimal = .zero
  public var priceMin: FixedDecimal = .zero
  public var priceMax: FixedDecimal = .zero
  public var stepSize: FixedDecimal = .zero
  public var quantityMin: FixedDecimal = .zero
  public var quantityMax: FixedDecimal = .zero
  public var marketStepSize: FixedDecimal = .zero
  public var marketQuantityMin: FixedDecimal = .zero
  public var marketQuantityMax: FixedDecimal = .zero
  /// Least price × quantity, in quote units.
  public var notionalMin: FixedDecimal = .zero
  public var notionalMax: FixedDecimal = .zero
  public var notionalMinAppliesToMarket = true
  /// How far below and above the reference price a SELL limit price may lie, as factors.
  public var askMultiplierDown: FixedDecimal = .zero
  public var askMultiplierUp: FixedDecimal = .zero
  public var bidMultiplierDown: FixedDecimal = .zero
  public var bidMultiplierUp: FixedDecimal = .zero
  /// Open orders on the symbol; 0 = no limit stated. The same for the four below.
  public var ordersMax = 0
  /// Open conditional orders on the symbol: an OCO of two trigger legs costs two.
  public var algoOrdersMax = 0
  public var orderListsMax = 0
  public var amendsMax = 0

  public init() {}
}

extension Instrument {
  /// `quantity` cut to a legal size, or `nil` when nothing legal fits. Never rounds up: rounding up sells what is not
  /// there (OL06).
  public func legalQuantity(_ quantity: FixedDecimal, at price: FixedDecimal, market: Bool = false) -> FixedDecimal? {
    // The caps come first: the venue's market cap is often an odd number that no step divides.
    var legal = quantity
    if filters.quantityMax.isPositive { legal = FixedDecimal.min(legal, filters.quantityMax) }
    if market, filters.marketQuantityMax.isPositive { legal = FixedDecimal.min(legal, filters.marketQuantityMax) }
    // A piece of more than one order leaves what makes an order of its own.
    let rest = quantity - legal
    if rest.isPositive, let least = leastQuantity(at: price, market: market), rest < least, quantity >= least + least {
      legal = quantity - least
    }
    legal = onGrid(legal, market)
    guard isEnough(legal, at: price, market) else { return nil }
    return legal
  }

  /// The least quantity that makes an order at `price`.
  private func leastQuantity(at price: FixedDecimal, market: Bool) -> FixedDecimal? {
    guard price.isPositive, let notional = filters.notionalMin.divided(by: price) else { return nil }
    let step = market ? FixedDecimal.max(filters.stepSize, filters.marketStepSize) : filters.stepSize
    let least = FixedDecimal.max(
      FixedDecimal.max(notional, filters.quantityMin), market ? filters.marketQuantityMin : 0)
    let rounded = least.rounded(toMultipleOf: step, .up)
    // A quotient is cut off: one step more is enough for certain.
    return isEnough(rounded, at: price, market) ? rounded : rounded + step
  }

  private func onGrid(_ quantity: FixedDecimal, _ market: Bool) -> FixedDecimal {
    let stepped = quantity.rounded(toMultipleOf: filters.stepSize, .down)
    return market ? stepped.rounded(toMultipleOf: filters.marketStepSize, .down) : stepped
  }

  private func isEnough(_ quantity: FixedDecimal, at price: FixedDecimal, _ market: Bool) -> Bool {
    quantity.isPositive && quantity >= filters.quantityMin && (!market || quantity >= filters.marketQuantityMin)
      && price * quantity >= filters.notionalMin
  }

  /// `price` on the tick grid and inside the symbol's bounds, or `nil`.
  public func legalPrice(_ price: FixedDecimal, _ rounding: FixedDecimal.Rounding) -> FixedDecimal? {
    let legal = price.rounded(toMultipleOf: filters.tickSize, rounding)
    guard legal.isPositive, legal >= filters.priceMin else { return nil }
    if filters.priceMax.isPositive, legal > filters.priceMax { return nil }
    return legal
  }

  public func supports(_ type: OrderType) -> Bool { orderTypes.contains(type) }
}
