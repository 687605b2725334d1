import Testing
import Trading
import Venue

@testable import Reconciler

/// Legs of closed lots that sell what is left of others.
struct MergedRestTests {
  @Test func `a rest below every minimum is not closed as dust while a closed lot's leg is selling it`() throws {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    for (id, quantity) in [("one", "0.1"), ("two", "0.001"), ("three", "0.1")] {
      venue.enter(FixedDecimal(quantity) ?? .zero, at: "60000", id: ClientOrderID(id))
      venue.acceptAll()
    }
    let first = try #require(venue.restingStops.first)
    // 0.001 is sold by hand, out of the first lot; what stands too much is still being cut.
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.001")
    venue.fill(sale.venueOrderID, "0.001", at: "59500")
    // The first lot's stop sells that lot and all but 0.000049 of the second.
    venue.fill(first.venueOrderID, "0.09985", at: "59400")
    let lots = venue.core.status.lots
    #expect(lots.map(\.openQuantity) == ["0.000049", "0.0999"])
    venue.fill(first.venueOrderID, "0.00005", at: "59400")
    #expect(venue.core.status.lots.map(\.openQuantity) == ["0.099899"])
  }
}
