import Testing
import Trading
import Venue

@testable import Reconciler

/// A stop whose client id somebody's amend has changed, in a life that cannot know the old one (fault OL16).
struct RenamedStopTests {
  private static let bracket = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])

  /// A lot of 0.1 under a pair whose stop somebody has renamed, and after it a guardian that has just been born and
  /// reads for 20 s; the venue takes what it sends.
  ///
  /// - Parameter meanwhile: what else happened before the old guardian was gone.
  private func renamed(_ meanwhile: (inout ScriptedVenue) -> Void = { _ in }) -> ScriptedVenue {
    var venue = ScriptedVenue.ready(bracket: Self.bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    for var stop in venue.restingStops {
      stop.clientOrderID = "x7Gq2"
      venue.orders[stop.venueOrderID] = stop
    }
    meanwhile(&venue)
    venue.advance(.seconds(60))
    var again = venue.reborn(bracket: Self.bracket)
    again.start()
    for _ in 0..<20 {
      again.readOn(seconds: 1)
      again.acceptAll()
    }
    return again
  }

  @Test func `a take-profit is not taken down as alone while a stop of its list stands under another name`() {
    let venue = renamed()
    #expect(venue.sent.isEmpty)
    #expect(venue.stopQuantity == "0.0999")
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a renamed stop of 0.0999 is cut to 0.0499 when half of its lot is sold by hand`() {
    let venue = renamed { venue in
      let sale = venue.makeOrder(id: "hand", side: .sell, type: .market, quantity: "0.05", price: .zero)
      venue.fill(sale.venueOrderID, "0.05", at: "60000", tell: false)
    }
    #expect(venue.sent.map(\.name) == ["amend"])
    #expect(venue.stopQuantity == "0.0499")
  }
}
