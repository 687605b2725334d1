import Testing
import Trading
import Venue

@testable import Reconciler

/// A life without memory gives names that an earlier one gave, and hears of their older bearers later (fault PR04).
struct OlderBearerTests {
  private static let pair = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])

  @Test func `the end of an older pair that bore the same names does not answer for one whose reply was lost`() {
    var venue = ScriptedVenue(bracket: Self.pair)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.start()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard let list = venue.openOrders.first?.orderListID else { return #expect(Bool(false)) }
    let older = venue.execute(.cancelList(ListCancel(symbol: "BTCUSDT", orderListID: list))).orders
    for order in older { venue.orders[order.venueOrderID] = nil }
    venue.advance(.seconds(10))
    var again = venue.reborn(bracket: Self.pair)
    again.start()
    again.feed(.event(.balances(Array(again.balances.values), at: again.venueTime)))
    for _ in 0..<12 where again.pending.isEmpty { again.readOn(seconds: 1) }
    #expect(again.sent.map(\.placedIDs.legs) == [older.map(\.clientOrderID)])
    again.executeSilently()
    // A replica that lags hid them from the first reading.
    for order in older { again.tell(order, .canceled, nil) }
    #expect(again.sent.count == 1)
    again.advance(.milliseconds(400))
    again.answerQueries()
    again.answerSnapshots()
    #expect(again.sent.count == 1)
    #expect(again.stopQuantity == "0.0999")
    #expect(again.coverage?.state == .covered)
  }

  @Test func `an order that the venue dates to the whole millisecond before its sending is the one that was sent`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.venueTime = venue.venueTime + .microseconds(900)
    venue.enter("0.1", at: "60000")
    guard let command = venue.pending.first?.command else { return #expect(Bool(false)) }
    for var order in venue.execute(command).orders {
      order.createdAt = Timestamp(milliseconds: venue.venueTime.milliseconds)
      venue.tell(order, .new, nil)
    }
    venue.advance(.milliseconds(400))
    #expect(venue.queriesAsked.isEmpty)
    #expect(venue.coverage?.state == .covered)
  }
}
