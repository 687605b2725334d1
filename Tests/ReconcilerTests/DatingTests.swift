import Testing
import Trading
import Venue

@testable import Reconciler

/// Which of two wallet figures is newer, where the guardian's idea of the venue's clock is off (faults RS05, PR06).
struct DatingTests {
  @Test func `the first purchase of a life is covered at once though a clock 1 s ahead dated the readings before it`() {
    var venue = ScriptedVenue()
    venue.venueTime = venue.venueTime + .seconds(1)
    venue.start()
    venue.venueTime = venue.venueTime + .seconds(-1)
    let entry = venue.enter("0.1", at: "60000", tell: false)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    guard let order = venue.orders[entry] else { return }
    venue.tell(order, .trade, venue.fills.last)
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
    #expect(venue.stopQuantity == "0.0999")
  }
}
