import PaperVenue
import Testing
import Trading

/// Random operations, the venue's own books checked after each.
struct ConservationTests {
  static let operationsPerSeed = 600
  /// The whole books are read at every so many operations: reading them is what takes the time.
  static let operationsPerCheck = 8

  @Test(arguments: 1...12) func `No operation makes or loses money, breaks a lock or reuses an id`(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var variants = VenueVariants()
    variants.siblingExpiry = VenueVariants.SiblingExpiry.allCases[seed % 3]
    variants.pendingCancel = VenueVariants.PendingCancel.allCases[seed % 2]
    variants.wrongSideBirth = VenueVariants.WrongSideBirth.allCases[seed / 2 % 2]
    variants.activationReport = VenueVariants.ActivationReport.allCases[seed / 4 % 2]
    variants.marketLotAppliesToTriggered = seed % 5 == 0
    var plan = CommissionPlan()
    plan.modes = [.received, .discount("BNB"), .base, .quote]
    var bench = Bench(commission: plan, variants: variants, bitcoin: "5")
    _ = bench.exchange.adjust(Bench.account, "BNB", by: "1", at: bench.tick())
    if seed % 3 == 0 {
      var depth = DepthModel()
      depth.levelQuantity = "0.05"
      depth.levelStep = "15"
      depth.levels = 4
      depth.restingFillQuantity = "0.02"
      bench.exchange.setDepth(depth, of: Bench.symbol)
    }
    var executions: Set<Int64> = []
    for step in 0..<Self.operationsPerSeed {
      let events = Self.operate(&bench, &random)
      for event in events {
        guard case .executionReport(let report) = event.payload else { continue }
        #expect(executions.insert(report.executionID).inserted, "seed \(seed) step \(step)")
      }
      if step % Self.operationsPerCheck == 0, let fault = bench.exchange.brokenInvariant() {
        Issue.record("seed \(seed) step \(step): \(fault)")
        return
      }
    }
    // What was there, plus what trading brought, is what is there.
    #expect(bench.balance("BTC").total == "5" + bench.ledger.netPosition)
    let totals = bench.ledger.totals
    #expect(bench.balance("USDT").total == "100000" - totals.paidQuote + totals.receivedQuote - totals.quoteFees)
    #expect(bench.balance("BNB").total == "1" - totals.discountFees)
    var filled: [VenueOrderID: FixedDecimal] = [:]
    for trade in bench.exchange.trades(of: Bench.account, Bench.symbol) {
      filled[trade.orderID, default: .zero] += trade.quantity
    }
    for order in bench.exchange.orders(of: Bench.account, Bench.symbol) {
      #expect(order.executedQuantity == filled[order.id, default: .zero])
    }
    #expect(bench.exchange.trades(of: Bench.account, Bench.symbol).count > 30)
  }

  private static func operate(_ bench: inout Bench, _ random: inout SeededRandom) -> [PaperEvent] {
    let last = bench.exchange.lastPrice(of: Bench.symbol) ?? "60000"
    func quantity(_ random: inout SeededRandom) -> FixedDecimal {
      FixedDecimal(Int(random.number(in: 10...30_000))) * "0.00001"
    }
    func near(_ random: inout SeededRandom, _ side: Int64) -> FixedDecimal {
      last + FixedDecimal(Int(side * random.number(in: 1...900)))
    }
    let open = bench.exchange.openOrders(of: Bench.account, Bench.symbol)
    let size = quantity(&random)
    let (above, below) = (near(&random, 1), near(&random, -1))
    switch random.number(in: 0...11) {
    case 0:
      return bench.place(.market(Bench.symbol, random.chance(perMille: 500) ? .buy : .sell, quantity: size)).events
    case 1: return bench.place(.limit(Bench.symbol, .buy, quantity: size, price: below)).events
    case 2: return bench.place(.limit(Bench.symbol, .sell, quantity: size, price: above)).events
    case 3:
      return bench.place(
        .oco(
          above: .takeProfit(Bench.symbol, .sell, quantity: size, stopPrice: above),
          below: .stopLoss(Bench.symbol, .sell, quantity: size, stopPrice: below))
      ).events
    case 4:
      return bench.place(
        .oco(
          above: .stopLoss(Bench.symbol, .buy, quantity: size, stopPrice: above),
          below: .limitMaker(Bench.symbol, .buy, quantity: size, price: below))
      ).events
    case 5, 6:
      let shapes: [PaperOrderList.Shape] = [.otoco, .opoco]
      let shape = shapes[Int(random.next() % 2)]
      var tp = NewOrder.limitMaker(Bench.symbol, .sell, quantity: size, price: above)
      var sl = NewOrder.stopLoss(Bench.symbol, .sell, quantity: size, stopPrice: below - "100")
      if shape == .opoco {
        tp.quantity = nil
        sl.quantity = nil
      }
      let working = NewOrder.limit(Bench.symbol, .buy, quantity: size, price: below)
      return bench.place(NewOrderList(shape: shape, symbol: Bench.symbol, working: working, pending: [tp, sl])).events
    case 7:
      guard let order = open.randomElement(using: &random) else { return [] }
      let target = OrderLookup(Bench.symbol, orderID: order.id)
      return bench.exchange.cancel(CancelOrder(target), for: Bench.account, at: bench.tick()).events
    case 8:
      guard let order = open.randomElement(using: &random) else { return [] }
      let target = OrderLookup(Bench.symbol, orderID: order.id)
      let smaller = (order.quantity * "0.7").rounded(toMultipleOf: "0.00001", .down)
      return bench.exchange.amend(
        AmendOrder(target, newQuantity: smaller), for: Bench.account, at: bench.tick()
      ).events
    case 9:
      guard let order = open.filter(\.isWorking).randomElement(using: &random) else { return [] }
      let part = FixedDecimal.min(size, order.remainingQuantity)
      return bench.exchange.fill(Bench.account, order.key, quantity: part, at: bench.tick()).events
    default:
      let moved = last + FixedDecimal(Int(random.number(in: -700...700)))
      return bench.price(FixedDecimal.max(moved, "50000"))
    }
  }
}
