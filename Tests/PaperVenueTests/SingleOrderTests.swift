import PaperVenue
import Testing
import Trading

struct SingleOrderTests {
  @Test func `A market buy pays the last price and gets base less a tenth of a percent`() throws {
    var bench = Bench()
    let outcome = bench.place(.market(Bench.symbol, .buy, quantity: "0.01", clientOrderID: "en"))
    let placed = try outcome.get()
    #expect(placed.order.status == .filled)
    #expect(placed.trades.map(\.commission) == ["0.00001"])
    #expect(bench.balance("BTC").free == "0.00999")
    #expect(bench.balance("USDT").free == "99400")
    #expect(outcome.events.lines == ["en NEW new", "en TRADE filled", "position"])
    #expect(bench.ledger.netPosition == "0.00999")
  }

  @Test func `A market order sweeps the levels and its remainder expires when the book ends`() throws {
    var bench = Bench()
    var depth = DepthModel()
    depth.levelQuantity = "0.01"
    depth.levelStep = "10"
    depth.levels = 2
    bench.exchange.setDepth(depth, of: Bench.symbol)
    let placed = try bench.place(.market(Bench.symbol, .buy, quantity: "0.03", clientOrderID: "en")).get()
    #expect(placed.trades.map(\.price) == ["60000", "60010"])
    #expect(placed.order.status == .expired)
    #expect(placed.order.expiryReason == .insufficientLiquidity)
    #expect(placed.order.executedQuantity == "0.02")
  }

  @Test func `A quote amount buys the floored quantity and leaves the rest`() throws {
    var bench = Bench()
    let order = NewOrder(symbol: Bench.symbol, side: .buy, type: .market, quoteOrderQuantity: "1000")
    let placed = try bench.place(order).get()
    #expect(placed.order.quantity == "0.01666")
    #expect(placed.order.status == .filled)
    #expect(bench.balance("USDT").free == "99000.4")
  }

  @Test func `A resting limit locks its price, fills in pieces by hand and gives nothing back at its own price`() throws
  {
    var bench = Bench()
    bench.place(.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "en"))
    #expect(bench.balance("USDT").locked == "590")
    let first = try bench.fill("en", "0.004").get()
    #expect(first.status == .partiallyFilled)
    #expect(bench.balance("USDT").locked == "354")
    #expect(bench.balance("BTC").free == "0.003996")
    let last = bench.fill("en", "0.006")
    #expect(last.events.lines == ["en TRADE filled", "position"])
    #expect(bench.balance("USDT").locked == "0")
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `A marketable limit takes at the book's price and frees the difference`() throws {
    var bench = Bench()
    let placed = try bench.place(.limit(Bench.symbol, .buy, quantity: "0.01", price: "61000")).get()
    #expect(placed.order.status == .filled)
    #expect(placed.trades.map(\.price) == ["60000"])
    #expect(bench.balance("USDT").total == "99400")
  }

  @Test func `A price that reaches a resting limit fills it at its own price as maker`() throws {
    var bench = Bench()
    bench.place(.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "en"))
    #expect(bench.price("59500").isEmpty)
    let events = bench.price("58000")
    #expect(events.lines == ["en TRADE filled", "position"])
    let trade = try #require(bench.exchange.trades(of: Bench.account, Bench.symbol).first)
    #expect(trade.price == "59000")
    #expect(trade.isMaker)
  }

  @Test func `Immediate-or-cancel keeps what it got and fill-or-kill gets all or nothing`() throws {
    var bench = Bench()
    var depth = DepthModel()
    depth.levelQuantity = "0.01"
    bench.exchange.setDepth(depth, of: Bench.symbol)
    let ioc = try bench.place(
      .limit(Bench.symbol, .buy, quantity: "0.02", price: "60000", timeInForce: .immediateOrCancel)
    ).get()
    #expect(ioc.order.status == .expired)
    #expect(ioc.order.executedQuantity == "0.01")
    #expect(ioc.order.expiryReason == .immediateOrCancel)
    let fok = try bench.place(.limit(Bench.symbol, .buy, quantity: "0.02", price: "60000", timeInForce: .fillOrKill))
      .get()
    #expect(fok.order.executedQuantity == "0")
    #expect(fok.order.expiryReason == .fillOrKill)
  }

  static let triggers: [(NewOrder, FixedDecimal)] = [
    (NewOrder.stopLoss(Bench.symbol, .sell, quantity: "0.01", stopPrice: "59000"), "58900"),
    (NewOrder.takeProfit(Bench.symbol, .sell, quantity: "0.01", stopPrice: "61000"), "61200"),
    (NewOrder.stopLoss(Bench.symbol, .buy, quantity: "0.01", stopPrice: "61000"), "61200"),
    (NewOrder.takeProfit(Bench.symbol, .buy, quantity: "0.01", stopPrice: "59000"), "58900"),
  ]

  @Test(arguments: triggers)
  func `A trigger order waits beside the book and then trades at the price that set it off`(
    _ order: NewOrder, _ price: FixedDecimal
  ) throws {
    var bench = Bench(bitcoin: "1")
    let placed = try bench.place(order).get()
    #expect(placed.order.awaitsTrigger)
    #expect(placed.order.workingSince == nil)
    let events = bench.price(price)
    #expect(
      events.lines.map { $0.split(separator: " ").dropFirst().joined(separator: " ") } == [
        "NEW new", "TRADE filled", "",
      ])
    #expect(bench.exchange.trades(of: Bench.account, Bench.symbol).map(\.price) == [price])
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  static let refusals: [(NewOrder, String)] = [
    (NewOrder.stopLoss(Bench.symbol, .sell, quantity: "0.01", stopPrice: "60000"), "Order would trigger immediately."),
    (NewOrder.stopLoss(Bench.symbol, .buy, quantity: "0.01", stopPrice: "59000"), "Order would trigger immediately."),
    (
      NewOrder.takeProfit(Bench.symbol, .sell, quantity: "0.01", stopPrice: "59000"), "Order would trigger immediately."
    ),
    (
      NewOrder.limitMaker(Bench.symbol, .sell, quantity: "0.01", price: "60000"),
      "Order would immediately match and take."
    ),
    (NewOrder.market(Bench.symbol, .sell, quantity: "2"), "Account has insufficient balance for requested action."),
    (NewOrder.market(Bench.symbol, .buy, quantity: "2"), "Account has insufficient balance for requested action."),
  ]

  @Test(arguments: refusals)
  func `The engine refuses with -2010 in the venue's words and nothing changes`(_ order: NewOrder, _ text: String) {
    var bench = Bench(bitcoin: "1")
    let outcome = bench.place(order)
    #expect(outcome.refusal == PaperError(code: -2010, message: text))
    #expect(outcome.events.isEmpty)
    #expect(bench.ledger.openOrders == 0)
  }

  @Test func `A client id may be used again only after its order ended`() throws {
    var bench = Bench()
    let order = NewOrder.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "en")
    bench.place(order)
    #expect(bench.place(order).refusal == .duplicateOrder)
    _ = bench.cancel("en")
    #expect(bench.place(order).refusal == nil)
    let ids = bench.exchange.orders(of: Bench.account, Bench.symbol).map(\.id)
    #expect(ids == [1, 2])
  }

  @Test func `A cancel report carries the cancel's id and the order's id and frees the lock`() throws {
    var bench = Bench()
    bench.place(.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "en"))
    let outcome = bench.cancel("en")
    guard case .executionReport(let report) = outcome.events.first?.payload else {
      Issue.record("no report")
      return
    }
    #expect(report.clientOrderID == "cx")
    #expect(report.originalClientOrderID == "en")
    #expect(bench.balance("USDT").free == "100000")
    #expect(bench.cancel("en").refusal == .unknownOrder)
  }

  @Test func `The own resting order that a taker would meet is expired in match`() throws {
    var bench = Bench(bitcoin: "1")
    var depth = DepthModel()
    depth.levelQuantity = "0.01"
    depth.levelStep = "100"
    depth.levels = 10
    bench.exchange.setDepth(depth, of: Bench.symbol)
    bench.place(.limit(Bench.symbol, .sell, quantity: "0.5", price: "60100", clientOrderID: "own"))
    let outcome = bench.place(.market(Bench.symbol, .buy, quantity: "0.03", clientOrderID: "en"))
    #expect(bench.order("own").status == .expiredInMatch)
    #expect(bench.order("en").status == .filled)
    #expect(outcome.events.lines.contains("own TRADE_PREVENTION expired_in_match"))
    #expect(bench.exchange.brokenInvariant() == nil)
  }
}
