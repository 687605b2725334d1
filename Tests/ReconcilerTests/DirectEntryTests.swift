import Reconciler
import Testing
import Trading
import Venue

/// Layer 3: entry and legs in one request.
struct DirectEntryTests {
  private func entry(_ quantity: FixedDecimal = "0.1", id: ClientOrderID = "direct1") -> EntryPlacement {
    EntryPlacement(symbol: "BTCUSDT", clientOrderID: id, side: .buy, type: .market, quantity: quantity)
  }

  @Test func `an entry filled in its reply gets its legs without any event, and the rows say direct`() {
    var venue = ScriptedVenue.ready()
    venue.feed(.request(.enter(requestID: 7, entry(), bracket: nil, strategy: nil)))
    let (id, command) = venue.pending.removeFirst()
    guard let order = venue.execute(command).orders.first else { return #expect(Bool(false)) }
    venue.fill(order.venueOrderID, "0.1", at: "60000", tell: false)
    let receipt = CommandReceipt(orders: [venue.orders[order.venueOrderID] ?? order], fills: venue.fills)
    venue.feed(.outcome(id: id, .accepted(receipt)))
    #expect(venue.pending.count == 1)
    venue.acceptAll()
    #expect(venue.reports[7]?.state == .covered)
    #expect(venue.reports[7]?.coveredQuantity == "0.0999")
    #expect(venue.core.status.legs.allSatisfy { $0.source == .direct })
  }

  @Test func `an entry above risk.order_notional_max 1000 is refused and nothing is sent`() {
    var venue = ScriptedVenue()
    var policy = ScriptedVenue.policy()
    policy.risk.orderNotionalMax = "1000"
    venue.core = AccountCore(policy: policy)
    venue.start()
    var placement = entry()
    placement.type = .limit
    placement.price = "60000"
    venue.feed(.request(.enter(requestID: 1, placement, bracket: nil, strategy: nil)))
    #expect(venue.sent.isEmpty)
    #expect(venue.reports[1]?.state == .rejected)
    #expect(venue.reports[1]?.detail.contains("risk.order_notional_max 1000") == true)
  }

  @Test func `a stop above the entry price is refused with both prices`() {
    var venue = ScriptedVenue.ready()
    var placement = entry()
    placement.type = .limit
    placement.price = "60000"
    let bracket = Bracket(stop: .price("61000"), takeProfits: [])
    venue.feed(.request(.enter(requestID: 2, placement, bracket: bracket, strategy: nil)))
    #expect(venue.sent.isEmpty)
    #expect(venue.reports[2]?.detail == "stop 61000 is not below the entry price 60000 of a long position")
  }

  @Test func `an entry whose reply is lost is found by its client id and covered`() {
    var venue = ScriptedVenue.ready()
    venue.feed(.request(.enter(requestID: 3, entry(), bracket: nil, strategy: nil)))
    let command = venue.pending.removeFirst().command
    guard let order = venue.execute(command).orders.first else { return #expect(Bool(false)) }
    venue.fill(order.venueOrderID, "0.1", at: "60000", tell: false)
    venue.advance(.milliseconds(400))
    venue.answerQueries()
    for _ in 0..<4 {
      venue.acceptAll()
      venue.advance(.milliseconds(100))
      venue.answerSnapshots()
    }
    #expect(venue.reports[3]?.state == .covered)
    #expect(venue.stopQuantity.isPositive)
  }
}
