import PaperVenue
import Trading

extension JSONWriter {
  /// `GET exchangeInfo` (binance.md §4.1).
  static func exchangeInfo(_ exchange: PaperExchange, symbols: [Symbol], at now: Timestamp) -> [UInt8] {
    object { json in
      json.field("timezone", "UTC")
      json.field("serverTime", now)
      json.key("rateLimits")
      json.rateLimits(counts: nil)
      json.field("exchangeFilters", array: [Int64]()) { $0.integer($1) }
      json.field("symbols", array: symbols) { json, symbol in
        guard let rules = exchange.rules(of: symbol), let status = exchange.status(of: symbol) else { return }
        json.symbol(rules, status)
      }
    }
  }

  /// The limits, with how much of each is used when known.
  mutating func rateLimits(counts: (weight: Int, tenSeconds: Int, day: Int)?) {
    let rows: [(String, String, Int64, Int, Int?)] = [
      ("REQUEST_WEIGHT", "MINUTE", 1, RequestMeter.weightPerMinute, counts?.weight),
      ("ORDERS", "SECOND", 10, RequestMeter.ordersPerTenSeconds, counts?.tenSeconds),
      ("ORDERS", "DAY", 1, RequestMeter.ordersPerDay, counts?.day),
    ]
    array(rows) { json, row in
      json.object { json in
        json.field("rateLimitType", row.0)
        json.field("interval", row.1)
        json.field("intervalNum", row.2)
        json.field("limit", row.3)
        if let count = row.4 { json.field("count", count) }
      }
    }
  }

  private mutating func symbol(_ rules: SymbolRules, _ status: SymbolStatus) {
    object { json in
      json.field("symbol", rules.symbol.text)
      json.field("status", status.rawValue)
      json.field("baseAsset", rules.base.text)
      json.field("baseAssetPrecision", 8)
      json.field("quoteAsset", rules.quote.text)
      json.field("quotePrecision", 8)
      json.field("quoteAssetPrecision", 8)
      json.field("baseCommissionPrecision", 8)
      json.field("quoteCommissionPrecision", 8)
      json.field("orderTypes", array: rules.orderTypes) { $0.string($1.wire) }
      json.field("icebergAllowed", false)
      json.field("ocoAllowed", rules.allowsOCO)
      json.field("otoAllowed", rules.allowsOTO)
      json.field("opoAllowed", rules.allowsOPO)
      json.field("quoteOrderQtyMarketAllowed", rules.allowsQuoteOrderQuantity)
      json.field("allowTrailingStop", false)
      json.field("cancelReplaceAllowed", rules.allowsCancelReplace)
      json.field("amendAllowed", rules.allowsAmend)
      json.field("pegInstructionsAllowed", false)
      json.field("isSpotTradingAllowed", true)
      json.field("isMarginTradingAllowed", false)
      json.key("filters")
      json.filters(rules.filters)
      json.field("permissions", array: [String]()) { $0.string($1) }
      json.field("permissionSets", array: [["SPOT"]]) { json, set in json.array(set) { $0.string($1) } }
      json.field("defaultSelfTradePreventionMode", rules.selfTradePrevention.rawValue)
      json.field("allowedSelfTradePreventionModes", array: rules.selfTradePreventions) { $0.string($1.rawValue) }
    }
  }

  private mutating func filters(_ filters: SymbolFilters) {
    array(Self.filterWriters) { json, writer in
      json.object { json in
        json.field("filterType", writer.name)
        writer.body(&json, filters)
      }
    }
  }

  private static let filterWriters: [(name: String, body: @Sendable (inout JSONWriter, SymbolFilters) -> Void)] = [
    (
      "PRICE_FILTER",
      { json, filters in
        json.field("minPrice", filters.priceMin)
        json.field("maxPrice", filters.priceMax)
        json.field("tickSize", filters.tickSize)
      }
    ),
    (
      "LOT_SIZE",
      { json, filters in
        json.field("minQty", filters.quantityMin)
        json.field("maxQty", filters.quantityMax)
        json.field("stepSize", filters.stepSize)
      }
    ),
    (
      "MARKET_LOT_SIZE",
      { json, filters in
        json.field("minQty", filters.marketQuantityMin)
        json.field("maxQty", filters.marketQuantityMax)
        json.field("stepSize", filters.marketStepSize)
      }
    ),
    (
      "PERCENT_PRICE_BY_SIDE",
      { json, filters in
        json.field("bidMultiplierUp", filters.bidMultiplierUp.text())
        json.field("bidMultiplierDown", filters.bidMultiplierDown.text())
        json.field("askMultiplierUp", filters.askMultiplierUp.text())
        json.field("askMultiplierDown", filters.askMultiplierDown.text())
        json.field("avgPriceMins", filters.averagePriceMinutes)
      }
    ),
    (
      "NOTIONAL",
      { json, filters in
        json.field("minNotional", filters.notionalMin)
        json.field("applyMinToMarket", filters.notionalMinAppliesToMarket)
        json.field("maxNotional", filters.notionalMax)
        json.field("applyMaxToMarket", filters.notionalMaxAppliesToMarket)
        json.field("avgPriceMins", filters.averagePriceMinutes)
      }
    ),
    ("MAX_NUM_ORDERS", { json, filters in json.field("maxNumOrders", filters.ordersMax) }),
    ("MAX_NUM_ORDER_LISTS", { json, filters in json.field("maxNumOrderLists", filters.orderListsMax) }),
    ("MAX_NUM_ALGO_ORDERS", { json, filters in json.field("maxNumAlgoOrders", filters.algoOrdersMax) }),
    ("MAX_NUM_ORDER_AMENDS", { json, filters in json.field("maxNumOrderAmends", filters.amendsMax) }),
  ]
}
