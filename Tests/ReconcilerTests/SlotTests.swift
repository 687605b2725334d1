import Reconciler
import Testing
import Trading
import Venue

/// Conditional-order slots are few: what is given up, in which order, and never the stop.
struct SlotTests {
  @Test func `with 5 slots the first lot takes 4, the second 1, and a third makes room by merging`() {
    var venue = ScriptedVenue.ready()
    for number in 1...3 {
      venue.enter("0.1", at: "60000", id: ClientOrderID("bot\(number)"))
      settle(&venue)
    }
    #expect(venue.openOrders.filter { $0.type.isConditional }.count <= 5)
    #expect(venue.stopQuantity == "0.2997")
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `8 lots on one symbol with 5 slots are all covered`() {
    var venue = ScriptedVenue.ready()
    for number in 1...8 {
      venue.enter("0.1", at: "60000", id: ClientOrderID("bot\(number)"))
      settle(&venue)
    }
    #expect(venue.stopQuantity == "0.7992")
    #expect(venue.openOrders.filter { $0.type.isConditional }.count <= 5)
  }

  @Test func `somebody's stop-limits that have triggered and rest as limits take no slots`() {
    var venue = ScriptedVenue(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.start()
    for number in 1...5 {
      var order = venue.makeOrder(
        id: ClientOrderID("web_\(number)"), side: .sell, type: .stopLossLimit, quantity: "0.01", price: "70000",
        trigger: "69000")
      order.isWorking = true
      venue.orders[order.venueOrderID] = order
      venue.tell(order, .new, nil)
    }
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
    #expect(!venue.standing(.noSlot))
  }

  @Test func `a maker take-profit that fills in part is taken down and the rest gets a new pair`() {
    let bracket = Bracket(
      stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")], takeProfitStyle: .maker)
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard let target = venue.openOrders.first(where: { $0.type == .limitMaker }) else { return #expect(Bool(false)) }
    venue.fill(target.venueOrderID, "0.02", at: "60600")
    settle(&venue)
    #expect(venue.orders[target.venueOrderID]?.isOpen == false)
    #expect(venue.stopQuantity == "0.0799")
  }

  @Test func `a foreign limit order that holds the base is named and not touched`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000", tell: false)
    venue.makeOrder(id: "web_9", side: .sell, type: .limit, quantity: "0.0999", price: "70000")
    venue.advance(.seconds(30))
    venue.answerSnapshots()
    #expect(venue.sent.isEmpty)
    #expect(venue.standing(.baseLocked))
    #expect(venue.coverage?.state == .naked)
    #expect(venue.coverage?.reasons.contains("base_locked_by_foreign_order") == true)
  }

  private func settle(_ venue: inout ScriptedVenue) {
    for _ in 0..<6 {
      venue.acceptAll()
      venue.advance(.seconds(2))
      venue.answerSnapshots()
      venue.answerQueries()
    }
  }

  @Test func `a list that made room for nothing is not taken down again`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    for number in 1...4 {
      let order = venue.makeOrder(
        id: ClientOrderID("web_\(number)"), side: .buy, type: .stopLoss, quantity: "0.1", trigger: "90000")
      venue.tell(order, .new, nil)
    }
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.enter("0.1", at: "62000", id: "bot2")
    // Somebody else takes the slot that each removal frees.
    for number in 5...6 {
      guard case .cancelList? = venue.pending.first?.command else { break }
      let order = venue.makeOrder(
        id: ClientOrderID("web_\(number)"), side: .buy, type: .stopLoss, quantity: "0.1", trigger: "90000")
      venue.tell(order, .new, nil)
      venue.accept()
    }
    let writes = venue.sent.count
    for _ in 0..<20 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    #expect(venue.sent.count <= writes + 1)
  }

  @Test func `a new entry is covered although the venue now allows half as many stops as stand`() {
    var venue = ScriptedVenue()
    var instrument = ScriptedVenue.instrument
    instrument.filters.algoOrdersMax = 10
    venue.start()
    venue.feed(.instruments([instrument]))
    for number in 1...3 {
      venue.enter("0.1", at: "60000", id: ClientOrderID("bot\(number)"))
      settle(&venue)
    }
    #expect(venue.openOrders.filter { $0.type.isConditional }.count > 5)
    instrument.filters.algoOrdersMax = 4
    venue.feed(.instruments([instrument]))
    venue.enter("0.1", at: "60000", id: "bot4")
    venue.acceptAll()
    settle(&venue)
    #expect(venue.stopQuantity == "0.3996")
    #expect(venue.openOrders.filter { $0.type.isConditional }.count <= 4)
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a pair that finds 1 slot of 5, because somebody's stop came between, goes with a maker take-profit`() {
    var venue = ScriptedVenue.ready(
      bracket: Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")]))
    func restStop(_ number: Int) -> Order {
      venue.makeOrder(
        id: ClientOrderID("own\(number)"), side: .sell, type: .stopLoss, quantity: "0.001", trigger: "50000")
    }
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.1")
    for number in 1...3 { venue.tell(restStop(number), .new, nil) }
    venue.enter("0.1", at: "60000")
    venue.tell(restStop(4), .new, nil)
    venue.reject(.openOrderLimit, code: -1013)
    venue.advance(.milliseconds(250))
    venue.acceptAll()
    #expect(venue.openOrders.suffix(2).map(\.type) == [.stopLoss, .limitMaker])
  }
}
