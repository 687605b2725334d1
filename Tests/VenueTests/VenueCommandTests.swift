import Testing
import Trading
import Venue

/// The venue-neutral language says what it means.
struct VenueCommandTests {
  private let terms = LegTerms(clientOrderID: "A", type: .stopLoss, triggerPrice: 5)

  private var commands: [VenueCommand] {
    [
      .placeOCO(OCOPlacement(symbol: "BTCUSDT", listClientOrderID: "L", quantity: 1, takeProfit: terms, stop: terms)),
      .placeLeg(LegPlacement(symbol: "BTCUSDT", quantity: 1, terms: terms)),
      .amend(Amendment(symbol: "BTCUSDT", venueOrderID: 1, clientOrderID: "A", newQuantity: 1)),
      .cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 1)),
      .cancelList(ListCancel(symbol: "BTCUSDT", orderListID: 1)),
      .placeEntry(EntryPlacement(symbol: "BTCUSDT", clientOrderID: "A", side: .buy, type: .market, quantity: 1)),
    ]
  }

  @Test func `every command names its symbol and has a name of its own`() {
    #expect(commands.allSatisfy { $0.symbol == "BTCUSDT" })
    #expect(Set(commands.map(\.name)).count == commands.count)
  }

  @Test func `protective writes come before reads, and background goes first`() {
    #expect(HTTPRequest.Purpose.background < .reconcile)
    #expect(HTTPRequest.Purpose.reconcile < .protect)
  }
}

/// Absence is not evidence: what a snapshot may claim.
struct VenueSnapshotTests {
  private func snapshot(balances: [Balance]?, orders: [Order]?, failures: [String] = []) -> VenueSnapshot {
    VenueSnapshot(
      requestedAt: Instant(nanoseconds: 0), venueTimeAtStart: Timestamp(milliseconds: 0), balances: balances,
      openOrders: orders, failures: failures)
  }

  @Test func `a snapshot with any failed part is not complete`() {
    #expect(snapshot(balances: [], orders: []).isComplete)
    #expect(!snapshot(balances: nil, orders: []).isComplete)
    #expect(!snapshot(balances: [], orders: nil).isComplete)
    #expect(!snapshot(balances: [], orders: [], failures: ["history of BTCUSDT"]).isComplete)
  }
}
