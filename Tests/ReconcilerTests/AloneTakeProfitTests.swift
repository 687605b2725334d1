import Testing
import Trading
import Venue

@testable import Reconciler

/// A take-profit whose stop ended while no guardian lived, and which the venue has archived since (fault RS15).
struct AloneTakeProfitTests {
  private static let bracket = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])

  @Test(arguments: [false, true])
  func `a take-profit that readings show without its stop is replaced, whoever had the stop's name before`(
    bearsOldName: Bool
  ) throws {
    var venue = ScriptedVenue.ready(bracket: Self.bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let stop = try #require(venue.restingStops.first)
    venue.orders[stop.venueOrderID] = nil
    var memory = venue.remembered()
    memory.orders.removeAll { $0.orderListID == stop.orderListID }
    if bearsOldName {
      // A life without memory has given the name again (fault PR04, B407).
      var older = stop
      older.venueOrderID = 900
      older.orderListID = 900
      older.status = .canceled
      memory.orders.append(older)
    }
    venue.advance(.seconds(60))
    var again = venue.reborn(bracket: Self.bracket)
    again.start(from: memory)
    for _ in 0..<20 {
      again.readOn(seconds: 1)
      again.acceptAll()
    }
    #expect(again.stopQuantity == "0.0999")
    #expect(again.openOrders.count == 2)
    #expect(again.coverage?.state == .covered)
  }

  @Test func `a take-profit that somebody has renamed is replaced as well, once readings show it without its stop`()
    throws
  {
    var venue = ScriptedVenue.ready(bracket: Self.bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let stop = try #require(venue.restingStops.first)
    venue.orders[stop.venueOrderID] = nil
    var memory = venue.remembered()
    memory.orders.removeAll { $0.venueOrderID == stop.venueOrderID }
    let takeProfit = try #require(venue.openOrders.first { $0.orderListID == stop.orderListID })
    venue.orders[takeProfit.venueOrderID]?.clientOrderID = "x7Gq2"
    venue.advance(.seconds(60))
    var again = venue.reborn(bracket: Self.bracket)
    again.start(from: memory)
    for _ in 0..<20 {
      again.readOn(seconds: 1)
      again.acceptAll()
    }
    #expect(again.orders[takeProfit.venueOrderID]?.status == .canceled)
    #expect(again.stopQuantity == "0.0999")
    #expect(again.coverage?.state == .covered)
  }
}
