import Reconciler
import Testing
import Trading
import Venue

/// The normal case and what the venue may answer to it.
struct ProtectionTests {
  @Test func `a market entry of 0.1 gets two OCO lists of half each, net of the 0.1 percent base fee`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    #expect(venue.restingStops.map(\.remainingQuantity) == ["0.04995", "0.04995"])
    #expect(venue.restingStops.map(\.triggerPrice) == ["59400", "59400"])
    let targets = venue.openOrders.filter { $0.type == .takeProfit }.map(\.triggerPrice)
    #expect(targets == ["60600", "61200"])
    #expect(venue.coverage?.state == .covered)
    #expect(venue.pending.isEmpty)
  }

  @Test func `a limit entry that fills in 3 pieces is covered after each piece and exactly at the end`() {
    var venue = ScriptedVenue.ready()
    let entry = venue.makeOrder(id: "bot2", side: .buy, type: .limit, quantity: "0.09", price: "60000")
    venue.tell(entry, .new, nil)
    for piece: FixedDecimal in ["0.02", "0.03", "0.04"] {
      venue.fill(entry.venueOrderID, piece, at: "60000")
      venue.acceptAll()
      venue.advance(.seconds(2))
      venue.acceptAll()
      let held = venue.core.status.lots[0].openQuantity
      #expect(venue.stopQuantity == held.rounded(toMultipleOf: "0.00001", .down))
    }
    #expect(venue.stopQuantity == "0.08991")
    #expect(venue.openOrders.filter { $0.type.isConditional }.count <= 5)
  }

  @Test func `nothing is sent before the first complete snapshot`() {
    var venue = ScriptedVenue()
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    venue.feed(.streamOpened(epoch: 1))
    venue.enter("0.1", at: "60000")
    #expect(venue.sent.isEmpty)
    #expect(venue.coverage?.state == .unknown)
    venue.answerSnapshots()
    #expect(venue.sent.count == 1)
  }

  @Test func `a converged account gets 0 writes from 10 sweeps`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let sent = venue.sent.count
    for _ in 0..<10 {
      venue.advance(.seconds(15))
      venue.answerSnapshots()
      venue.answerQueries()
    }
    #expect(venue.sent.count == sent)
  }

  @Test func `an entry below min-notional waits as dust and is covered with the next fill`() {
    var venue = ScriptedVenue.ready()
    let entry = venue.makeOrder(id: "bot3", side: .buy, type: .limit, quantity: "0.1", price: "60000")
    venue.fill(entry.venueOrderID, "0.00005", at: "60000")
    #expect(venue.sent.isEmpty)
    #expect(venue.coverage?.state == .dust)
    #expect(venue.coverage?.reasons == ["below_minimum"])
    venue.fill(entry.venueOrderID, "0.05", at: "60000")
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a swallowed fill is covered by the next sweep, and the row says sweep`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000", tell: false)
    venue.advance(.seconds(30))
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
    #expect(venue.core.status.lots.map(\.source) == [.sweep])
    #expect(venue.core.status.legs.allSatisfy { $0.source == .sweep })
  }

  @Test func `an unanswered placement is queried after 400 ms and not sent again when it is found`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.executeSilently()
    venue.advance(.milliseconds(399))
    #expect(venue.queriesAsked.isEmpty)
    venue.advance(.milliseconds(1))
    #expect(venue.queriesAsked.count == 1)
    venue.answerQueries()
    venue.advance(.seconds(10))
    #expect(venue.sent.count == 1)
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a placement that never arrived is sent again under the same name once its absence is proven`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    let first = venue.pending.removeFirst().command
    for _ in 0..<8 {
      venue.advance(.milliseconds(500))
      venue.answerQueries()
    }
    #expect(venue.sent.count == 2)
    #expect(venue.sent[1] == first)
  }

  @Test func `a stop that would trigger at once means sell now`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.reject(.badPriceRelation)
    venue.answerSnapshots()
    #expect(venue.sent.last?.name == "place_leg")
    venue.reject(.wouldTriggerImmediately)
    guard case .placeLeg(let exit)? = venue.sent.last else { return #expect(Bool(false)) }
    #expect(exit.terms.type == .market)
    #expect(exit.quantity == "0.0999")
    venue.acceptAll()
    #expect(venue.core.status.lots.isEmpty)
  }

  @Test func `take-profit 1 then the stop: the lot closes with an exact profit`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let targets = venue.openOrders.filter { $0.type == .takeProfit }
    venue.fill(targets[0].venueOrderID, "0.04995", at: "60600")
    #expect(venue.restingStops.count == 1)
    venue.fill(venue.restingStops[0].venueOrderID, "0.04995", at: "59400")
    #expect(venue.core.status.lots.isEmpty)
    let closed = venue.facts.compactMap { fact -> Lot? in
      if case .lot(let lot) = fact, lot.isClosed { return lot }
      return nil
    }
    // 0.04995 × 600 − 0.04995 × 600 − commissions 3.02697 − 2.96703 − base fee 0.0001 × 60000
    #expect(closed.last?.realizedProfit == "-11.994")
    #expect(closed.last?.closeReason == .stopLoss)
  }

  @Test func `a manual sale of half shrinks the legs by amend, without a cancel`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.03")
    venue.fill(sale.venueOrderID, "0.03", at: "60000")
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0699")
    #expect(venue.sent.allSatisfy { $0.name != "cancel_list" })
  }

  @Test func `a foreign stop counts as cover and only the gap is filled`() {
    var venue = ScriptedVenue.ready()
    let stop = venue.makeOrder(id: "bots-own", side: .sell, type: .stopLoss, quantity: "0.06", trigger: "59000")
    venue.tell(stop, .new, nil)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
    #expect(venue.orders[stop.venueOrderID]?.isOpen == true)
  }

  @Test func `a leg cancelled 5 times in 5 s is restored 3 times at once, then every 10 s with an alert standing`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    for _ in 0..<5 {
      cancelStop(&venue)
      venue.acceptAll()
      venue.advance(.seconds(1))
    }
    #expect(venue.sent.count == 3)
    #expect(venue.standing(.frozen))
    #expect(venue.coverage?.state == .naked)
    venue.advance(.seconds(10))
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
    #expect(venue.standing(.frozen))
  }

  private func cancelStop(_ venue: inout ScriptedVenue) {
    guard var stop = venue.restingStops.first else { return }
    stop.status = .canceled
    stop.updatedAt = venue.venueTime + .milliseconds(1)
    venue.orders[stop.venueOrderID] = stop
    venue.tell(stop, .canceled, nil)
  }

  @Test func `a crossed lot that a thin book takes bit by bit is naked all the while, and after 5 s an alert stands`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    var states: Set<CoverageRecord.State> = []
    for _ in 0..<60 {
      if !venue.pending.isEmpty {
        sellBit(&venue)
        if let state = venue.coverage?.state { states.insert(state) }
      }
      venue.advance(.milliseconds(100))
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "59000") }
    }
    #expect(venue.sent.count > 3)
    #expect(states == [.naked])
    #expect(venue.standing(.naked))
    let timers = venue.facts.compactMap { fact -> Int64? in if case .naked(let record) = fact { record.id } else { nil }
    }
    #expect(Set(timers).count == 1, "one stretch, not one for each sale")
    venue.acceptAll()
    venue.advance(.seconds(1))
    venue.acceptAll()
    #expect(venue.core.status.lots.isEmpty)
    #expect(!venue.standing(.naked))
  }

  /// Lets the market exit that was sent be seen, and find buyers for 0.001.
  private func sellBit(_ venue: inout ScriptedVenue) {
    guard case .placeLeg(let sale)? = venue.pending.first?.command, sale.terms.type == .market else {
      Issue.record("nothing is sold")
      return
    }
    let (id, _) = venue.pending.removeFirst()
    let order = venue.makeOrder(
      id: sale.terms.clientOrderID, side: .sell, type: .market, quantity: sale.quantity)
    venue.tell(order, .new, nil)
    venue.fill(order.venueOrderID, "0.001", at: "59000")
    guard var ended = venue.orders[order.venueOrderID] else { return }
    ended.status = .expired
    venue.orders[order.venueOrderID] = ended
    venue.tell(ended, .expired, nil)
    venue.feed(.outcome(id: id, .accepted(CommandReceipt(orders: [ended]))))
  }
}
