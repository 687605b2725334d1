import PaperVenue
import Testing
import Trading

struct AmendTests {
  private func amend(
    _ bench: inout Bench, _ client: ClientOrderID, _ quantity: FixedDecimal, newID: ClientOrderID? = nil
  ) -> PaperOutcome<AmendedOrder> {
    let target = OrderLookup(Bench.symbol, clientOrderID: client)
    return bench.exchange.amend(
      AmendOrder(target, newQuantity: quantity, newClientOrderID: newID), for: Bench.account, at: bench.tick())
  }

  @Test func `Amending one OCO leg shrinks both and frees the difference without a naked moment`() throws {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("1")
    let outcome = amend(&bench, "sl", "0.7", newID: "sl2")
    let amended = try outcome.get()
    #expect(amended.order.quantity == "0.7")
    #expect(bench.order("tp").quantity == "0.7")
    #expect(bench.balance("BTC").free == "0.3")
    #expect(bench.ledger.stopCoverage == "0.7")
    #expect(outcome.events.lines == ["sl2 REPLACED new", "tp REPLACED new", "list UPDATED", "position"])
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  @Test func `Without a new id the venue assigns a random one and the order answers to its number`() throws {
    var bench = Bench(bitcoin: "1")
    _ = bench.oco("1")
    let amended = try amend(&bench, "sl", "0.7").get()
    #expect(amended.order.clientOrderID.text.count == 22)
    #expect(amended.originalClientOrderID == "sl")
    let lookup = OrderLookup(Bench.symbol, clientOrderID: "sl")
    #expect(throws: PaperError.noSuchOrder) {
      try bench.exchange.account(Bench.account)?.order(lookup, at: bench.now)
    }
  }

  @Test func `A growth, a no-op, an eleventh amend and an executed quantity are refused with -2038`() throws {
    var bench = Bench()
    bench.place(.limit(Bench.symbol, .buy, quantity: "0.02", price: "59000", clientOrderID: "en"))
    #expect(
      amend(&bench, "en", "0.03", newID: "en").refusal?.message == "Order amend (quantity increase) is not supported.")
    #expect(
      amend(&bench, "en", "0.02", newID: "en").refusal?.message
        == "The requested action would change no state; rejecting.")
    _ = bench.fill("en", "0.001")
    #expect(amend(&bench, "en", "0.001", newID: "en").refusal?.code == -2038)
    for step in 1...10 {
      let quantity: FixedDecimal = "0.02" - FixedDecimal(step) * "0.0001"
      #expect(amend(&bench, "en", quantity, newID: "en").refusal == nil)
    }
    #expect(amend(&bench, "en", "0.015", newID: "en").refusal?.code == -2038)
    #expect(bench.balance("USDT").locked == "1062")
    #expect(bench.exchange.brokenInvariant() == nil)
  }

  // MARK: Cancel-replace

  private func replace(
    _ bench: inout Bench, _ client: ClientOrderID, _ order: NewOrder, _ mode: CancelReplace.Mode
  ) throws -> CancelReplaceReport {
    let cancel = CancelOrder(OrderLookup(Bench.symbol, clientOrderID: client))
    return try bench.exchange.cancelReplace(
      CancelReplace(cancel: cancel, order: order, mode: mode), for: Bench.account, at: bench.tick()
    ).get()
  }

  @Test func `Cancel-replace tells each half apart`() throws {
    var bench = Bench(bitcoin: "1")
    let good = NewOrder.stopLoss(Bench.symbol, .sell, quantity: "1", stopPrice: "59500", clientOrderID: "b")
    let wrong = NewOrder.stopLoss(Bench.symbol, .sell, quantity: "1", stopPrice: "60500", clientOrderID: "c")
    bench.place(.stopLoss(Bench.symbol, .sell, quantity: "1", stopPrice: "59000", clientOrderID: "a"))
    let both = try replace(&bench, "a", good, .stopOnFailure)
    #expect((both.status, both.code) == (200, 0))
    let halted = try replace(&bench, "nobody", wrong, .stopOnFailure)
    #expect((halted.status, halted.code) == (400, -2022))
    #expect(halted.newOrder == .notAttempted)
    let naked = try replace(&bench, "b", wrong, .stopOnFailure)
    #expect((naked.status, naked.code) == (409, -2021))
    #expect(naked.newOrder == .failure(.wouldTrigger))
    #expect(bench.ledger.openOrders == 0)
    let added = try replace(&bench, "nobody", good, .allowFailure)
    #expect((added.status, added.code) == (409, -2021))
    #expect(bench.ledger.openOrders == 1)
    let nothing = try replace(&bench, "nobody", wrong, .allowFailure)
    #expect((nothing.status, nothing.code) == (400, -2022))
  }

  @Test func `A filter is judged before the cancel, so the old order lives`() throws {
    var bench = Bench(bitcoin: "1")
    bench.place(.stopLoss(Bench.symbol, .sell, quantity: "1", stopPrice: "59000", clientOrderID: "a"))
    let bad = NewOrder.stopLoss(Bench.symbol, .sell, quantity: "0.000001", stopPrice: "59500")
    #expect(throws: PaperError.filterFailure(.lotSize)) { try replace(&bench, "a", bad, .stopOnFailure) }
    #expect(bench.order("a").isOpen)
  }
}
