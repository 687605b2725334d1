import Reconciler
import Trading
import Venue

/// A core that has read its venue and hears its stream.
enum PreparedCore {
  static let quietPrefix = "bot-"

  /// Filters of BTCUSDT at the real venue. `algoOrdersMax` 0 lifts the limit on conditional orders.
  static func instrument(_ symbol: Symbol, base: Asset, algoOrdersMax: Int = 5) -> Instrument {
    var filters = InstrumentFilters()
    filters.tickSize = "0.01"
    filters.stepSize = "0.00001"
    filters.quantityMin = "0.00001"
    filters.notionalMin = "5"
    filters.algoOrdersMax = algoOrdersMax
    return Instrument(
      symbol: symbol, base: base, quote: "USDT",
      orderTypes: [.limit, .limitMaker, .market, .stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit],
      filters: filters)
  }

  /// Entries of a bot whose client ids begin with `quietPrefix` are left alone; all others are protected.
  static var policy: ProtectionPolicy {
    let rule = BracketRule(name: "own hands", clientOrderIDPrefix: quietPrefix, treatment: .ignore)
    return ProtectionPolicy(
      account: "bench", environment: .paper, brackets: BracketPolicy(rules: [rule]),
      tagKey: TagKey(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210))
  }
}
