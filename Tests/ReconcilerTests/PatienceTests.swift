import Reconciler
import Testing
import Trading
import Venue

/// How long is waited for what only passes by itself.
struct PatienceTests {
  @Test func `after five rate limits of one second each the next try follows the last by one second`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    for round in 1...5 {
      let (id, _) = venue.pending.removeFirst()
      venue.feed(.outcome(id: id, .rejected(Rejection(.rateLimited, code: -1003, retryAfter: .seconds(1)))))
      venue.advance(.milliseconds(999))
      #expect(venue.sent.count == round)
      venue.advance(.milliseconds(1))
      #expect(venue.sent.count == round + 1)
    }
  }

  @Test func `a position that waits for a closed market asks every 2 s whether it has opened`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    var closed = ScriptedVenue.instrument
    closed.status = .halted
    venue.feed(.instruments([closed]))
    venue.enter("0.1", at: "60000")
    #expect(venue.sent.isEmpty)
    let asked = venue.instrumentsAsked
    venue.advance(.seconds(2))
    venue.feed(.instruments([closed]))
    venue.advance(.seconds(2))
    #expect(venue.instrumentsAsked == asked + 2)
    venue.feed(.instruments([ScriptedVenue.instrument]))
    #expect(venue.sent.count == 1)
  }

  @Test func `a reading dated 900 ms too late does not beat the balances of a fill that follows it`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.advance(.seconds(15))
    venue.venueTime = venue.venueTime + .milliseconds(900)
    venue.answerSnapshots()
    venue.venueTime = venue.venueTime + .milliseconds(-800)
    venue.enter("0.1", at: "60000", id: "bot2")
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.1998")
  }

  @Test func `without a stream an account that holds nothing is read every 4 s`() {
    var venue = ScriptedVenue.ready()
    venue.feed(.streamLost(epoch: 1, reason: "cut"))
    venue.enter("0.1", at: "60000", tell: false)
    venue.advance(.seconds(4))
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `what is bought right after a reading of a flat account is looked at within 15 s`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    // A first round trip, so that the symbol's history has been read.
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    for stop in venue.restingStops { venue.fill(stop.venueOrderID, stop.quantity, at: "59400") }
    venue.advance(.seconds(2))
    venue.answerSnapshots()
    venue.advance(.seconds(12))
    venue.answerSnapshots()
    venue.advance(.seconds(1))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.advance(.milliseconds(14_999))
    let readings = venue.snapshotsAsked.count
    venue.advance(.milliseconds(1))
    #expect(readings == 0)
    #expect(venue.snapshotsAsked.count == 1)
  }

  @Test func `a first reading without an answer is given up after 2 s and repeated at once`() {
    var venue = ScriptedVenue()
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    venue.advance(.milliseconds(1999))
    #expect(venue.snapshotsAsked.count == 1)
    venue.advance(.milliseconds(1))
    #expect(venue.snapshotsAsked.count == 2)
  }

  @Test func `a reading that comes back incomplete after 3 s is repeated at once, one after 1 s is not`() {
    for (waited, isRepeated) in [(Duration.seconds(3), true), (.seconds(1), false)] {
      var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
      venue.feed(.request(.sweep))
      venue.advance(.milliseconds(1500))
      venue.answerSnapshots()
      venue.enter("0.1", at: "60000")
      venue.acceptAll()
      venue.feed(.request(.sweep))
      let (id, _) = venue.snapshotsAsked.removeFirst()
      venue.advance(waited)
      venue.feed(
        .snapshot(
          id: id,
          VenueSnapshot(
            requestedAt: venue.now, venueTimeAtStart: venue.venueTime, balances: nil, openOrders: nil,
            failures: ["account"])))
      venue.advance(.zero)
      #expect(venue.snapshotsAsked.count == (isRepeated ? 1 : 0))
    }
  }

  @Test func `a venue whose readings take 1.5 s has three times that before one counts as lost`() {
    var venue = ScriptedVenue.ready()
    venue.feed(.request(.sweep))
    venue.advance(.milliseconds(1500))
    venue.answerSnapshots()
    venue.feed(.request(.sweep))
    venue.snapshotsAsked = []
    venue.advance(.milliseconds(4499))
    #expect(venue.snapshotsAsked.isEmpty)
    venue.advance(.milliseconds(2001))
    #expect(venue.snapshotsAsked.count == 1)
  }

  @Test func `an exit whose worth fell from 6 to 4.5 under the minimum of 5 is refused once and not sent again`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.0001", at: "60100")
    venue.reject(.wouldTriggerImmediately)
    venue.reject(.filter, code: -1013)
    let sent = venue.sent.count
    for _ in 0..<30 {
      while !venue.snapshotsAsked.isEmpty { venue.answerSnapshot(price: "45000") }
      venue.advance(.seconds(1))
    }
    #expect(venue.sent.count <= sent + 1)
    #expect(venue.coverage?.state == .dust)
  }

  @Test func `a venue that says closed is tried again within 2 s however often it said so`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    for round in 1...10 {
      #expect(venue.sent.count == round)
      venue.reject(.marketClosed)
      venue.advance(.seconds(2))
    }
  }

  @Test func `a refusal from before the position was covered does not lengthen the next wait`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    for _ in 1...3 {
      venue.reject(.overloaded)
      venue.advance(.seconds(2))
    }
    venue.reject(.overloaded)
    let foreign = venue.makeOrder(id: "human", side: .sell, type: .stopLoss, quantity: "0.0999", trigger: "59000")
    venue.tell(foreign, .new, nil)
    venue.advance(.seconds(10))
    venue.answerSnapshots()
    venue.answerQueries()
    venue.enter("0.1", at: "60000", id: "bot2")
    venue.reject(.overloaded)
    let sent = venue.sent.count
    venue.advance(.milliseconds(250))
    #expect(venue.sent.count == sent + 1)
  }

  @Test func `a clamped stop goes under the price of the moment that it is sent, not of its refusal`() {
    var bracket = Bracket(stop: .percent("1"), takeProfits: [])
    bracket.onCrossedStop = .clamp
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    venue.answerSnapshot(price: "58000")
    venue.advance(.milliseconds(250))
    venue.reject(.wouldTriggerImmediately)
    venue.answerSnapshot(price: "57000")
    venue.advance(.milliseconds(500))
    guard case .placeLeg(let leg)? = venue.sent.last else { return #expect(Bool(false)) }
    #expect(leg.terms.triggerPrice == "56772", "0,4 % under the last price: 0,2 % was not enough")
  }

  @Test func `a reading taken before the first event and dated 900 ms too late gives way to its balances`() {
    var venue = ScriptedVenue(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0004")
    venue.venueTime = venue.venueTime + .milliseconds(900)
    venue.start()
    venue.advance(.seconds(3))
    venue.answerSnapshots()
    venue.venueTime = venue.venueTime + .milliseconds(-890)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `an account that looks flat is read again within 4 s after the tenth failure`() {
    var venue = ScriptedVenue.ready()
    venue.feed(.request(.sweep))
    for _ in 0..<10 {
      while !venue.snapshotsAsked.isEmpty {
        let (id, _) = venue.snapshotsAsked.removeFirst()
        let failed = VenueSnapshot(
          requestedAt: venue.now, venueTimeAtStart: venue.venueTime, balances: nil, openOrders: nil,
          failures: ["account", "open orders"])
        venue.feed(.snapshot(id: id, failed))
      }
      venue.advance(.seconds(4))
    }
    #expect(!venue.snapshotsAsked.isEmpty)
  }

  @Test func `a stop heard of 3 s ago is not placed again because two answers say that it is absent`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    // A replica from before the stop answers everything.
    let stops = venue.orders.filter { $0.value.type.isStop }
    for id in stops.keys { venue.orders[id] = nil }
    venue.feed(.request(.sweep))
    for _ in 0..<6 {
      venue.advance(.milliseconds(1100))
      venue.answerSnapshots()
      venue.answerQueries()
    }
    #expect(venue.sent.count == 1)
    venue.orders.merge(stops) { old, _ in old }
    venue.advance(.seconds(10))
    venue.answerSnapshots()
    venue.answerQueries()
    #expect(venue.sent.count == 1)
  }

  @Test func `a refusal for full slots counts for 5 s, because orders that nobody had heard of took part in it`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.reject(.openOrderLimit)
    venue.answerSnapshots()
    venue.advance(.milliseconds(4999))
    #expect(venue.sent.count == 1)
    venue.advance(.milliseconds(1))
    #expect(venue.sent.count == 2)
  }

  @Test func `a market that was read as closed long ago is asked about at once when an entry fills`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    var closed = ScriptedVenue.instrument
    closed.status = .halted
    venue.feed(.instruments([closed]))
    venue.advance(.seconds(60))
    venue.answerSnapshots()
    venue.instrumentsAsked = 0
    venue.enter("0.1", at: "60000")
    #expect(venue.instrumentsAsked == 1)
    venue.advance(.seconds(2))
    venue.advance(.seconds(2))
    #expect(venue.instrumentsAsked == 3)
  }

  @Test func `after a start the account is read again 10 s later, when no replica can show what was before`() {
    var venue = ScriptedVenue.ready()
    venue.advance(.milliseconds(9999))
    #expect(venue.snapshotsAsked.isEmpty)
    venue.advance(.milliseconds(1))
    #expect(venue.snapshotsAsked.count == 1)
  }

  @Test func `a market exit that sells little by little waits up to 1 s between two tries`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("1", at: "60000")
    venue.reject(.wouldTriggerImmediately)
    for _ in 0..<400 {
      for (_, command) in venue.pending {
        guard case .placeLeg(let leg) = command else { continue }
        var exit = venue.makeOrder(
          id: leg.terms.clientOrderID, side: .sell, type: .market, quantity: leg.quantity)
        venue.tell(exit, .new, nil)
        venue.fill(exit.venueOrderID, "0.001", at: "59000")
        exit = venue.orders[exit.venueOrderID] ?? exit
        exit.status = .expired
        venue.orders[exit.venueOrderID] = exit
        venue.tell(exit, .expired, nil)
      }
      venue.pending = []
      venue.advance(.milliseconds(50))
    }
    #expect(venue.sent.count <= 30)
  }
}
