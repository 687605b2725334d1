public import Trading

/// A symbol's static terms and filters, as the paper venue publishes them in `exchangeInfo` (binance.md §4.1, §4.2).
///
/// It is deliberately not `Trading.Instrument`: what the guardian reads from the wire is checked against rules that
/// were not written with the guardian's own types. A zero turns a limit off, as it does at the venue.
public struct SymbolRules: Hashable, Sendable {
  public var symbol: Symbol
  public var base: Asset
  public var quote: Asset
  public var orderTypes: [OrderType] = [
    .limit, .limitMaker, .market, .stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit,
  ]
  public var allowsOCO = true
  public var allowsOTO = true
  public var allowsOPO = true
  public var allowsQuoteOrderQuantity = true
  public var allowsCancelReplace = true
  public var allowsAmend = true
  public var filters = SymbolFilters()
  public var selfTradePrevention: SelfTradePrevention = .expireMaker
  public var selfTradePreventions: [SelfTradePrevention] = [
    .expireTaker, .expireMaker, .expireBoth, .decrement, .transfer,
  ]

  public init(symbol: Symbol, base: Asset, quote: Asset, filters: SymbolFilters = SymbolFilters()) {
    self.symbol = symbol
    self.base = base
    self.quote = quote
    self.filters = filters
  }

  /// BTCUSDT with the limits that production showed in 2026-09 (binance.md §4.1).
  public static var bitcoin: SymbolRules { SymbolRules(symbol: "BTCUSDT", base: "BTC", quote: "USDT") }

  /// ETHUSDT: same shape, a coarser lot step.
  public static var ether: SymbolRules {
    var rules = SymbolRules(symbol: "ETHUSDT", base: "ETH", quote: "USDT")
    rules.filters.stepSize = "0.0001"
    rules.filters.quantityMin = "0.0001"
    return rules
  }

  /// BNBUSDT: listed so that fees in BNB have a price and a market (clients.md A.1).
  public static var binanceCoin: SymbolRules {
    var rules = SymbolRules(symbol: "BNBUSDT", base: "BNB", quote: "USDT")
    rules.filters.stepSize = "0.001"
    rules.filters.quantityMin = "0.001"
    return rules
  }
}

/// The numbers of a symbol's filters. The defaults are BTCUSDT's.
public struct SymbolFilters: Hashable, Sendable {
  public var tickSize: FixedDecimal = "0.01"
  public var priceMin: FixedDecimal = "0.01"
  public var priceMax: FixedDecimal = "1000000"
  public var stepSize: FixedDecimal = "0.00001"
  public var quantityMin: FixedDecimal = "0.00001"
  public var quantityMax: FixedDecimal = "9000"
  public var marketStepSize: FixedDecimal = "0"
  public var marketQuantityMin: FixedDecimal = "0"
  public var marketQuantityMax: FixedDecimal = "120"
  public var notionalMin: FixedDecimal = "5"
  public var notionalMax: FixedDecimal = "9000000"
  public var notionalMinAppliesToMarket = true
  public var notionalMaxAppliesToMarket = false
  public var bidMultiplierUp: FixedDecimal = "1.2"
  public var bidMultiplierDown: FixedDecimal = "0.5"
  public var askMultiplierUp: FixedDecimal = "2"
  public var askMultiplierDown: FixedDecimal = "0.8"
  public var averagePriceMinutes = 5
  public var ordersMax = 200
  public var orderListsMax = 20
  public var algoOrdersMax = 5
  public var amendsMax = 10
  /// Largest base position that BUY orders may build; zero turns the filter off.
  public var positionMax: FixedDecimal = "0"

  public init() {}
}

/// What happens when an order would trade with one of its own account (binance.md §9). The raw value is the wire name.
public enum SelfTradePrevention: String, Hashable, Sendable, CaseIterable {
  case none = "NONE"
  case expireTaker = "EXPIRE_TAKER"
  case expireMaker = "EXPIRE_MAKER"
  case expireBoth = "EXPIRE_BOTH"
  case decrement = "DECREMENT"
  case transfer = "TRANSFER"
}

/// A symbol's trading status. The raw value is the wire name.
public enum SymbolStatus: String, Hashable, Sendable, CaseIterable {
  case trading = "TRADING"
  /// Orders may be cancelled, not placed (fault OL33).
  case cancelOnly = "CANCEL_ONLY"
  case halt = "HALT"
  case breakTrading = "BREAK"
  case endOfDay = "END_OF_DAY"

  var acceptsOrders: Bool { self == .trading }
  var acceptsCancels: Bool { self == .trading || self == .cancelOnly }
}
