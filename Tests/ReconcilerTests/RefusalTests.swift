@testable import Reconciler
import Testing
import Trading
import Venue

/// What each definite refusal of a protective command means for the next step (requirement R25).
struct RefusalTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])
  private static let pair = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])

  /// A refusal of the first pair, how long nothing is sent, whether the account is read again, and what is tried next.
  struct Row: Sendable, CustomTestStringConvertible {
    var kind: Rejection.Kind
    var waits: Duration
    var reads: Bool
    var next: String
    var testDescription: String { kind.rawValue }
  }

  @Test(arguments: [
    Row(kind: .notSent, waits: .milliseconds(250), reads: false, next: "place_oco"),
    Row(kind: .clockSkew, waits: .milliseconds(250), reads: false, next: "place_oco"),
    Row(kind: .overloaded, waits: .milliseconds(250), reads: false, next: "place_oco"),
    Row(kind: .rateLimited, waits: .milliseconds(250), reads: false, next: "place_oco"),
    Row(kind: .banned, waits: .milliseconds(250), reads: false, next: "place_oco"),
    Row(kind: .unauthorized, waits: .seconds(5), reads: false, next: "place_oco"),
    Row(kind: .blocked, waits: .seconds(5), reads: false, next: "place_oco"),
    Row(kind: .insufficientBalance, waits: .milliseconds(250), reads: true, next: "place_oco"),
    Row(kind: .duplicateClientOrderID, waits: .milliseconds(250), reads: true, next: "place_oco"),
    Row(kind: .filter, waits: .milliseconds(250), reads: false, next: "place_leg"),
    Row(kind: .invalid, waits: .milliseconds(250), reads: false, next: "place_leg"),
    Row(kind: .marketClosed, waits: .milliseconds(250), reads: false, next: "place_oco"),
    Row(kind: .wouldTriggerImmediately, waits: .zero, reads: false, next: "place_leg"),
    Row(kind: .badPriceRelation, waits: .zero, reads: false, next: "place_leg"),
    Row(kind: .wouldMatchImmediately, waits: .zero, reads: false, next: "place_leg"),
    Row(kind: .unknownOrder, waits: .milliseconds(250), reads: true, next: "place_oco"),
    Row(kind: .amendRefused, waits: .milliseconds(250), reads: true, next: "place_oco"),
    Row(kind: .nothingToChange, waits: .milliseconds(250), reads: true, next: "place_oco"),
  ])
  func `after a refused pair the next try comes when and in the form that the refusal leaves`(row: Row) {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.reject(row.kind)
    #expect(venue.snapshotsAsked.isEmpty != row.reads)
    venue.answerSnapshots()
    if row.waits > .zero {
      #expect(venue.sent.count == 1)
      venue.advance(row.waits + .milliseconds(-1))
      #expect(venue.sent.count == 1)
      venue.advance(.milliseconds(1))
    }
    #expect(venue.sent.count == 2)
    #expect(venue.sent.last?.name == row.next)
  }

  @Test func `what is smaller than the wallet could not give is asked for at once when the sale behind it is known`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.04")
    venue.fill(sale.venueOrderID, "0.04", at: "60000")
    venue.reject(.insufficientBalance)
    guard case .placeLeg(let leg)? = venue.pending.first?.command else {
      return #expect(Bool(false), "it waits although it knows why it was refused")
    }
    #expect(leg.quantity == "0.0599")
  }

  @Test func `what is smaller than the wallet could not give is asked for when the sale behind it is heard of`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.04")
    venue.reject(.insufficientBalance)
    #expect(venue.pending.isEmpty)
    venue.fill(sale.venueOrderID, "0.04", at: "60000")
    #expect(venue.pending.count == 1)
    venue.reject(.insufficientBalance)
    #expect(venue.pending.isEmpty, "the same quantity waits")
  }

  @Test func `what the wallet could not give is asked for again when the venue says that more is free`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.reject(.insufficientBalance)
    venue.answerSnapshots()
    #expect(venue.pending.isEmpty)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.2")
    venue.venueTime = venue.venueTime + .milliseconds(1)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    #expect(venue.pending.count == 1)
  }

  @Test(arguments: [
    (Rejection.Kind.unauthorized, AlertKind.unauthorized), (.blocked, .unauthorized), (.rateLimited, .rateLimited),
    (.banned, .rateLimited),
  ])
  func `what a human must see to raises its alert at once`(kind: Rejection.Kind, alert: AlertKind) {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.reject(kind)
    #expect(venue.standing(alert))
  }

  @Test func `three refusals in a row raise an alert that the first acceptance clears`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    for _ in 1...3 {
      #expect(!venue.standing(.protectionRefused))
      venue.reject(.invalid)
      venue.advance(.seconds(2))
    }
    #expect(venue.standing(.protectionRefused))
    venue.acceptAll()
    #expect(!venue.standing(.protectionRefused))
  }

  @Test func `a duplicate id asks for the order that bears it, and its being found settles the placement`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    if let command = venue.pending.first?.command { venue.execute(command) }
    venue.reject(.duplicateClientOrderID)
    #expect(venue.queriesAsked.count == 1)
    venue.answerQueries()
    venue.answerSnapshots()
    venue.advance(.seconds(3))
    #expect(venue.sent.count == 1)
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `full slots are believed at the number that the venue accepted, once a stop with 1 of 2 was refused`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.accept()
    for _ in 1...2 {
      #expect(venue.sent.last?.name == "place_oco")
      venue.reject(.openOrderLimit)
      venue.answerSnapshots()
      venue.advance(.seconds(1))
    }
    #expect(venue.sent.last?.name == "cancel_list")
    let alerts = venue.facts.count { if case .alert(let alert) = $0 { alert.kind == "consolidating" } else { false } }
    #expect(alerts > 0, "a list that is taken down to make room is told of")
    venue.acceptAll()
    venue.advance(.seconds(1))
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a slot refused for an order that is heard of since is used within a second, not after 5`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.reject(.openOrderLimit)
    venue.answerSnapshots()
    #expect(venue.standing(.noSlot))
    let other = venue.makeOrder(id: "bot", side: .sell, type: .takeProfit, quantity: "0.001", trigger: "70000")
    venue.tell(other, .new, nil)
    venue.advance(.seconds(1))
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0989")
  }

  @Test func `with no slot at all nothing can be placed, and the alert says so`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.reject(.openOrderLimit)
    venue.answerSnapshots()
    venue.advance(.seconds(2))
    #expect(venue.standing(.noSlot))
    #expect(venue.sent.count == 1)
    venue.feed(.instruments([Self.moreSlots]))
    venue.advance(.seconds(2))
    venue.acceptAll()
    #expect(!venue.standing(.noSlot))
    #expect(venue.coverage?.state == .covered)
  }

  private static let moreSlots: Instrument = {
    var instrument = ScriptedVenue.instrument
    instrument.filters.algoOrdersMax = 10
    return instrument
  }()

  @Test func `a crossed stop under alert is shown, and tried again as the price may come back`() {
    var bracket = Self.stopOnly
    bracket.onCrossedStop = .alert
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    #expect(venue.standing(.stopCrossed))
    #expect(venue.sent.allSatisfy { $0.name == "place_leg" })
    while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "59000") }
    venue.advance(.seconds(2))
    #expect(venue.sent.count >= 2)
    guard case .placeLeg(let leg)? = venue.sent.last else { return #expect(Bool(false), "no stop is placed") }
    #expect(leg.terms.type == .stopLoss)
  }

  @Test func `a clamped stop goes 0,2 % under the last price`() {
    var bracket = Self.stopOnly
    bracket.onCrossedStop = .clamp
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "59000") }
    venue.advance(.seconds(2))
    guard case .placeLeg(let leg)? = venue.sent.last else { return #expect(Bool(false), "no stop is placed") }
    #expect(leg.terms.triggerPrice == "58882")
  }

  @Test func `a clamped stop that the price has passed as well goes twice as far under the next one, up to 3,2 %`() {
    var bracket = Self.stopOnly
    bracket.onCrossedStop = .clamp
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    var triggers: [FixedDecimal] = []
    for _ in 0..<7 {
      venue.reject(.wouldTriggerImmediately)
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "50000") }
      for _ in 0..<3 where venue.pending.isEmpty { venue.advance(.seconds(1)) }
      guard case .placeLeg(let leg)? = venue.pending.first?.command else { return #expect(Bool(false), "no stop") }
      triggers.append(leg.terms.triggerPrice)
    }
    #expect(triggers == ["49900", "49800", "49600", "49200", "48400", "48400", "48400"])
  }

  @Test func `a clamped stop follows the price 5 times as soon as it is read, and from then on every 500 ms`() {
    var bracket = Self.stopOnly
    bracket.onCrossedStop = .clamp
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    for _ in 0..<5 {
      venue.reject(.wouldTriggerImmediately)
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "50000") }
      #expect(venue.pending.count == 1)
    }
    venue.reject(.wouldTriggerImmediately)
    while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "50000") }
    #expect(venue.pending.isEmpty)
    venue.advance(.milliseconds(500))
    #expect(venue.pending.count == 1)
  }

  @Test func `an exit that would match nothing is read about before it is tried again`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    guard case .placeLeg(let exit)? = venue.sent.last, exit.terms.type == .market else {
      return #expect(Bool(false), "the crossed stop is not sold")
    }
    venue.reject(.badPriceRelation)
    #expect(venue.snapshotsAsked.count == 1)
    #expect(venue.sent.count == 2)
  }

  @Test func `an exit whose coins are gone asks for another guardian's sale of its name before it is tried again`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.05")
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    guard case .placeLeg(let exit)? = venue.sent.last, exit.terms.type == .market else {
      return #expect(Bool(false), "the crossed stop is not sold")
    }
    let sale = venue.makeOrder(id: exit.terms.clientOrderID, side: .sell, type: .market, quantity: exit.quantity)
    venue.fill(sale.venueOrderID, exit.quantity, at: "59000", tell: false)
    venue.reject(.insufficientBalance)
    // The wallet is read before the list of trades tells of the sale.
    let sold = (order: venue.orders.removeValue(forKey: sale.venueOrderID), fill: venue.fills.removeLast())
    venue.answerSnapshot()
    venue.advance(.seconds(1))
    (venue.orders[sale.venueOrderID], venue.fills) = (sold.order, venue.fills + [sold.fill])
    #expect(venue.sent.count == 2)
    #expect(venue.queriesAsked.contains { $0.query.reference == .client(exit.terms.clientOrderID) })
    venue.readOn(seconds: 5)
    #expect(venue.sent.count == 2)
    #expect(venue.core.status.lots.isEmpty)
  }

  @Test func `a flattened rest that a fallen price has made too little for an order keeps no other lot from its stop`()
  {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.0001", at: "60000")
    venue.acceptAll()
    venue.feed(.request(.flatten("BTCUSDT")))
    // The stop is taken down first; at the stop's price the rest would be 5.94, at the market's it is 4.
    venue.accept()
    venue.enter("0.1", at: "40000", id: "bot2")
    for _ in 0..<40 {
      while case .placeLeg(let leg)? = venue.pending.first?.command, leg.terms.type == .market {
        venue.reject(.filter, code: -1013)
      }
      venue.acceptAll()
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "40000") }
      venue.answerQueries()
      venue.advance(.milliseconds(250))
    }
    #expect(venue.stopQuantity == "0.0999")
    #expect(venue.pending.isEmpty)
  }

  @Test func `an amend that is refused is not tried again: the list is replaced`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.sellByHand("0.05")
    #expect(venue.sent.last?.name == "amend")
    venue.reject(.amendRefused, code: -2038)
    venue.answerSnapshots()
    venue.advance(.seconds(1))
    #expect(venue.sent.last?.name == "cancel_list")
  }

  @Test func `a leg that another guardian has cut to 0,0699 already is cut in place the next time as well`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.sellByHand("0.03")
    _ = venue.execute(venue.pending[0].command)
    venue.reject(.nothingToChange, code: -2038)
    venue.answerSnapshots()
    venue.advance(.seconds(1))
    #expect(venue.stopQuantity == "0.0699")
    venue.sellByHand("0.02")
    #expect(venue.sent.last?.name == "amend")
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0499")
  }

  @Test func `a cancel that finds nothing asks for the order itself`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.feed(.request(.flatten("BTCUSDT")))
    #expect(venue.sent.last?.name == "cancel_list")
    venue.reject(.unknownOrder, code: -2011)
    #expect(venue.queriesAsked.count == 1)
    #expect(venue.snapshotsAsked.count == 1)
  }

  // MARK: - Ambiguous and bare answers

  @Test func `a bare acknowledgement is asked about at once`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    let (id, command) = venue.pending.removeFirst()
    venue.execute(command)
    venue.feed(.outcome(id: id, .accepted(CommandReceipt(orders: []))))
    #expect(venue.queriesAsked.count == 1)
    #expect(venue.coverage?.state == .naked)
    venue.answerQueries()
    venue.answerSnapshots()
    #expect(venue.sent.count == 1)
  }

  @Test func `an ambiguous answer is recorded as such once, and asked about at once`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    let id = venue.pending.removeFirst().id
    venue.feed(.outcome(id: id, .ambiguous("502")))
    venue.feed(.outcome(id: id, .ambiguous("502 again")))
    let states = venue.facts.compactMap { fact -> ActionRecord.State? in
      guard case .action(let record) = fact, record.id == id else { return nil }
      return record.state
    }
    #expect(states == [.sent, .ambiguous])
    #expect(venue.queriesAsked.count == 1)
    #expect(venue.sent.count == 1)
  }

  @Test
  func `a pair whose reply is lost and whose stop has expired is not placed again before its take-profit is known`() {
    var venue = ScriptedVenue.ready(
      bracket: Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")]))
    venue.enter("0.1", at: "60000")
    venue.executeSilently()
    guard let target = venue.openOrders.first(where: { $0.type == .takeProfit }) else { return #expect(Bool(false)) }
    venue.fill(target.venueOrderID, "0.0999", at: "60600", tell: false)
    venue.advance(.milliseconds(400))
    venue.answerQueries()
    #expect(venue.sent.count == 1)
    #expect(venue.coverage?.covered == "0")
    for _ in 0..<10 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
      venue.answerQueries()
    }
    #expect(venue.sent.count == 1, "it was sold")
    #expect(venue.core.status.lots.isEmpty)
  }

  @Test func `a placement that never arrived is proven absent and placed again`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.pending.removeAll()
    for _ in 0..<12 where venue.sent.count == 1 {
      venue.advance(.milliseconds(400))
      venue.answerQueries()
    }
    #expect(venue.sent.count == 2)
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `an amend that never arrived is tried again once its request is dead`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.sellByHand("0.05")
    venue.pending.removeAll()
    let amends = { (venue: ScriptedVenue) in venue.sent.count { $0.name == "amend" } }
    #expect(amends(venue) == 1)
    venue.advance(.milliseconds(2400))
    venue.answerQueries()
    #expect(amends(venue) == 1, "it may still arrive")
    for _ in 0..<4 {
      venue.advance(.milliseconds(800))
      venue.answerQueries()
    }
    #expect(amends(venue) == 2)
  }

  @Test func `an answer to a command that nobody waits for changes nothing`() {
    var venue = ScriptedVenue.ready(bracket: Self.pair)
    venue.enter("0.1", at: "60000")
    venue.feed(.outcome(id: 999_999, .rejected(Rejection(.filter))))
    venue.feed(.outcome(id: 999_999, .ambiguous("late")))
    venue.feed(.outcome(id: 999_999, .accepted(CommandReceipt(orders: []))))
    venue.feed(.answer(id: 999_999, .absent))
    #expect(venue.sent.count == 1)
    #expect(venue.queriesAsked.isEmpty)
  }
}

extension ScriptedVenue {
  /// A human sells at market beside the legs, from coins that the legs hold.
  mutating func sellByHand(_ quantity: FixedDecimal) {
    let order = makeOrder(id: ClientOrderID("hand\(nextOrderID)"), side: .sell, type: .market, quantity: quantity)
    fill(order.venueOrderID, quantity, at: "60000")
  }
}
