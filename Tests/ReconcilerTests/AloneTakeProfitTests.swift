import Testing
import Trading
import Venue

@testable import Reconciler

/// A take-profit whose stop ended while no guardian lived, and which the venue has archived since (fault RS15).
struct AloneTakeProfitTests {
  private static let bracket = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])

  /// A lot of 0.1 under a pair whose stop has vanished, and after it a guardian that reads for 20 s; the venue takes
  /// what it sends.
  ///
  /// - Parameter meanwhile: what else the venue and the mirror say; it is given both legs.
  private func reborn(
    _ meanwhile: (inout ScriptedVenue, inout MirrorState, _ stop: Order, _ takeProfit: Order) -> Void
  ) throws -> ScriptedVenue {
    var venue = ScriptedVenue.ready(bracket: Self.bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let stop = try #require(venue.restingStops.first)
    venue.orders[stop.venueOrderID] = nil
    let takeProfit = try #require(venue.openOrders.first { $0.orderListID == stop.orderListID })
    var memory = venue.remembered()
    memory.orders.removeAll { $0.venueOrderID == stop.venueOrderID }
    meanwhile(&venue, &memory, stop, takeProfit)
    venue.advance(.seconds(60))
    var again = venue.reborn(bracket: Self.bracket)
    again.start(from: memory)
    for _ in 0..<20 {
      again.readOn(seconds: 1)
      again.acceptAll()
    }
    return again
  }

  @Test(arguments: [false, true])
  func `a take-profit that readings show without its stop is replaced, whoever had the stop's name before`(
    bearsOldName: Bool
  ) throws {
    let venue = try reborn { _, memory, stop, _ in
      memory.orders.removeAll { $0.orderListID == stop.orderListID }
      guard bearsOldName else { return }
      // A life without memory has given the name again (fault PR04, B407).
      var older = stop
      older.venueOrderID = 900
      older.orderListID = 900
      older.status = .canceled
      memory.orders.append(older)
    }
    #expect(venue.stopQuantity == "0.0999")
    #expect(venue.openOrders.count == 2)
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a take-profit that somebody has renamed is replaced as well, once readings show it without its stop`()
    throws
  {
    var renamed: VenueOrderID?
    let venue = try reborn { venue, _, _, takeProfit in
      venue.orders[takeProfit.venueOrderID]?.clientOrderID = "x7Gq2"
      renamed = takeProfit.venueOrderID
    }
    #expect(renamed.flatMap { venue.orders[$0]?.status } == .canceled)
    #expect(venue.stopQuantity == "0.0999")
    #expect(venue.coverage?.state == .covered)
  }
}
