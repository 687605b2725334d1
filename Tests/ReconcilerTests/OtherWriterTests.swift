import Testing
import Trading
import Venue

@testable import Reconciler

/// Two guardians with one tag key that both believe to hold the lease (promise I7, fault PR04).
struct OtherWriterTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])

  /// Everything is covered, and another guardian, which knows less, places one more leg of the same lot.
  ///
  /// - Parameter life: how long this one has run until then.
  private func doubled(after life: Duration = .seconds(11)) -> ScriptedVenue {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.advance(life)
    venue.answerSnapshots()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard let lot = venue.orders.values.first(where: { $0.side == .buy })?.key else { return venue }
    let name = LegName(lot: lot, tranche: 1, generation: 7, rangeStartSteps: 0)
    let policy = ScriptedVenue.policy()
    let leg = venue.makeOrder(
      id: name.id(.stopLoss, key: policy.tagKey, account: policy.account), side: .sell, type: .stopLoss,
      quantity: "0.09", trigger: "59400")
    let told = OrderUpdate(order: leg, execution: .new, fill: nil, eventTime: venue.venueTime)
    venue.feed(.event(.order(told)))
    return venue
  }

  @Test func `a stop that bears the name of a refused pair is not another guardian's: what it covers too much is cut`()
  {
    var venue = ScriptedVenue.ready(
      bracket: Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")]))
    venue.enter("0.1", at: "60000")
    venue.reject(.badPriceRelation)
    venue.advance(.milliseconds(300))
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.05", price: .zero)
    venue.fill(sale.venueOrderID, "0.05", at: "60000")
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0499")
  }

  @Test func `a leg that another guardian has just placed is not taken down`() {
    var venue = doubled()
    venue.advance(.milliseconds(4900))
    venue.answerSnapshots()
    #expect(venue.sent.count == 1)
    #expect(venue.openOrders.filter { $0.type.isStop }.count == 2)
  }

  @Test func `5 s after the other was last heard of what is too much is cut`() {
    var venue = doubled()
    venue.advance(.milliseconds(5100))
    #expect(venue.sent.count == 2)
    venue.acceptAll()
    let stops = venue.openOrders.filter { $0.type.isStop }.reduce(FixedDecimal.zero) { $0 + $1.quantity }
    #expect(stops <= "0.1")
  }

  @Test func `in the first 10 s of a life neither of two legs in one place is cut: one may have died unheard`() {
    var venue = doubled(after: .seconds(1))
    venue.advance(.milliseconds(8900))
    venue.acceptAll()
    #expect(venue.stopQuantity > "0.1")
    venue.advance(.milliseconds(2200))
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.stopQuantity <= "0.1")
  }

  @Test func `in the first 10 s of a life what this life has sent twice in one place is cut for a sale at once`() {
    let two = Bracket(
      stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "0.5"), .init(.percent("2"), share: "0.5")])
    var venue = ScriptedVenue.ready(bracket: two)
    venue.advance(.seconds(1))
    venue.answerSnapshots()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let one = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])
    venue.feed(.bracket(BracketRegistration(entryClientOrderID: "bot1", bracket: one)))
    for stop in venue.restingStops {
      for var leg in venue.openOrders where leg.orderListID == stop.orderListID {
        leg.status = .canceled
        venue.orders[leg.venueOrderID] = leg
        venue.tell(leg, .canceled, nil)
      }
      venue.acceptAll()
    }
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.06", price: .zero)
    venue.fill(sale.venueOrderID, "0.06", at: "60000")
    venue.acceptAll()
    #expect(venue.stopQuantity <= "0.04")
  }

  @Test(arguments: [(499, 1), (500, 2)])
  func `while another covers again what a flatten lays bare, one leg is taken down each 500 ms`(
    milliseconds: Int, takenDown: Int
  ) {
    var venue = doubled()
    venue.feed(.request(.flatten(venue.symbol)))
    venue.acceptAll()
    venue.advance(.milliseconds(milliseconds))
    venue.acceptAll()
    #expect(venue.sent.count { $0.name == "cancel_order" } == takenDown)
  }

  /// Lists taken down to make room for two more lots, 1 s apart, where every slot is taken.
  private func listsGivenUp(besideAnother: Bool) -> Int {
    var venue = ScriptedVenue.ready()
    for (index, id) in ["one", "two", "three"].enumerated() {
      venue.enter("0.1", at: "60000", id: ClientOrderID(id))
      venue.acceptAll()
      guard index == 2, besideAnother, let lot = venue.orders.values.first(where: { $0.side == .buy })?.key else {
        continue
      }
      let name = LegName(lot: lot, tranche: 1, generation: 7, rangeStartSteps: 0)
      let policy = ScriptedVenue.policy()
      let leg = venue.makeOrder(
        id: name.id(.stopLoss, key: policy.tagKey, account: policy.account), side: .sell, type: .stopLoss,
        quantity: "0.00001", trigger: "59400")
      venue.tell(leg, .new, nil)
    }
    let before = venue.sent.count { if case .cancelList = $0 { true } else { false } }
    for id in ["four", "five", "six"] {
      venue.advance(.seconds(1))
      venue.enter("0.1", at: "60000", id: ClientOrderID(id))
      venue.acceptAll()
    }
    return venue.sent.count { if case .cancelList = $0 { true } else { false } } - before
  }

  /// A leg that another guardian places: what it is named, and its order at the venue.
  private func placeOther(_ id: ClientOrderID, _ venue: inout ScriptedVenue) -> Order {
    venue.makeOrder(id: id, side: .sell, type: .stopLoss, quantity: "0.0999", trigger: "59400")
  }

  @Test func `room that another guardian took is made again when it is gone`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    for number in 1...4 {
      let order = venue.makeOrder(
        id: ClientOrderID("web_\(number)"), side: .buy, type: .stopLoss, quantity: "0.1", trigger: "90000")
      venue.tell(order, .new, nil)
    }
    let first = venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.enter("0.1", at: "60000", id: "bot2")
    guard case .cancelOrder? = venue.pending.first?.command, let lot = venue.orders[first]?.key else {
      return #expect(Bool(false), "no room is made")
    }
    venue.accept()
    let name = LegName(lot: lot, tranche: 1, generation: 7, rangeStartSteps: 0)
    let policy = ScriptedVenue.policy()
    let leg = placeOther(name.id(.stopLoss, key: policy.tagKey, account: policy.account), &venue)
    venue.tell(leg, .new, nil)
    venue.reject(.openOrderLimit)
    for _ in 0..<12 {
      venue.answerSnapshots()
      venue.advance(.seconds(1))
      venue.acceptAll()
    }
    #expect(venue.coverage?.covered == "0.1998")
    #expect(venue.coverage?.state == .covered)
  }

  /// How a guardian hears of another one that has placed what it wanted to place itself.
  enum Evidence: CaseIterable { case toldBeforeTheRefusal, toldAfterTheRefusal, duplicateName, shownByAReading }

  @Test(arguments: Evidence.allCases)
  func `a leg that another guardian placed under the same name is not taken for our own`(_ evidence: Evidence) {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.advance(.seconds(1))
    venue.enter("0.1", at: "60000")
    guard case .placeLeg(let wanted)? = venue.pending.first?.command else {
      return #expect(Bool(false), "nothing is placed")
    }
    let leg = placeOther(wanted.terms.clientOrderID, &venue)
    switch evidence {
    case .toldBeforeTheRefusal:
      venue.tell(leg, .new, nil)
      venue.reject(.openOrderLimit)
    case .toldAfterTheRefusal:
      venue.reject(.openOrderLimit)
      venue.tell(leg, .new, nil)
    case .duplicateName: venue.reject(.duplicateClientOrderID)
    case .shownByAReading:
      venue.reject(.openOrderLimit)
      venue.answerSnapshots()
    }
    #expect(venue.core.lanes[venue.symbol]?.memory.otherWriterAt == venue.now)
  }

  @Test func `of two guardians each makes room at most every 4 s`() {
    #expect(listsGivenUp(besideAnother: false) > 1)
    #expect(listsGivenUp(besideAnother: true) <= 1)
  }
}
