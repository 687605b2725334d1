import Testing
import Trading

/// Names as they stand in rows and metrics, and the closed vocabularies behind them.
struct VocabularyTests {
  @Test(arguments: [
    (OrderType.limit, "limit", false, false), (.market, "market", false, false),
    (.limitMaker, "limit_maker", false, false), (.stopLoss, "stop_loss", true, true),
    (.stopLossLimit, "stop_loss_limit", true, true), (.takeProfit, "take_profit", true, false),
    (.takeProfitLimit, "take_profit_limit", true, false), (.unknown("TRAIL"), "TRAIL", false, false),
  ])
  func `an order's type has a name, and says whether it waits and whether it is a stop`(
    type: OrderType, name: String, isConditional: Bool, isStop: Bool
  ) {
    #expect((type.name, type.isConditional, type.isStop) == (name, isConditional, isStop))
  }

  @Test(arguments: [
    (OrderStatus.unknown("ODD"), "ODD", 0, false), (.pendingNew, "pending_new", 1, false), (.new, "new", 2, false),
    (.partiallyFilled, "partially_filled", 3, false), (.filled, "filled", 4, true), (.canceled, "canceled", 4, true),
    (.rejected, "rejected", 4, true), (.expired, "expired", 4, true), (.expiredInMatch, "expired_in_match", 4, true),
  ])
  func `a status has a name and a rank, and the last rank is terminal`(
    status: OrderStatus, name: String, rank: Int, isTerminal: Bool
  ) {
    #expect((status.name, status.rank, status.isTerminal) == (name, rank, isTerminal))
  }

  @Test func `the smaller vocabularies have their names too`() {
    let stays: [TimeInForce] = [.goodTilCanceled, .immediateOrCancel, .fillOrKill, .unknown("GTX")]
    #expect(stays.map(\.name) == ["gtc", "ioc", "fok", "GTX"])
    let states: [TradingStatus] = [.trading, .cancelOnly, .halted, .unknown("BREAK")]
    #expect(states.map(\.name) == ["trading", "cancel_only", "halted", "BREAK"])
    #expect(states.map(\.acceptsOrders) == [true, false, false, false])
    let origins: [BracketOrigin] = [.registered, .policy("swing"), .accountDefault]
    #expect(origins.map(\.name) == ["registered", "policy:swing", "default"])
  }

  // MARK: - Rules

  @Test(arguments: [
    (BracketRule(name: "r", treatment: .ignore), true),
    (BracketRule(name: "r", symbols: ["BTCUSDT"], treatment: .ignore), true),
    (BracketRule(name: "r", symbols: ["ETHUSDT"], treatment: .ignore), false),
    (BracketRule(name: "r", side: .buy, treatment: .ignore), true),
    (BracketRule(name: "r", side: .sell, treatment: .ignore), false),
    (BracketRule(name: "r", clientOrderIDPrefix: "swing-", treatment: .ignore), true),
    (BracketRule(name: "r", clientOrderIDPrefix: "grid-", treatment: .ignore), false),
    (BracketRule(name: "r", strategy: "trend", treatment: .ignore), true),
    (BracketRule(name: "r", strategy: "mean", treatment: .ignore), false),
    (
      BracketRule(
        name: "r", symbols: ["BTCUSDT"], side: .buy, clientOrderIDPrefix: "swing-", strategy: "mean",
        treatment: .ignore), false
    ),
  ])
  func `a rule decides when all of its conditions hold`(rule: BracketRule, decides: Bool) {
    let decision = BracketPolicy(rules: [rule]).treatment(
      symbol: "BTCUSDT", side: .buy, clientOrderID: "swing-1", strategy: "trend")
    #expect(decision.origin == (decides ? .policy("r") : .accountDefault))
    #expect(decision.treatment == (decides ? .ignore : .protect(.standard)))
  }

  // MARK: - Levels and legal sizes

  @Test func `a price stands where it is, a distance follows the entry`() {
    #expect(Bracket.Level.price("57000").below("60000") == "57000")
    #expect(Bracket.Level.price("63000").above("60000") == "63000")
    #expect(Bracket.Level.percent("1").below("60000") == "59400")
    #expect(Bracket.Level.percent("1").above("60000") == "60600")
    let empty = Bracket(stop: nil, takeProfits: [])
    #expect(empty.defect(longEntryAt: "60000") == .empty)
  }

  @Test(arguments: [
    ("0.1" as FixedDecimal, false, "0.1" as FixedDecimal?), ("0.109", false, "0.1"), ("9999", false, "9000"),
    ("9999", true, "120"), ("0.009", false, nil), ("0.005", true, nil), ("0.01", false, "0.01"), ("0.01", true, nil),
    ("0.02", true, "0.02"), ("0.03", true, "0.02"), (.zero, false, nil), ("-1", false, nil),
  ])
  func `a quantity is cut to a legal size and never raised`(
    quantity: FixedDecimal, isMarket: Bool, legal: FixedDecimal?
  ) {
    var filters = InstrumentFilters()
    (filters.stepSize, filters.quantityMin, filters.quantityMax) = ("0.01", "0.01", "9000")
    (filters.marketStepSize, filters.marketQuantityMin, filters.marketQuantityMax) = ("0.02", "0.02", "120")
    let instrument = Instrument(symbol: "X", base: "A", quote: "B", orderTypes: [], filters: filters)
    #expect(instrument.legalQuantity(quantity, at: "1", market: isMarket) == legal)
  }

  @Test(arguments: [
    ("100.005" as FixedDecimal, FixedDecimal.Rounding.down, "100" as FixedDecimal?), ("100.005", .up, "100.01"),
    ("0.001", .down, nil), ("9.99", .down, nil), ("10", .down, "10"), ("1000", .up, "1000"), ("1000.001", .up, nil),
  ])
  func `a price is legal on the grid and inside its bounds`(
    price: FixedDecimal, rounding: FixedDecimal.Rounding, legal: FixedDecimal?
  ) {
    var filters = InstrumentFilters()
    (filters.tickSize, filters.priceMin, filters.priceMax) = ("0.01", "10", "1000")
    let instrument = Instrument(symbol: "X", base: "A", quote: "B", orderTypes: [], filters: filters)
    #expect(instrument.legalPrice(price, rounding) == legal)
  }

  @Test func `beyond the largest figure arithmetic stops there, on both sides`() {
    let most = FixedDecimal(Int.max)
    #expect(most * most == -(most * -most))
    #expect(most * most > most)
    #expect(FixedDecimal(Int.min) < .zero)
  }
}
