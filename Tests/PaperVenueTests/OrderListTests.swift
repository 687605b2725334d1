import PaperVenue
import Testing
import Trading

struct OrderListTests {
  @Test func `Both legs of an OCO share one lock`() throws {
    var bench = Bench(bitcoin: "1")
    let outcome = bench.oco("1")
    #expect(try outcome.get().orders.map(\.type) == [.stopLoss, .takeProfit])
    #expect(bench.balance("BTC").locked == "1")
    #expect(bench.balance("BTC").free == "0")
    #expect(bench.ledger.stopCoverage == "1")
    #expect(outcome.events.lines == ["list EXEC_STARTED", "sl NEW new", "tp NEW new", "position"])
  }

  @Test func `A stop that triggers ends its sibling with OCO_TRIGGER and sells once`() throws {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("1")
    let events = bench.price("58990")
    #expect(
      events.lines == [
        "sl NEW new", "tp EXPIRED expired OCO_TRIGGER", "sl TRADE filled", "list ALL_DONE", "position",
      ])
    #expect(bench.ledger.totals.sold == "1")
    #expect(bench.balance("BTC").total == "0")
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test(arguments: VenueVariants.SiblingExpiry.allCases)
  func `Wherever the sibling's expiry stands the list ends once and last`(_ moment: VenueVariants.SiblingExpiry) throws
  {
    var variants = VenueVariants()
    variants.siblingExpiry = moment
    var bench = Bench(variants: variants, bitcoin: "1")
    _ = bench.oco("1")
    let lines = bench.price("61001").lines
    #expect(lines.count { $0 == "list ALL_DONE" } == 1)
    #expect(lines.suffix(2) == ["list ALL_DONE", "position"])
    #expect(bench.order("sl").expiryReason == .ocoTrigger)
    #expect(bench.order("tp").status == .filled)
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `The first partial fill of a LIMIT_MAKER take-profit kills the stop while the rest stays locked`() throws {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("1", maker: true)
    let events = bench.fill("tp", "0.00001").events
    #expect(events.lines == ["tp TRADE partially_filled", "sl EXPIRED expired OCO_TRIGGER", "position"])
    #expect(bench.ledger.stopCoverage == "0")
    #expect(bench.balance("BTC").locked == "0.99999")
    #expect(bench.ledger.openLists == 1)
    let done = bench.fill("tp", "0.99999").events
    #expect(done.lines == ["tp TRADE filled", "list ALL_DONE", "position"])
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `A stop-limit that triggers and gaps through its limit leaves neither take-profit nor fill`() throws {
    var bench = Bench(bitcoin: "1")
    var stop = NewOrder(symbol: Bench.symbol, side: .sell, type: .stopLossLimit, timeInForce: .goodTilCanceled)
    stop.quantity = "1"
    stop.price = "58950"
    stop.stopPrice = "59000"
    stop.clientOrderID = "sl"
    bench.place(
      .oco(
        above: .takeProfit(Bench.symbol, .sell, quantity: "1", stopPrice: "61000", clientOrderID: "tp"), below: stop))
    bench.price("50000")
    #expect(bench.order("tp").status == .expired)
    #expect(bench.order("sl").status == .new)
    #expect(bench.order("sl").isWorking)
    #expect(bench.ledger.stopCoverage == "0")
    bench.price("58950")
    #expect(bench.order("sl").status == .filled)
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `A cancel of one leg cancels the list and frees the lock once`() throws {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("1")
    let outcome = bench.cancel("tp")
    guard case .list(let report) = try outcome.get() else {
      Issue.record("a member's cancel answers with its list")
      return
    }
    #expect(report.orders.map(\.status) == [.canceled, .canceled])
    #expect(outcome.events.lines == ["sl CANCELED canceled", "tp CANCELED canceled", "list ALL_DONE", "position"])
    #expect(bench.balance("BTC").free == "1")
  }

  @Test func `Prices on the wrong side of the market are refused as a relation`() {
    var bench = Bench(bitcoin: "1")
    #expect(bench.oco("1", stop: "60500").refusal == .priceRelation)
    #expect(bench.oco("1", profit: "59500").refusal == .priceRelation)
    #expect(bench.ledger.openOrders == 0)
    #expect(bench.balance("BTC").free == "1")
  }

  @Test func `A second OCO on locked balance is refused`() {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("0.6")
    let second = bench.place(
      .oco(
        above: .takeProfit(Bench.symbol, .sell, quantity: "0.6", stopPrice: "61000"),
        below: .stopLoss(Bench.symbol, .sell, quantity: "0.6", stopPrice: "59000")))
    #expect(second.refusal == .insufficientBalance)
  }

  @Test func `A stop that expires unfilled has taken its take-profit with it`() {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("1")
    bench.exchange.setTriggerFate(.expires(.priceRange), of: Bench.symbol)
    bench.price("58000")
    #expect(bench.order("sl").expiryReason == .priceRange)
    #expect(bench.order("tp").expiryReason == .ocoTrigger)
    #expect(bench.balance("BTC").free == "1")
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test(arguments: [("sl", "tp"), ("tp", "sl")])
  func `A leg that the venue ends alone leaves the pair's one lock to its sibling`(
    _ ended: ClientOrderID, _ heir: ClientOrderID
  ) {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("0.6")
    _ = bench.exchange.expireInMatch(Bench.account, bench.order(ended).key, at: bench.tick())
    #expect(bench.order(heir).isOpen)
    #expect(bench.balance("BTC").locked == "0.6")
    #expect(bench.balance("BTC").free == "0.4")
    _ = bench.cancel(heir)
    #expect(bench.balance("BTC").free == "1")
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  // MARK: OTO family

  private func otoco(_ quantity: FixedDecimal = "0.01", exit: FixedDecimal = "0.00999") -> NewOrderList {
    .otoco(
      working: .limit(Bench.symbol, .buy, quantity: quantity, price: "59500", clientOrderID: "en"),
      above: .takeProfit(Bench.symbol, .sell, quantity: exit, stopPrice: "61000", clientOrderID: "tp"),
      below: .stopLoss(Bench.symbol, .sell, quantity: exit, stopPrice: "59000", clientOrderID: "sl"),
      clientOrderID: "list")
  }

  @Test func `Pending legs are born only when the working order is full`() throws {
    var bench = Bench()
    let report = try bench.place(otoco()).get()
    #expect(report.orders.map(\.status) == [.new, .pendingNew, .pendingNew])
    _ = bench.fill("en", "0.004")
    #expect(bench.order("sl").status == .pendingNew)
    #expect(bench.ledger.stopCoverage == "0")
    let born = bench.fill("en", "0.006").events
    #expect(born.lines == ["en TRADE filled", "sl NEW new", "tp NEW new", "position"])
    #expect(bench.ledger.stopCoverage == "0.00999")
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `A full-size child is refused because the fee shrank what was received`() throws {
    var bench = Bench()
    bench.place(otoco(exit: "0.01"))
    let events = bench.fill("en", "0.01").events
    #expect(events.lines.contains("sl EXPIRED expired REJECTED"))
    #expect(events.lines.contains("list ALL_DONE"))
    #expect(bench.ledger.stopCoverage == "0")
    #expect(bench.balance("BTC").free == "0.00999")
  }

  @Test func `A cancel after a partial fill leaves the part naked with children expired in phase one`() throws {
    var bench = Bench()
    bench.place(otoco())
    _ = bench.fill("en", "0.004")
    let lines = bench.cancel("en").events.lines
    #expect(
      lines == [
        "en CANCELED canceled", "sl EXPIRED expired OTO_PHASE_ONE_EXPIRED", "tp EXPIRED expired OTO_PHASE_ONE_EXPIRED",
        "list ALL_DONE", "position",
      ])
    #expect(bench.balance("BTC").free == "0.003996")
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `A list that fills at once still answers with pending legs`() throws {
    var bench = Bench()
    var list = otoco()
    list.working?.price = "60000"
    let report = try bench.place(list).get()
    #expect(report.orders.map(\.status) == [.new, .pendingNew, .pendingNew])
    #expect(bench.order("sl").status == .new)
    #expect(bench.order("en").status == .filled)
  }

  @Test func `OPOCO keeps what was received locked and sizes its children net of the fee`() throws {
    var bench = Bench()
    var above = NewOrder.takeProfit(Bench.symbol, .sell, quantity: "1", stopPrice: "61000", clientOrderID: "tp")
    var below = NewOrder.stopLoss(Bench.symbol, .sell, quantity: "1", stopPrice: "59000", clientOrderID: "sl")
    above.quantity = nil
    below.quantity = nil
    bench.place(
      NewOrderList(
        shape: .opoco, symbol: Bench.symbol,
        working: .limit(Bench.symbol, .buy, quantity: "0.01", price: "59500", clientOrderID: "en"),
        pending: [above, below]))
    _ = bench.fill("en", "0.004")
    #expect(bench.balance("BTC").free == "0")
    #expect(bench.balance("BTC").locked == "0.003996")
    _ = bench.fill("en", "0.006")
    #expect(bench.order("sl").quantity == "0.00999")
    #expect(bench.ledger.stopCoverage == "0.00999")
    #expect(bench.exchange.brokenInvariant() == nil)
  }
}
