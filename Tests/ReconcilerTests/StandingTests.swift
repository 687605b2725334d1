@testable import Reconciler
import Testing
import Trading
import Venue

/// What watchers and gauges are told of a symbol, without the cost of a full status.
struct StandingTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])

  private func standing(_ venue: ScriptedVenue) -> [String] {
    let standing = venue.core.standing(of: venue.symbol)
    return [standing.protection.rawValue, standing.activity.rawValue]
  }

  @Test func `before the account is known a symbol is unknown, and one that never traded is flat`() {
    var venue = ScriptedVenue()
    #expect(standing(venue) == ["unknown", "still"])
    venue.start()
    venue.answerSnapshots()
    #expect(standing(venue) == ["flat", "still"])
  }

  @Test func `0.5 that a first reading shows make the account known when a second one tells where they are from`() {
    var venue = ScriptedVenue()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    venue.feed(.streamOpened(epoch: 1))
    venue.answerSnapshot()
    #expect(standing(venue) == ["unknown", "still"])
    venue.answerSnapshot()
    #expect(standing(venue) == ["flat", "still"])
  }

  @Test func `a leg of 0.0999 is placed, asked for after 400 ms without an answer, and then covers`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    #expect(standing(venue) == ["naked", "placing"])
    #expect(venue.core.hasWriteInFlight)
    #expect(venue.core.nakedSince(venue.symbol) == venue.now)
    #expect(venue.core.protection.nakedSince == [venue.symbol: venue.now])
    venue.advance(.milliseconds(400))
    #expect(standing(venue) == ["naked", "asking"])
    venue.acceptAll()
    #expect(standing(venue) == ["covered", "still"])
    #expect(!venue.core.hasWriteInFlight)
    #expect(venue.core.nakedSince(venue.symbol) == nil)
    #expect(venue.core.protection.coverage.map(\.covered) == ["0.0999"])
  }

  @Test func `a refused leg waits, a sale by others cancels or shrinks, and a flatten exits`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.reject(.insufficientBalance)
    #expect(standing(venue) == ["naked", "waiting"])
    venue.advance(.milliseconds(250))
    venue.answerSnapshots()
    venue.acceptAll()
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.05")
    venue.fill(sale.venueOrderID, "0.05", at: "60000")
    #expect(standing(venue) == ["covered", "amending"])
    venue.acceptAll()
    venue.feed(.request(.flatten(venue.symbol)))
    #expect(standing(venue) == ["covered", "cancelling"])
    venue.accept()
    #expect(standing(venue) == ["naked", "exiting"])
  }
}
