import Trading

/// One filter of a symbol, as it comes: its type names which of the fields count (binance.md §4.2).
struct SpotFilterRow {
  private var type = ""
  private var low: FixedDecimal = .zero
  private var high: FixedDecimal = .zero
  private var step: FixedDecimal = .zero
  private var appliesToMarket = true
  private var bidUp: FixedDecimal = .zero
  private var bidDown: FixedDecimal = .zero
  private var askUp: FixedDecimal = .zero
  private var askDown: FixedDecimal = .zero
  private var count = 0

  init(_ reader: inout JSONReader) throws(MalformedMessage) {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "filterType": type = try reader.text().string
      case "minPrice", "minQty", "minNotional": low = try reader.decimal()
      case "maxPrice", "maxQty", "maxNotional": high = try reader.decimal()
      case "tickSize", "stepSize": step = try reader.decimal()
      case "applyMinToMarket", "applyToMarket": appliesToMarket = try reader.boolean()
      case "bidMultiplierUp": bidUp = try reader.decimal()
      case "bidMultiplierDown": bidDown = try reader.decimal()
      case "askMultiplierUp": askUp = try reader.decimal()
      case "askMultiplierDown": askDown = try reader.decimal()
      case "multiplierUp":
        bidUp = try reader.decimal()
        askUp = bidUp
      case "multiplierDown":
        bidDown = try reader.decimal()
        askDown = bidDown
      case "maxNumOrders", "maxNumAlgoOrders", "maxNumOrderLists", "maxNumOrderAmends":
        count = Int(clamping: try reader.integer())
      default: try reader.skip()
      }
    }
  }

  /// Filters that limit nothing of ours are passed over, unknown ones too.
  func apply(to filters: inout InstrumentFilters) {
    switch type {
    case "PRICE_FILTER": (filters.priceMin, filters.priceMax, filters.tickSize) = (low, high, step)
    case "LOT_SIZE": (filters.quantityMin, filters.quantityMax, filters.stepSize) = (low, high, step)
    case "MARKET_LOT_SIZE":
      (filters.marketQuantityMin, filters.marketQuantityMax, filters.marketStepSize) = (low, high, step)
    case "NOTIONAL", "MIN_NOTIONAL":
      filters.notionalMin = FixedDecimal.max(filters.notionalMin, low)
      if high.isPositive { filters.notionalMax = high }
      filters.notionalMinAppliesToMarket = appliesToMarket
    case "PERCENT_PRICE_BY_SIDE", "PERCENT_PRICE":
      (filters.bidMultiplierUp, filters.bidMultiplierDown) = (bidUp, bidDown)
      (filters.askMultiplierUp, filters.askMultiplierDown) = (askUp, askDown)
    case "MAX_NUM_ORDERS": filters.ordersMax = count
    case "MAX_NUM_ALGO_ORDERS": filters.algoOrdersMax = count
    case "MAX_NUM_ORDER_LISTS": filters.orderListsMax = count
    case "MAX_NUM_ORDER_AMENDS": filters.amendsMax = count
    default: break
    }
  }
}
