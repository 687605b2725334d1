@testable import Reconciler
import Testing
import Trading
import Venue

/// What an operator, a bot's registration and an unheard-of fact change.
struct OperatorTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])

  @Test func `a paused account keeps its legs and places nothing; resumed, it covers what has filled`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.feed(.request(.pause))
    venue.enter("0.1", at: "60000", id: "bot2")
    #expect(venue.core.status.isPaused)
    #expect(venue.sent.count == 1)
    #expect(venue.coverage?.state == .partial)
    #expect(venue.coverage?.reasons == ["paused"])
    #expect(venue.stopQuantity == "0.0999")
    venue.feed(.request(.resume))
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `resumed, the account takes down the leg of a lot that was sold while it was paused`() {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.start()
    venue.advance(.seconds(4))
    venue.answerSnapshots()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.feed(.request(.pause))
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.0999")
    venue.fill(sale.venueOrderID, "0.0999", at: "60000")
    #expect(venue.core.status.lots.isEmpty)
    #expect(venue.sent.count == 1, "paused, it does nothing")
    venue.feed(.request(.resume))
    #expect(venue.sent.last?.name == "cancel_order")
  }

  @Test func `a new policy holds for what comes next: disarmed, the position is shown as such`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    var policy = ScriptedVenue.policy(Self.stopOnly)
    policy.isArmed = false
    venue.feed(.request(.reload(policy)))
    venue.enter("0.1", at: "60000")
    #expect(venue.sent.isEmpty)
    #expect(venue.coverage?.reasons == ["disarmed"])
    #expect(venue.core.plan(at: venue.now).map(\.command.name) == ["place_leg"], "the plan is shown all the same")
    policy.isArmed = true
    venue.feed(.request(.reload(policy)))
    #expect(venue.sent.count == 1)
  }

  @Test func `a flattened lot is sold as far as its coins are free, also where somebody else's stop covers it`() {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.06")
    venue.start()
    let foreign = venue.makeOrder(id: "own", side: .sell, type: .stopLoss, quantity: "0.0999", trigger: "59000")
    venue.tell(foreign, .new, nil)
    venue.enter("0.1", at: "60000")
    #expect(venue.sent.isEmpty)
    venue.feed(.request(.flatten("BTCUSDT")))
    guard case .placeLeg(let exit) = venue.sent.last else { return #expect(Bool(false), "nothing is sold") }
    #expect(exit.terms.type == .market)
    #expect(exit.quantity == "0.06", "the foreign stop holds the rest of the wallet's 0.1599")
  }

  @Test func `a sweep on request reads the account at once, a second one follows the first`() {
    var venue = ScriptedVenue.ready()
    venue.feed(.request(.sweep))
    venue.feed(.request(.sweep))
    #expect(venue.snapshotsAsked.count == 1)
    venue.answerSnapshot()
    #expect(venue.snapshotsAsked.count == 1)
  }

  @Test func `repairs that keep being undone are paced, until an operator lifts that`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    for _ in 0..<8 where !venue.standing(.frozen) {
      venue.acceptAll()
      for order in venue.openOrders { venue.cancelByHand(order) }
    }
    #expect(venue.standing(.frozen))
    let sent = venue.sent.count
    venue.feed(.request(.unfreeze("BTCUSDT")))
    #expect(!venue.standing(.frozen))
    #expect(venue.sent.count == sent + 1)
  }

  @Test func `a duel is over when a minute has passed without a repair`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    for _ in 0..<8 where !venue.standing(.frozen) {
      venue.acceptAll()
      for order in venue.openOrders { venue.cancelByHand(order) }
    }
    for _ in 0..<90 {
      venue.acceptAll()
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    #expect(!venue.standing(.frozen))
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `an unfreeze of a symbol that nobody trades changes nothing`() {
    var venue = ScriptedVenue.ready()
    venue.feed(.request(.unfreeze("ETHUSDT")))
    venue.feed(.request(.flatten("ETHUSDT")))
    #expect(venue.sent.isEmpty)
  }

  // MARK: - Registrations

  @Test func `a bracket registered before its entry is the entry's`() {
    var venue = ScriptedVenue.ready()
    let registration = BracketRegistration(entryClientOrderID: "bot1", bracket: Self.stopOnly, strategy: "swing")
    venue.feed(.bracket(registration))
    venue.feed(.bracket(registration))
    #expect(venue.facts.count { $0 == .bracket(registration) } == 1)
    venue.enter("0.1", at: "60000")
    #expect(venue.sent.map(\.name) == ["place_leg"])
    #expect(venue.core.status.lots.map(\.bracketOrigin) == [.registered])
  }

  @Test func `a bracket registered after its entry holds for what is not placed yet`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.feed(.bracket(BracketRegistration(entryClientOrderID: "bot1", bracket: Self.stopOnly, strategy: "swing")))
    let lot = venue.core.status.lots.first
    #expect(lot?.bracket == Self.stopOnly && lot?.strategy == "swing" && lot?.bracketOrigin == .registered)
    venue.acceptAll()
    #expect(venue.sent.map(\.name) == ["place_oco", "place_leg"])
  }

  @Test func `a registered stop that is not below the entry's price falls back to the account's default`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    let wrong = Bracket(stop: .price("61000"), takeProfits: [])
    venue.feed(.bracket(BracketRegistration(entryClientOrderID: "bot1", bracket: wrong)))
    venue.enter("0.1", at: "60000")
    #expect(venue.standing(.bracketInvalid))
    #expect(venue.core.status.lots.map(\.bracketOrigin) == [.accountDefault])
    #expect(venue.core.status.lots.map(\.bracket) == [Self.stopOnly])
  }

  @Test func `what the policy ignores is listed and not protected`() {
    var venue = ScriptedVenue()
    var policy = ScriptedVenue.policy()
    policy.brackets.rules = [BracketRule(name: "by hand", clientOrderIDPrefix: "hand", treatment: .ignore)]
    venue.core = AccountCore(policy: policy)
    venue.start()
    venue.enter("0.1", at: "60000", id: "hand-1")
    #expect(venue.sent.isEmpty)
    #expect(venue.coverage?.state == .ignored)
    #expect(venue.core.status.lots.map(\.bracketOrigin) == [.policy("by hand")])
    venue.feed(.bracket(BracketRegistration(entryClientOrderID: "hand-1", bracket: Self.stopOnly)))
    #expect(venue.sent.count == 1, "a bot's own wish comes before the rule")
  }

  // MARK: - Transfers

  @Test func `a deposit explains its difference: nothing is looked for, and the same event twice counts once`() {
    var venue = ScriptedVenue.ready()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    let deposit = VenueEvent.balanceChange("BTC", by: "1", at: venue.venueTime)
    venue.feed(.event(deposit))
    venue.feed(.event(deposit))
    venue.feed(.event(.balances([Balance(asset: "BTC", free: "1")], at: venue.venueTime)))
    venue.advance(.seconds(60))
    venue.answerSnapshots()
    let triggers = venue.facts.compactMap { fact -> String? in
      guard case .sweep(let sweep) = fact else { return nil }
      return sweep.trigger
    }
    #expect(!triggers.contains("unexplained_balance"))
    #expect(venue.core.status.residuals["BTC"] == "1")
    #expect(venue.sent.isEmpty)
  }

  @Test func `what was withdrawn before it could be covered is shown as missing, and the rest is covered`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.feed(.request(.pause))
    venue.enter("0.1", at: "60000")
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0499")
    venue.venueTime = venue.venueTime + .milliseconds(1)
    venue.feed(.event(.balanceChange("BTC", by: "-0.05", at: venue.venueTime)))
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    venue.feed(.request(.resume))
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0499")
    venue.advance(.seconds(2))
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    #expect(venue.standing(.walletShort))
  }

  @Test func `events that concern no order change nothing`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let (sent, facts) = (venue.sent.count, venue.facts.count)
    venue.feed(.event(.unknown(type: "newThing")))
    venue.feed(.event(.externalLock("BTC", by: "0.1", at: venue.venueTime)))
    #expect(venue.sent.count == sent)
    #expect(venue.facts.count == facts)
  }

  @Test func `a sale that 4 queries did not find is asked for once more before it is made again`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.feed(.request(.flatten("BTCUSDT")))
    venue.accept()
    // It is made, nobody tells of it, and a replica lags.
    guard let sale = venue.pending.popLast()?.command, sale.isExit else { return #expect(Bool(false)) }
    for _ in 1...4 {
      venue.advance(.milliseconds(800))
      venue.answerQueries()
    }
    venue.advance(.milliseconds(400))
    #expect(venue.sent.count { $0.isExit } == 1)
    _ = venue.execute(sale)
    for _ in 1...10 {
      venue.advance(.milliseconds(400))
      venue.answerQueries()
      venue.answerSnapshots()
    }
    #expect(venue.sent.count { $0.isExit } == 1)
    #expect(venue.core.status.lots.isEmpty)
  }
}

extension ScriptedVenue {
  /// A human cancels one order, and the stream says so.
  mutating func cancelByHand(_ order: Order) {
    venueTime = venueTime + .milliseconds(1)
    for order in execute(.cancelOrder(OrderCancel(symbol: symbol, venueOrderID: order.venueOrderID))).orders {
      tell(order, .canceled, nil)
    }
  }
}
