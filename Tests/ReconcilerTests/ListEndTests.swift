import Reconciler
import Testing
import Trading
import Venue

/// An order list is reported member by member: what a report of one of them means.
struct ListEndTests {
  private static let pair = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])

  /// A lot of 0.0999 under its pair, in a wallet that holds 1 BTC of other coins.
  private func pairBesideOtherCoins() -> ScriptedVenue {
    var venue = ScriptedVenue(bracket: Self.pair)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.start()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    return venue
  }

  @Test func `a cancelled list holds its base until its last member is reported: the exit takes all of it`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.feed(.request(.flatten("BTCUSDT")))
    guard let command = venue.pending.first?.command else { return #expect(Bool(false)) }
    let ended = venue.execute(command).orders
    for order in ended { venue.tell(order, .canceled, nil) }
    guard case .placeLeg(let exit)? = venue.sent.last else { return #expect(Bool(false)) }
    #expect(exit.quantity == "0.0999")
  }

  @Test func `a stop whose take-profit has filled covers nothing, and is asked about after 400 ms`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard var target = venue.openOrders.first(where: { $0.type == .takeProfit }) else { return #expect(Bool(false)) }
    target.status = .partiallyFilled
    target.isWorking = true
    target.executedQuantity = "0.01"
    venue.tell(target, .trade, nil)
    #expect(venue.coverage?.covered == "0.04995")
    venue.advance(.milliseconds(399))
    #expect(venue.queriesAsked.isEmpty)
    venue.advance(.milliseconds(1))
    #expect(venue.queriesAsked.count == 1)
  }

  @Test func `a stop whose take-profit was cancelled alone is asked about after 100 ms and not doubled`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard var target = venue.openOrders.first(where: { $0.type == .takeProfit }) else { return #expect(Bool(false)) }
    target.status = .expiredInMatch
    venue.orders[target.venueOrderID] = target
    venue.tell(target, .tradePrevention, nil)
    venue.advance(.milliseconds(100))
    #expect(venue.queriesAsked.count == 1)
    venue.answerQueries()
    venue.advance(.seconds(5))
    #expect(venue.sent.count == 1)
    #expect(venue.coverage?.covered == "0.0999")
  }

  @Test func `between a stop's end by its trigger and its take-profit's fill nothing is placed over other coins`() {
    var venue = pairBesideOtherCoins()
    guard var stop = venue.restingStops.first else { return #expect(Bool(false)) }
    stop.status = .expired
    stop.expiryReason = "OCO_TRIGGER"
    venue.orders[stop.venueOrderID] = stop
    venue.tell(stop, .expired, nil)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    #expect(venue.sent.count == 1)
    guard let target = venue.openOrders.first(where: { $0.type == .takeProfit }) else { return #expect(Bool(false)) }
    venue.fill(target.venueOrderID, target.quantity, at: "60600")
    venue.advance(.seconds(1))
    #expect(venue.sent.count == 1)
    #expect(venue.core.status.lots.isEmpty)
  }

  @Test func `a stop that an earlier life saw renamed is still its take-profit's: its end gives that 100 ms to fill`() {
    var venue = pairBesideOtherCoins()
    guard let stop = venue.restingStops.first else { return #expect(Bool(false)) }
    venue.orders[stop.venueOrderID]?.clientOrderID = "x7Gq2"
    var again = venue.reborn()
    again.start()
    again.answerQueries()
    for _ in 1...4 {
      again.advance(.seconds(5))
      again.answerSnapshots()
      again.answerQueries()
    }
    #expect(again.sent.isEmpty)
    #expect(again.coverage?.covered == "0.0999")
    guard var ended = again.restingStops.first,
      let target = again.openOrders.first(where: { $0.type == .takeProfit })
    else { return #expect(Bool(false)) }
    ended.status = .expired
    again.orders[ended.venueOrderID] = ended
    again.tell(ended, .expired, nil)
    again.feed(.event(.balances(Array(again.balances.values), at: again.venueTime)))
    #expect(again.sent.isEmpty)
    again.fill(target.venueOrderID, target.quantity, at: "60600")
    again.advance(.seconds(1))
    #expect(again.sent.isEmpty)
    #expect(again.core.status.lots.isEmpty)
  }

  /// Bots, humans and earlier lives place pairs too, and the venue reports their ends in the same order.
  @Test func `when the stop of a bot's own pair ends, its take-profit gets 100 ms to fill before the lot is covered`() {
    for fills in [true, false] {
      var venue = ScriptedVenue(bracket: Bracket(stop: .percent("1"), takeProfits: []))
      venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
      venue.start()
      var stop = venue.makeOrder(id: "bot_s", side: .sell, type: .stopLoss, quantity: "0.0999", trigger: "59000")
      var target = venue.makeOrder(id: "bot_t", side: .sell, type: .takeProfit, quantity: "0.0999", trigger: "61000")
      for order in [stop, target] { venue.orders[order.venueOrderID]?.orderListID = OrderListID(77) }
      (stop.orderListID, target.orderListID) = (OrderListID(77), OrderListID(77))
      venue.tell(stop, .new, nil)
      venue.tell(target, .new, nil)
      venue.enter("0.1", at: "60000")
      #expect(venue.sent.isEmpty)
      stop.status = .expired
      venue.orders[stop.venueOrderID] = stop
      venue.tell(stop, .expired, nil)
      venue.advance(.milliseconds(99))
      #expect(venue.sent.isEmpty)
      if fills { venue.fill(target.venueOrderID, target.quantity, at: "61000") }
      venue.advance(.milliseconds(1))
      #expect(venue.sent.count == (fills ? 0 : 1))
    }
  }

  @Test func `a pair counts as placed when both of its members were seen`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    guard let command = venue.pending.first?.command else { return #expect(Bool(false)) }
    let legs = venue.execute(command).orders
    venue.tell(legs[0], .new, nil)
    #expect(venue.sent.count == 1)
    venue.tell(legs[1], .new, nil)
    #expect(venue.sent.count == 2)
  }

  @Test func `a list that a human cancels is not cancelled again between the reports of its members`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard let list = venue.openOrders.first?.orderListID else { return #expect(Bool(false)) }
    let ended = venue.execute(.cancelList(ListCancel(symbol: "BTCUSDT", orderListID: list))).orders
    for order in ended { venue.tell(order, .canceled, nil) }
    venue.acceptAll()
    #expect(venue.sent.allSatisfy { $0.name == "place_oco" })
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a take-profit whose stop ended alone is taken down after 100 ms`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard var stop = venue.restingStops.first else { return #expect(Bool(false)) }
    stop.status = .expired
    venue.orders[stop.venueOrderID] = stop
    venue.tell(stop, .expired, nil)
    venue.advance(.milliseconds(99))
    #expect(venue.sent.last?.name == "place_oco")
    venue.advance(.milliseconds(1))
    #expect(venue.sent.last?.name == "cancel_list")
  }

  @Test func `a crossed stop under the clamp policy asks for the price at once`() {
    var bracket = Bracket(stop: .percent("1"), takeProfits: [])
    bracket.onCrossedStop = .clamp
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    #expect(venue.snapshotsAsked.map(\.scope.prices) == [["BTCUSDT"]])
  }
}
