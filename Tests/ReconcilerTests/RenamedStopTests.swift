import Testing
import Trading
import Venue

@testable import Reconciler

/// A stop whose client id somebody's amend has changed, in a life that cannot know the old one (fault OL16).
struct RenamedStopTests {
  @Test func `a take-profit is not taken down as alone while a stop of its list stands under another name`() {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard var stop = venue.restingStops.first else { return #expect(Bool(false)) }
    stop.clientOrderID = "x7Gq2"
    venue.orders[stop.venueOrderID] = stop
    venue.advance(.seconds(60))
    var again = venue
    again.core = AccountCore(policy: ScriptedVenue.policy(bracket))
    (again.pending, again.snapshotsAsked, again.queriesAsked, again.timers, again.sent) = ([], [], [], [:], [])
    again.start(from: nil)
    for _ in 0..<20 {
      again.answerQueries()
      again.advance(.seconds(1))
      again.answerSnapshots()
    }
    #expect(again.sent.isEmpty)
    #expect(again.stopQuantity == "0.0999")
    #expect(again.coverage?.state == .covered)
  }

  @Test func `a renamed stop of 0.0999 is cut to 0.0499 when half of its lot is sold by hand`() {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard var stop = venue.restingStops.first else { return #expect(Bool(false)) }
    stop.clientOrderID = "x7Gq2"
    venue.orders[stop.venueOrderID] = stop
    let sale = venue.makeOrder(id: "hand", side: .sell, type: .market, quantity: "0.05", price: .zero)
    venue.fill(sale.venueOrderID, "0.05", at: "60000", tell: false)
    venue.advance(.seconds(60))
    var again = venue
    again.core = AccountCore(policy: ScriptedVenue.policy(bracket))
    (again.pending, again.snapshotsAsked, again.queriesAsked, again.timers, again.sent) = ([], [], [], [:], [])
    again.start(from: nil)
    for _ in 0..<20 {
      again.answerQueries()
      again.advance(.seconds(1))
      again.answerSnapshots()
      again.acceptAll()
    }
    #expect(again.sent.map(\.name) == ["amend"])
    #expect(again.stopQuantity == "0.0499")
  }
}
