@testable import Reconciler
import Testing
import Trading
import Venue

/// What a mirror that came back late tells of entries that this life knows already (promise I6, fault DB01).
struct LateMirrorTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])

  @Test func `all purchases of an open lot are taken, although the mirror gives back one fill beyond open lots only`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.02", at: "60000", id: "older")
    venue.enter("0.01", at: "60000", id: "younger")
    var memory = venue.remembered()
    memory.newestFillsPerSymbol = 1
    memory.tradeCursors[venue.symbol] = memory.fills.map(\.tradeID).max()
    var again = venue.reborn(bracket: Self.stopOnly)
    // The orders are read, and none of their trades.
    again.fills = []
    again.start(from: nil)
    #expect(again.core.ledger.allOpen.map { again.core.ledger.filled($0.lot.id).quantity } == ["0", "0"])
    again.feed(.restored(memory))
    #expect(again.core.ledger.allOpen.map { again.core.ledger.filled($0.lot.id).quantity } == ["0.02", "0.01"])
    #expect(again.core.ledger.allOpen.map(\.lot.baseFee) == venue.core.ledger.allOpen.map(\.lot.baseFee))
  }

  @Test func `an entry of 0.03 whose first 0.01 only the mirror tells of has its stop 1 percent below 60,000`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    let entry = venue.makeOrder(id: "bid", side: .buy, type: .limit, quantity: "0.03", price: "60000")
    venue.fill(entry.venueOrderID, "0.01", at: "60000")
    let memory = venue.remembered()
    venue.fill(entry.venueOrderID, "0.02", at: "60000", tell: false)
    var again = venue.reborn(bracket: Self.stopOnly)
    // A replica that is behind shows the order as it was placed.
    again.orders = [entry.venueOrderID: entry]
    again.fills = []
    again.start(from: nil)
    again.feed(.restored(memory))
    again.fills = venue.fills
    again.readOn(seconds: 3)
    again.acceptAll()
    #expect(again.restingStops.map(\.triggerPrice) == ["59400"])
    #expect(again.core.ledger.allOpen.map(\.lot.filledQuote) == ["1800"])
  }

  @Test func `a sale that closed the last of one lot and half of the next closes no more when rows are told 3 times`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.01", at: "60000", id: "older")
    venue.enter("0.01", at: "60000", id: "younger")
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.015", price: .zero)
    venue.fill(sale.venueOrderID, "0.015", at: "60000")
    // The mirror has forgotten the older one, which is closed.
    var memory = venue.remembered()
    memory.closedLots = []
    memory.unmatchedSales = []
    memory.closures.removeAll { closure in !memory.lots.contains { $0.id == closure.lot } }
    for _ in 1...3 {
      venue.feed(.restored(memory))
      #expect(venue.core.ledger.allOpen.map(\.lot.openQuantity) == ["0.00498"])
    }
  }
}
