@testable import Reconciler
import Testing
import Trading
import Venue

/// A take-profit that the venue refused beside its stop is watched: at its price the stop makes room and the tranche is
/// sold.
struct WatchedTakeProfitTests {
  /// A lot of 0.1 at 60,000 behind a stop alone; its take-profit is at 60,600.
  private func stopAlone() -> ScriptedVenue {
    var venue = ScriptedVenue.ready(
      bracket: Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")]))
    venue.enter("0.1", at: "60000")
    venue.reject(.filter, code: -1013)
    venue.advance(.milliseconds(250))
    venue.acceptAll()
    #expect(venue.restingStops.count == 1)
    return venue
  }

  @Test func `the price is sampled every second, and below the target nothing is done`() {
    var venue = stopAlone()
    for _ in 0..<3 {
      venue.advance(.seconds(1))
      #expect(venue.snapshotsAsked.first?.scope.prices == ["BTCUSDT"])
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "60599.99") }
    }
    #expect(venue.sent.map(\.name) == ["place_oco", "place_leg"])
  }

  @Test func `at the target the stop is cancelled, the tranche sold, and the lot closed by its take-profit`() {
    var venue = stopAlone()
    venue.advance(.seconds(1))
    venue.answerSnapshot(price: "60600")
    #expect(venue.sent.last?.name == "cancel_order")
    venue.accept()
    guard case .placeLeg(let sale)? = venue.sent.last else { return #expect(Bool(false), "nothing is sold") }
    #expect((sale.terms.type, sale.quantity) == (.market, "0.0999"))
    venue.acceptAll()
    #expect(venue.core.status.lots.isEmpty)
    let reasons = venue.facts.compactMap { fact -> CloseReason? in
      guard case .closure(let closure) = fact else { return nil }
      return closure.reason
    }
    #expect(reasons == [.takeProfit])
  }

  @Test func `a sale that no query finds is made again after 10 s, and until then a stop stands in for it`() {
    var venue = stopAlone()
    venue.advance(.seconds(1))
    venue.answerSnapshot(price: "60600")
    venue.accept()
    venue.pending.removeFirst()
    for tenth in 1...110 {
      passTenth(&venue)
      if tenth > 40, tenth < 100 { #expect(venue.restingStops.count == 1) }
      // It is asked for once more before it is made again.
      if tenth < 100 { #expect(venue.sent.count { $0.isExit } == 1, "after \(tenth) tenths of a second") }
    }
    #expect(venue.sent.count { $0.isExit } == 2)
    #expect(venue.core.status.lots.isEmpty)
  }

  /// A tenth of a second at the target's price, where the venue takes no pair.
  private func passTenth(_ venue: inout ScriptedVenue, price: FixedDecimal = "60600") {
    venue.advance(.milliseconds(100))
    venue.answerQueries()
    while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: price) }
    while let command = venue.pending.first?.command {
      if command.name == "place_oco" { venue.reject(.badPriceRelation) } else { venue.accept() }
    }
  }

  @Test func `a stop that cannot be cancelled keeps standing, and nothing is sold`() {
    var venue = stopAlone()
    venue.advance(.seconds(1))
    venue.answerSnapshot(price: "60600")
    venue.reject(.unknownOrder, code: -2011)
    venue.answerQueries()
    venue.answerSnapshots()
    venue.advance(.seconds(10))
    #expect(venue.restingStops.count == 1)
    #expect(
      venue.sent.allSatisfy { command in
        guard case .placeLeg(let leg) = command else { return true }
        return leg.terms.type != .market
      })
  }

  /// Two tranches of 0.04995 behind stops alone; the take-profits are at 60,600 and 61,200.
  private func twoStopsAlone() -> ScriptedVenue {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    for _ in 1...2 {
      venue.reject(.filter, code: -1013)
      venue.advance(.milliseconds(250))
      venue.accept()
    }
    #expect(venue.restingStops.count == 2)
    return venue
  }

  @Test func `of two reached take-profits the second stop stands until the first has sold, and then nothing waits`() {
    var venue = twoStopsAlone()
    let before = venue.sent.count
    venue.advance(.seconds(1))
    venue.answerSnapshot(price: "61200")
    for _ in 1...4 {
      #expect(venue.pending.count == 1)
      venue.accept()
    }
    #expect(venue.sent.dropFirst(before).map(\.name) == ["cancel_order", "place_leg", "cancel_order", "place_leg"])
    #expect(venue.core.status.lots.isEmpty)
  }

  @Test func `beside another guardian the second of two reached take-profits is sold 2 s after the first`() {
    var venue = twoStopsAlone()
    guard let lot = venue.orders.values.first(where: { $0.side == .buy })?.key else { return #expect(Bool(false)) }
    let policy = ScriptedVenue.policy()
    let name = LegName(lot: lot, tranche: 1, generation: 63, rangeStartSteps: 0)
    let theirs = venue.makeOrder(
      id: name.id(.stopLoss, key: policy.tagKey, account: policy.account), side: .sell, type: .stopLoss,
      quantity: "0.00001", trigger: "59400")
    venue.tell(theirs, .new, nil)
    venue.advance(.seconds(1))
    while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "61200") }
    venue.acceptAll()
    #expect(venue.sent.count { $0.isExit } == 1)
    for _ in 1...20 {
      #expect(venue.sent.count { $0.isExit } == 1)
      passTenth(&venue, price: "61200")
    }
    #expect(venue.sent.count { $0.isExit } == 2)
  }

  @Test func `a sale that the venue refuses leaves the stop to be placed again at once`() {
    var venue = stopAlone()
    venue.advance(.seconds(1))
    venue.answerSnapshot(price: "60600")
    venue.accept()
    venue.reject(.notSent)
    venue.advance(.milliseconds(250))
    guard case .placeOCO? = venue.sent.last else { return #expect(Bool(false), "the lot stays naked") }
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
  }

  /// Lets the market exit that was sent find buyers for a part only.
  private func sellPart(_ quantity: FixedDecimal, _ venue: inout ScriptedVenue) {
    guard case .placeLeg(let sale)? = venue.pending.first?.command, sale.terms.type == .market else {
      Issue.record("nothing is sold")
      return
    }
    let (id, _) = venue.pending.removeFirst()
    let order = venue.makeOrder(
      id: sale.terms.clientOrderID, side: .sell, type: .market, quantity: sale.quantity)
    venue.fill(order.venueOrderID, quantity, at: "60600")
    guard var ended = venue.orders[order.venueOrderID] else { return }
    ended.status = .expired
    venue.orders[order.venueOrderID] = ended
    venue.feed(.outcome(id: id, .accepted(CommandReceipt(orders: [ended]))))
  }

  /// Refuses the pair that was sent and takes the stop that follows it.
  private func coverByStopAlone(_ venue: inout ScriptedVenue) {
    venue.reject(.filter, code: -1013)
    venue.advance(.milliseconds(250))
    venue.accept()
  }

  @Test func `what a thin book left is covered again, and the next try comes 2 s after the last`() {
    var venue = stopAlone()
    venue.advance(.seconds(1))
    venue.answerSnapshot(price: "60600")
    venue.accept()
    sellPart("0.01", &venue)
    coverByStopAlone(&venue)
    #expect(venue.stopQuantity == "0.0899")
    let writes = venue.sent.count
    for _ in 0..<17 {
      venue.advance(.milliseconds(100))
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "60600") }
    }
    #expect(venue.sent.count == writes, "the stop stands for 2 s")
    for _ in 0..<12 {
      venue.advance(.milliseconds(100))
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "60600") }
    }
    #expect(venue.sent.dropFirst(writes).map(\.name) == ["cancel_order"])
  }

  @Test func `after a tranche was sold whole the next one that is reached follows at once`() {
    var venue = ScriptedVenue.ready(
      bracket: Bracket(
        stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "0.5"), .init(.percent("2"), share: "0.5")]))
    venue.enter("0.1", at: "60000")
    coverByStopAlone(&venue)
    coverByStopAlone(&venue)
    #expect(venue.openOrders.map(\.type) == [.stopLoss, .stopLoss])
    venue.advance(.seconds(1))
    venue.answerSnapshot(price: "61200")
    venue.accept()
    venue.accept()
    venue.advance(.milliseconds(100))
    venue.acceptAll()
    venue.advance(.milliseconds(100))
    venue.acceptAll()
    #expect(venue.core.status.lots.isEmpty)
  }

  @Test func `what is bought above its take-profit after a sale is covered, and sold no sooner than 2 s after that`() {
    var venue = ScriptedVenue.ready(
      bracket: Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")]))
    let entry = venue.makeOrder(id: "bot1", side: .buy, type: .limit, quantity: "0.1", price: "60000")
    venue.fill(entry.venueOrderID, "0.01", at: "60000")
    coverByStopAlone(&venue)
    venue.advance(.seconds(1))
    venue.answerSnapshot(price: "60600")
    venue.acceptAll()
    venue.fill(entry.venueOrderID, "0.01", at: "60000")
    coverByStopAlone(&venue)
    #expect(venue.pending.isEmpty)
    #expect(venue.stopQuantity == "0.00999")
    for _ in 0..<18 {
      venue.advance(.milliseconds(100))
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "60600") }
    }
    #expect(venue.pending.map(\.command.name) == ["cancel_order"])
  }

  @Test func `a stop over less than the least notional is not taken down for what cannot be sold`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.001")
    scene.protect(1, "0.001", takeProfit: nil)
    scene.lastPrice = scene.price("61200")
    #expect(Rules.findings(scene.view).map(\.word) == ["obstructive watchedTakeProfit"])
    scene.instrument.filters.notionalMin = "100"
    #expect(Rules.findings(scene.view).isEmpty)
  }

  @Test func `what a watched take-profit cannot sell is covered again`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.lastPrice = scene.price("61200")
    scene.memory.takingProfit[JudgedSymbol.id(1)] = "0.1"
    #expect(Rules.findings(scene.view).map(\.word) == ["sell 0.1 watchedTakeProfit"])
    scene.memory.takingProfit[JudgedSymbol.id(1)] = "0.00005"
    #expect(Rules.findings(scene.view).map(\.word) == ["uncovered 0.1"])
  }

  @Test func `a take-profit whose coins another order took keeps no other one from being sold`() {
    var scene = JudgedSymbol()
    scene.hold(1, "0.1")
    scene.hold(2, "0.1")
    scene.protect(2, "0.1", takeProfit: nil)
    scene.lastPrice = scene.price("61200")
    scene.memory.takingProfit[JudgedSymbol.id(1)] = "0.1"
    scene.sellable = "0.1"
    #expect(Rules.findings(scene.view).map(\.word) == ["sell 0.1 watchedTakeProfit"])
    scene.sellable = "0.00005"
    #expect(Rules.findings(scene.view).map(\.word) == ["obstructive watchedTakeProfit", "uncovered 0.1"])
  }

  @Test func `a lot of 0.1 without a stop is sold at once when the venue says that its take-profit is reached`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: nil, takeProfits: [.init(.percent("1"), share: "1")]))
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    venue.acceptAll()
    #expect(venue.sent.map(\.name) == ["place_leg", "place_leg"])
    #expect(venue.core.status.lots.isEmpty)
  }
}
