import PaperVenue
import Testing
import Trading

struct WalletTests {
  @Test func `Fees come from the asset that the plan names, fill by fill`() throws {
    var plan = CommissionPlan()
    plan.modes = [.received, .quote, .discount("BNB"), .base]
    var bench = Bench(commission: plan)
    _ = bench.exchange.adjust(Bench.account, "BNB", by: "1", at: bench.tick())
    for _ in 0..<4 { bench.place(.market(Bench.symbol, .buy, quantity: "0.01")) }
    let trades = bench.exchange.trades(of: Bench.account, Bench.symbol)
    #expect(trades.map(\.commissionAsset) == ["BTC", "USDT", "BNB", "BTC"])
    #expect(trades.map(\.commission) == ["0.00001", "0.6", "0.00075", "0.00001"])
    #expect(bench.ledger.netPosition == "0.03998")
    #expect(bench.balance("BTC").total == bench.ledger.netPosition)
  }

  @Test func `A fee asset that runs dry falls back to what the fill brings`() throws {
    var plan = CommissionPlan()
    plan.modes = [.discount("BNB")]
    var bench = Bench(commission: plan)
    bench.place(.market(Bench.symbol, .buy, quantity: "0.01"))
    #expect(bench.exchange.trades(of: Bench.account, Bench.symbol).map(\.commissionAsset) == ["BTC"])
  }

  @Test func `Deposits, debits and outside locks tell the stream and never overdraw`() {
    var bench = Bench()
    let deposit = bench.exchange.adjust(Bench.account, "BTC", by: "0.1", at: bench.tick())
    #expect(deposit.events.lines == ["balanceUpdate", "position"])
    let lock = bench.exchange.lockExternally(Bench.account, "BTC", by: "0.06", at: bench.tick())
    #expect(lock.events.lines == ["externalLockUpdate", "position"])
    #expect(bench.balance("BTC").free == "0.04")
    #expect(bench.balance("BTC").locked == "0.06")
    #expect(bench.exchange.adjust(Bench.account, "BTC", by: "-0.05", at: bench.tick()).refusal == .insufficientBalance)
    #expect(bench.exchange.lockExternally(Bench.account, "BTC", by: "-0.07", at: bench.tick()).refusal != nil)
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `A page of trades goes by id, and times go by at most a day`() throws {
    var bench = Bench()
    for _ in 0..<5 { bench.place(.market(Bench.symbol, .buy, quantity: "0.001")) }
    let account = try #require(bench.exchange.account(Bench.account))
    #expect(try account.trades(TradeQuery(Bench.symbol, fromID: 3, limit: 2)).map(\.id) == [3, 4])
    #expect(try account.trades(TradeQuery(Bench.symbol, limit: 2)).map(\.id) == [4, 5])
    #expect(try account.trades(TradeQuery(Bench.symbol, orderID: 2)).map(\.id) == [2])
    #expect(throws: PaperError.badCombination) {
      try account.trades(TradeQuery(Bench.symbol, fromID: 1, start: bench.now))
    }
    #expect(throws: PaperError.windowTooLong) {
      try account.allOrders(
        OrderHistoryQuery(Bench.symbol, start: bench.now, end: bench.now + .seconds(86_401)))
    }
    let day = try account.allOrders(
      OrderHistoryQuery(Bench.symbol, start: bench.now, end: bench.now + .seconds(86_400)))
    #expect(day.map(\.id) == [5])
  }

  @Test func `An unfilled canceled order is archived after ninety days, a filled one is not`() throws {
    var bench = Bench()
    bench.place(.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "gone"))
    _ = bench.cancel("gone")
    bench.place(.market(Bench.symbol, .buy, quantity: "0.01", clientOrderID: "kept"))
    let account = try #require(bench.exchange.account(Bench.account))
    let later = bench.now + .seconds(91 * 86_400)
    #expect(throws: PaperError.archived) {
      try account.order(OrderLookup(Bench.symbol, clientOrderID: "gone"), at: later)
    }
    #expect(try account.order(OrderLookup(Bench.symbol, clientOrderID: "kept"), at: later).status == .filled)
  }

  @Test(arguments: [
    (VenueVariants.ReusedLookup.latest, 2), (.earliest, 1), (.open, 2),
  ]) func `A client id used twice finds the order that the variant says`(
    _ variant: VenueVariants.ReusedLookup, _ id: Int
  ) throws {
    var bench = Bench()
    let order = NewOrder.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "en")
    bench.place(order)
    _ = bench.cancel("en")
    bench.place(order)
    let account = try #require(bench.exchange.account(Bench.account))
    let found = try account.order(
      OrderLookup(Bench.symbol, clientOrderID: "en"), reusedLookup: variant, at: bench.now)
    #expect(found.id.number == Int64(id))
  }
}
