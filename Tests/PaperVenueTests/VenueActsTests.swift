import PaperVenue
import Testing
import Trading

/// What the venue does on its own, what anyone may set up and read, and the shapes that it refuses.
struct VenueActsTests {
  private static let symbol = Bench.symbol

  @Test func `the venue ends an order with its reason, and a pair with it`() {
    var bench = Bench(bitcoin: "1")
    bench.place(.limit(Self.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "a"))
    let outcome = bench.exchange.expire(Bench.account, bench.order("a").key, at: bench.tick())
    #expect(outcome.refusal == nil)
    #expect(bench.order("a").status == .expired)
    #expect(bench.exchange.expire(Bench.account, bench.order("a").key, at: bench.tick()).refusal == .unknownOrder)
    #expect(
      bench.exchange.expire(Bench.account, OrderKey(Self.symbol, 77), at: bench.tick()).refusal == .noSuchOrder)
    #expect(bench.exchange.expire("nobody", bench.order("a").key, at: bench.tick()).refusal == .badKey)
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `self-trade prevention takes what was left of an order, and says with whom`() {
    var bench = Bench(bitcoin: "1")
    bench.place(.limit(Self.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "a"))
    let outcome = bench.exchange.expireInMatch(Bench.account, bench.order("a").key, at: bench.tick())
    #expect(outcome.refusal == nil)
    #expect(bench.order("a").status == .expiredInMatch)
    #expect(bench.order("a").preventedQuantity == "0.01")
    #expect(outcome.events.lines.first == "a TRADE_PREVENTION expired_in_match")
    #expect(
      bench.exchange.expireInMatch(Bench.account, bench.order("a").key, at: bench.tick()).refusal == .unknownOrder)
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `what is not on the book, or too much of it, is not filled by hand`() {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("0.1")
    #expect(bench.fill("sl", "0.01").refusal == .unknownOrder)
    bench.place(.limit(Self.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "a"))
    #expect(bench.fill("a", "0.02").refusal == .filterFailure(.lotSize))
    #expect(bench.fill("a", "0").refusal == .filterFailure(.lotSize))
    let rest = bench.exchange.fill(Bench.account, bench.order("a").key, at: bench.tick())
    #expect(rest.refusal == nil)
    #expect(bench.order("a").status == .filled)
  }

  // MARK: - Setting up and reading

  @Test func `listing and opening again change the terms and nothing else`() {
    var bench = Bench(bitcoin: "1")
    var rules = SymbolRules.bitcoin
    rules.filters.stepSize = "0.001"
    bench.exchange.list(rules)
    #expect(bench.exchange.lastPrice(of: Self.symbol) == "60000")
    bench.exchange.list(rules, price: "61000")
    #expect(bench.exchange.lastPrice(of: Self.symbol) == "61000")
    #expect(bench.exchange.rules(of: Self.symbol)?.filters.stepSize == "0.001")
    #expect(bench.exchange.listedSymbols == ["BTCUSDT", "ETHUSDT", "BNBUSDT"])
    #expect(bench.exchange.listedAssets == ["BTC", "USDT", "ETH", "BNB"])
    bench.exchange.openAccount(Bench.account, commission: .free)
    #expect(bench.balance("BTC").free == "1")
    bench.place(.market(Self.symbol, .buy, quantity: "0.01"))
    #expect(bench.balance("BTC").free == "1.01", "without a fee")
    bench.exchange.setCommission(CommissionPlan(), of: Bench.account)
    bench.place(.market(Self.symbol, .buy, quantity: "0.01"))
    #expect(bench.balance("BTC").free < "1.02")
  }

  @Test func `an account that may not trade is refused, and what nobody listed is not there`() {
    var bench = Bench(bitcoin: "1")
    bench.exchange.setCanTrade(false, of: Bench.account)
    #expect(bench.place(.market(Self.symbol, .buy, quantity: "0.01")).refusal == .tradingDisabled)
    bench.exchange.setCanTrade(true, of: "nobody")
    bench.exchange.setCommission(.free, of: "nobody")
    bench.exchange.setStatus(.halt, of: "NOPE")
    bench.exchange.setDepth(.empty, of: "NOPE")
    #expect(bench.exchange.rules(of: "NOPE") == nil && bench.exchange.status(of: "NOPE") == nil)
    #expect(bench.exchange.depth(of: "NOPE") == nil && bench.exchange.lastPrice(of: "NOPE") == nil)
    #expect(bench.exchange.account("nobody") == nil && bench.exchange.ledger(of: "nobody", Self.symbol) == nil)
    #expect(bench.exchange.openOrders(of: "nobody").isEmpty && bench.exchange.orders(of: "nobody", Self.symbol).isEmpty)
    #expect(bench.exchange.trades(of: "nobody", Self.symbol).isEmpty && bench.exchange.lists(of: "nobody").isEmpty)
    #expect(bench.exchange.status(of: Self.symbol) == .trading)
  }

  @Test func `the ledger of all shows only what was traded or stands`() {
    var bench = Bench(bitcoin: "1")
    #expect(bench.exchange.ledger().isEmpty)
    _ = bench.oco("0.1")
    let views = bench.exchange.ledger()
    #expect(views.map(\.symbol) == [Self.symbol])
    #expect(views.first?.stopCoverage == "0.1")
    #expect(views.first?.base == "1")
    #expect(bench.exchange.lists(of: Bench.account).count == 1)
    #expect(bench.exchange.trades(of: Bench.account, Self.symbol).isEmpty)
  }

  @Test func `an empty book fills no market order`() {
    var bench = Bench(bitcoin: "1")
    bench.exchange.setDepth(.empty, of: Self.symbol)
    bench.place(.market(Self.symbol, .sell, quantity: "0.1", clientOrderID: "m"))
    #expect(bench.order("m").executedQuantity.isZero)
    #expect(bench.order("m").status == .expired)
    #expect(bench.exchange.depth(of: Self.symbol) == .empty)
  }

  @Test func `prices written down come in their order and end`() {
    var prices = ScriptedPrices(["1", "2"])
    #expect([prices.next(), prices.next(), prices.next()] == ["1", "2", nil])
  }

  // MARK: - Parameters

  private static func order(_ type: OrderType, _ change: (inout NewOrder) -> Void) -> NewOrder {
    var order = NewOrder(symbol: symbol, side: .buy, type: type, quantity: "0.01")
    change(&order)
    return order
  }

  static let refusals: [(NewOrder, PaperError)] = [
    (order(.limit) { $0.quantity = nil }, .missingParameter("quantity")),
    (
      order(.limit) { ($0.price, $0.timeInForce, $0.quoteOrderQuantity) = ("59000", .goodTilCanceled, "5") },
      .unexpectedParameter("quoteOrderQty")
    ),
    (order(.market) { $0.quoteOrderQuantity = "100" }, .unexpectedParameter("quoteOrderQty")),
    (order(.limit) { $0.timeInForce = .goodTilCanceled }, .missingParameter("price")),
    (order(.limitMaker) { _ in }, .missingParameter("price")),
    (order(.limitMaker) { ($0.price, $0.timeInForce) = ("59000", .goodTilCanceled) }, .timeInForceNotRequired),
    (order(.market) { $0.price = "59000" }, .unexpectedParameter("price")),
    (order(.market) { $0.timeInForce = .goodTilCanceled }, .timeInForceNotRequired),
    (order(.unknown("TRAIL")) { _ in }, .invalidType),
    (order(.takeProfit) { _ in }, .missingParameter("stopPrice")),
    (order(.market) { $0.stopPrice = "59000" }, .unexpectedParameter("stopPrice")),
    (order(.market) { $0.trailingDelta = 100 }, .unsupported("Trailing stop")),
    (
      order(.limit) { ($0.price, $0.timeInForce, $0.icebergQuantity) = ("59000", .goodTilCanceled, "0.001") },
      .unsupported("Iceberg")
    ),
    (order(.market) { $0.selfTradePrevention = SelfTradePrevention.none }, .preventionNotAllowed),
    (
      order(.limit) { ($0.quantity, $0.price, $0.timeInForce) = ("1000", "59000", .goodTilCanceled) },
      .filterFailure(.notional)
    ),
    (
      order(.limit) { ($0.quantity, $0.price, $0.timeInForce) = ("9001", "30000", .goodTilCanceled) },
      .filterFailure(.lotSize)
    ),
    (order(.limit) { ($0.price, $0.timeInForce) = ("72001", .goodTilCanceled) }, .filterFailure(.percentPrice)),
    (order(.market) { $0.clientOrderID = "" }, .illegalCharacters("newClientOrderId", legal: "^[a-zA-Z0-9-_]{1,36}$")),
  ]

  @Test(arguments: refusals)
  func `a placement with a parameter too few or too many is refused by its name`(order: NewOrder, error: PaperError) {
    var bench = Bench(bitcoin: "1")
    #expect(bench.place(order).refusal == error)
    #expect(bench.exchange.orders(of: Bench.account, Self.symbol).isEmpty)
  }

  @Test func `a position limit counts what is held and what is being bought`() {
    var bench = Bench(bitcoin: "1")
    var filters = SymbolFilters()
    filters.positionMax = "1.02"
    bench.exchange.setFilters(filters, of: Self.symbol)
    #expect(bench.place(.limit(Self.symbol, .buy, quantity: "0.01", price: "59000")).refusal == nil)
    #expect(bench.place(.limit(Self.symbol, .sell, quantity: "0.1", price: "61000")).refusal == nil)
    let tooMuch = NewOrder.limit(Self.symbol, .buy, quantity: "0.02", price: "59000")
    #expect(bench.place(tooMuch).refusal == .filterFailure(.positionMax))
  }

  // MARK: - Lists

  private static func sell(_ type: OrderType, at price: FixedDecimal, _ change: (inout NewOrder) -> Void = { _ in })
    -> NewOrder
  {
    var order = NewOrder(symbol: symbol, side: .sell, type: type, quantity: "0.1")
    if type.isConditional { order.stopPrice = price } else { order.price = price }
    change(&order)
    return order
  }

  private static func buy(_ type: OrderType, at price: FixedDecimal) -> NewOrder {
    sell(type, at: price) { $0.side = .buy }
  }

  static let shapes: [(NewOrderList, PaperError?)] = [
    (.oco(above: sell(.takeProfit, at: "61000"), below: sell(.stopLoss, at: "59000")), nil),
    (.oco(above: buy(.stopLoss, at: "61000"), below: buy(.takeProfit, at: "59000")), nil),
    (.oco(above: sell(.takeProfit, at: "61000"), below: buy(.stopLoss, at: "59000")), .unsupportedCombination),
    (
      .oco(above: sell(.takeProfit, at: "61000"), below: sell(.stopLoss, at: "59000") { $0.quantity = "0.2" }),
      .unsupportedCombination
    ),
    (
      .oco(above: sell(.limit, at: "61000"), below: sell(.stopLoss, at: "59000")),
      .legShape(-1158, "Order type not supported in OCO.")
    ),
    (
      .oco(above: sell(.limitMaker, at: "61000"), below: sell(.limitMaker, at: "59000")),
      .legShape(-1198, "At least one OCO order must be contingent.")
    ),
    (
      .oco(above: buy(.limitMaker, at: "61000"), below: buy(.takeProfit, at: "59000")),
      .legShape(-1196, "A limit order in a buy OCO must be below.")
    ),
    (
      .oco(above: sell(.takeProfit, at: "61000"), below: sell(.limitMaker, at: "59000")),
      .legShape(-1197, "A limit order in a sell OCO must be above.")
    ),
    (.oco(above: sell(.stopLoss, at: "61000"), below: sell(.takeProfit, at: "59000")), .priceRelation),
    (.oco(above: sell(.takeProfit, at: "59000"), below: sell(.stopLoss, at: "59500")), .priceRelation),
    (.oco(above: sell(.takeProfit, at: "62000"), below: sell(.stopLoss, at: "61000")), .priceRelation),
    (.oco(above: buy(.stopLoss, at: "59000"), below: buy(.takeProfit, at: "58000")), .priceRelation),
    (
      .oto(working: sell(.market, at: "1") { $0.price = nil }, pending: sell(.stopLoss, at: "59000")), .invalidType
    ),
    (
      NewOrderList(shape: .oto, symbol: symbol, pending: [sell(.stopLoss, at: "59000")]),
      .missingParameter("workingType")
    ),
    (
      NewOrderList(
        shape: .oto, symbol: symbol, working: buy(.limitMaker, at: "59000"),
        pending: [sell(.stopLoss, at: "58000"), sell(.takeProfit, at: "61000")]), .unsupportedCombination
    ),
    (
      .oto(
        working: buy(.limitMaker, at: "59000"),
        pending: sell(.market, at: "1") { ($0.price, $0.quantity, $0.quoteOrderQuantity) = (nil, nil, "100") }),
      .unexpectedParameter("quoteOrderQty")
    ),
    (
      .oco(
        above: sell(.takeProfit, at: "61000") { $0.clientOrderID = "x" },
        below: sell(.stopLoss, at: "59000") { $0.clientOrderID = "x" }), .duplicateOrder
    ),
    (
      .oco(
        above: sell(.takeProfit, at: "61000") { $0.clientOrderID = "x" }, below: sell(.stopLoss, at: "59000"),
        clientOrderID: "x"), .duplicateOrder
    ),
  ]

  @Test(arguments: shapes)
  func `a list whose members do not fit together is refused with the venue's number`(
    list: NewOrderList, error: PaperError?
  ) {
    var bench = Bench(bitcoin: "1")
    #expect(bench.place(list).refusal == error)
    #expect(bench.exchange.openOrders(of: Bench.account).isEmpty == (error != nil))
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test(arguments: [(PaperOrderList.Shape.oco, "OCO"), (.oto, "OTO"), (.otoco, "OCO")])
  func `a symbol that takes no lists of a kind says so`(shape: PaperOrderList.Shape, name: String) {
    var bench = Bench(bitcoin: "1")
    var rules = SymbolRules.bitcoin
    (rules.allowsOCO, rules.allowsOTO, rules.allowsOPO) = (false, false, false)
    bench.exchange.list(rules)
    let pending =
      shape == .oto
      ? [Self.sell(.stopLoss, at: "58000")] : [Self.sell(.takeProfit, at: "61000"), Self.sell(.stopLoss, at: "58000")]
    let list = NewOrderList(
      shape: shape, symbol: Self.symbol, working: shape == .oco ? nil : Self.buy(.limitMaker, at: "59000"),
      pending: pending)
    #expect(bench.place(list).refusal == .unsupported(name))
  }

  @Test func `a list's name that an open list bears is a duplicate`() {
    var bench = Bench(bitcoin: "1")
    #expect(bench.oco("0.1").refusal == nil)
    let again = NewOrderList.oco(
      above: Self.sell(.takeProfit, at: "61000"), below: Self.sell(.stopLoss, at: "59000"), clientOrderID: "list")
    #expect(bench.place(again).refusal == .duplicateOrder)
  }
}
