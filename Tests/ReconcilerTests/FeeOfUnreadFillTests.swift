import Testing
import Trading
import Venue

@testable import Reconciler

/// An entry that is known by its order alone is taken to have paid the usual fee (fault RS10).
struct FeeOfUnreadFillTests {
  @Test func `a start without the mirror cuts no stop by a fee that the fills may not have paid`() throws {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [])
    var venue = ScriptedVenue.ready(bracket: bracket)
    let id = venue.enter("0.1", at: "60000", tell: false)
    venue.fills[0].commission = .zero
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.1")
    venue.tell(try #require(venue.orders[id]), .trade, venue.fills[0])
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.1")
    venue.advance(.seconds(60))
    var again = venue
    again.core = AccountCore(policy: ScriptedVenue.policy(bracket))
    (again.pending, again.snapshotsAsked, again.queriesAsked, again.timers, again.sent) = ([], [], [], [:], [])
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    again.feed(.streamOpened(epoch: 1))
    again.answerSnapshot()
    again.answerQueries()
    #expect(again.sent.isEmpty)
    again.answerSnapshots()
    #expect(again.sent.isEmpty)
    #expect(again.coverage?.state == .covered)
  }

  @Test func `a stop is not cut by the assumed fee a second time when the wallet shows that it was paid`() throws {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    let id = venue.enter("0.1", at: "60000", tell: false)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    venue.tell(try #require(venue.orders[id]), .trade, nil)
    venue.acceptAll()
    #expect(venue.balances["BTC"]?.total == "0.0999")
    #expect(venue.stopQuantity == "0.0999")
  }
}
