@testable import Reconciler
import Testing
import Trading
import Venue

/// Absence is not evidence: orders that a reading does not show, fills of orders that nobody knows, states that nobody
/// understands.
struct UnheardTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])

  private func covered() -> ScriptedVenue {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    return venue
  }

  /// Lets the stop vanish from the venue without a word, and reads the account.
  private func vanished(lockedStays: Bool) -> ScriptedVenue {
    var venue = covered()
    venue.orders = venue.orders.filter { !$0.value.type.isStop }
    if lockedStays { venue.balances["BTC"] = Balance(asset: "BTC", free: .zero, locked: "0.0999") }
    venue.advance(.seconds(5))
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    return venue
  }

  @Test func `an order that a reading does not show is asked about, and still counts`() {
    let venue = vanished(lockedStays: false)
    #expect(venue.queriesAsked.count == 1)
    #expect(venue.coverage?.state == .covered)
    #expect(venue.sent.count == 1)
  }

  @Test func `after two answers "absent" a second apart it is forgotten and replaced`() {
    var venue = vanished(lockedStays: false)
    venue.answerQueries()
    #expect(venue.sent.count == 1, "one answer proves nothing")
    for _ in 0..<5 where venue.sent.count == 1 {
      venue.advance(.milliseconds(1100))
      venue.answerSnapshots()
      venue.answerQueries()
      venue.answerSnapshots()
    }
    #expect(venue.sent.count == 2)
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
  }

  @Test(arguments: [false, true])
  func `a take-profit that nobody finds any more holds the next stop up no longer than until it is forgotten`(
    anotherProductLocks: Bool
  ) {
    var venue = ScriptedVenue.ready(
      bracket: Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")]))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard var stop = venue.restingStops.first else { return #expect(Bool(false)) }
    stop.status = .expired
    venue.orders = venue.orders.filter { $0.value.side == .buy }
    venue.tell(stop, .expired, nil)
    if anotherProductLocks { venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0999", locked: "0.0999") }
    for _ in 0..<125 {
      venue.advance(.milliseconds(100))
      while case .cancelList? = venue.pending.first?.command { venue.reject(.unknownOrder, code: -2011) }
      venue.answerQueries()
      venue.answerSnapshots()
    }
    #expect(venue.pending.map(\.command.name) == ["place_oco"])
  }

  @Test func `while the wallet shows its lock the order is believed, whatever the queries say`() {
    var venue = vanished(lockedStays: true)
    for _ in 0..<6 {
      venue.answerQueries()
      venue.advance(.milliseconds(1100))
      venue.answerSnapshots()
    }
    #expect(venue.sent.count == 1)
  }

  @Test func `after 10 s in which no answer shows it the lock is somebody else's, and the stop is replaced`() {
    var venue = vanished(lockedStays: true)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0999", locked: "0.0999")
    for _ in 0..<12 {
      venue.answerQueries()
      venue.advance(.milliseconds(1100))
      venue.answerSnapshots()
    }
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `a stop that is gone is not believed for the lock of its take-profit`() {
    var venue = ScriptedVenue.ready(
      bracket: Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")]))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.orders = venue.orders.filter { !$0.value.type.isStop }
    venue.balances["BTC"] = Balance(asset: "BTC", free: .zero, locked: "0.0999")
    venue.advance(.seconds(12))
    for _ in 0..<12 {
      venue.feed(.request(.sweep))
      venue.answerSnapshots()
      venue.answerQueries()
      venue.advance(.milliseconds(1100))
    }
    #expect(venue.coverage?.state != .covered)
    #expect(venue.sent.count > 1)
  }

  @Test func `a question that fails or finds the order leaves it as it is`() {
    var venue = vanished(lockedStays: false)
    let question = venue.queriesAsked.removeFirst()
    venue.feed(.answer(id: question.id, .failed("timeout")))
    venue.advance(.seconds(3))
    #expect(venue.sent.count == 1)
  }

  @Test
  func `a stop that a reading shows and the next one does not is asked about within 2 s, not at the next interval`() {
    var venue = covered()
    venue.advance(.seconds(5))
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    venue.orders = venue.orders.filter { !$0.value.type.isStop }
    venue.advance(.milliseconds(300))
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    #expect(venue.queriesAsked.isEmpty, "what was shown 300 ms ago may be missing from a lagging reading")
    venue.advance(.seconds(2))
    venue.answerSnapshots()
    #expect(venue.queriesAsked.count == 1)
  }

  @Test func `a question that fails is asked again within 2 s, not at the next interval`() {
    var venue = vanished(lockedStays: false)
    let question = venue.queriesAsked.removeFirst()
    venue.feed(.answer(id: question.id, .failed("timeout")))
    venue.advance(.seconds(2))
    venue.answerSnapshots()
    #expect(venue.queriesAsked.map(\.query.reference) == [question.query.reference])
  }

  @Test func `for a sale that a reading shows no leg is cut before the history tells what was bought`() {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.1")
    venue.start()
    let sale = venue.makeOrder(id: "web", side: .sell, type: .limit, quantity: "0.05", price: "61000")
    venue.tell(sale, .new, nil)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.advance(.seconds(12))
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    let sent = venue.sent.count
    // Unheard of: it sells, and the bot buys.
    venue.fill(sale.venueOrderID, "0.05", at: "61000", tell: false)
    venue.enter("0.02", at: "60000", id: "bot2", tell: false)
    venue.advance(.seconds(1))
    venue.feed(.request(.sweep))
    venue.answerSnapshot()
    venue.answerQueries()
    #expect(venue.snapshotsAsked.contains { !$0.scope.histories.isEmpty })
    #expect(venue.sent.count == sent)
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
    #expect(venue.core.status.lots.map(\.openQuantity) == ["0.0499", "0.01998"])
  }

  // MARK: - Fills of unknown orders

  /// A complete reading of a flat account whose trades are ahead of its orders.
  private func answerSnapshot(of venue: inout ScriptedVenue, fills: [Fill]) {
    let snapshot = venue.snapshotsAsked.removeFirst()
    let request = HistoryRequest(symbol: "BTCUSDT", fromTradeID: nil, since: venue.venueTime + .seconds(-60))
    venue.feed(
      .snapshot(
        id: snapshot.id,
        VenueSnapshot(
          requestedAt: venue.now, venueTimeAtStart: venue.venueTime, balances: Array(venue.balances.values),
          openOrders: [],
          histories: [SymbolHistory(request: request, orders: [], fills: fills, isComplete: true)])))
  }

  @Test func `a fill of an order that nobody knows waits for the order, which is asked for`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    let id = venue.enter("0.1", at: "60000", tell: false)
    guard let fill = venue.fills.last, let order = venue.orders[id] else { return }
    venue.feed(.request(.sweep))
    // The reading's trade list is ahead of its orders.
    answerSnapshot(of: &venue, fills: [fill])
    #expect(venue.queriesAsked.map(\.query.reference).contains(.venue(id)))
    venue.tell(order, .trade, nil)
    venue.acceptAll()
    #expect(venue.core.status.lots.map(\.filledQuantity) == ["0.1"])
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a fill whose order the venue does not find leads to the symbol's history`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    let fill = Fill(
      symbol: "BTCUSDT", tradeID: 7, venueOrderID: 4711, side: .sell, price: "60000", quantity: "0.01",
      venueTime: venue.venueTime)
    venue.feed(.request(.sweep))
    answerSnapshot(of: &venue, fills: [fill])
    venue.answerQueries()
    venue.advance(.seconds(40))
    #expect(venue.snapshotsAsked.contains { $0.scope.histories.contains { $0.symbol == "BTCUSDT" } })
  }

  private static func residualsWritten(_ venue: ScriptedVenue) -> [FixedDecimal] {
    venue.facts.compactMap { if case .residual("BTC", let quantity) = $0 { quantity } else { nil } }
  }

  @Test func `a withdrawal that no event tells of is written down when the histories were read again 10 s later`() {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.start()
    for _ in 0..<20 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    venue.facts = []
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.8")
    venue.feed(.request(.sweep))
    for _ in 0..<9 {
      venue.answerSnapshots()
      venue.advance(.seconds(1))
    }
    #expect(Self.residualsWritten(venue).isEmpty)
    for _ in 0..<6 {
      venue.answerSnapshots()
      venue.advance(.seconds(1))
    }
    #expect(Self.residualsWritten(venue) == ["0.8"])
  }

  @Test func `a sale that lagging histories hid, and that was taken for a withdrawal, is found 10 s later`() {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.start()
    venue.advance(.seconds(20))
    venue.answerSnapshots()
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.2")
    venue.fill(sale.venueOrderID, "0.2", at: "60000", tell: false)
    let (orders, fills) = (venue.orders, venue.fills)
    (venue.orders, venue.fills) = ([:], [])
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    for _ in 0..<6 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    #expect(venue.core.status.residuals["BTC"] == "0.8")
    #expect(Self.residualsWritten(venue).isEmpty, "the next life would take it for a transfer")
    (venue.orders, venue.fills) = (orders, fills)
    for _ in 0..<10 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    #expect(venue.facts.contains { if case .fill(let fill, _) = $0 { fill.quantity == "0.2" } else { false } })
  }

  @Test func `a sale whose order is listed before its trades has its history read until they come`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.advance(.seconds(30))
    venue.answerSnapshots()
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.2")
    venue.fill(sale.venueOrderID, "0.2", at: "60000", tell: false)
    guard let fill = venue.fills.popLast() else { return #expect(Bool(false)) }
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    venue.advance(.seconds(1))
    venue.answerSnapshots()
    venue.fills.append(fill)
    for _ in 0..<4 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    #expect(venue.core.status.lots.isEmpty, "the sale is booked")
  }

  // MARK: - States that nobody understands

  @Test func `an order of an unknown status raises an alert and covers nothing`() {
    var venue = covered()
    guard var stop = venue.restingStops.first else { return }
    stop.status = .unknown("FROZEN")
    stop.updatedAt = stop.updatedAt + .milliseconds(1)
    venue.tell(stop, .unknown("X"), nil)
    #expect(!venue.standing(.unknownOrderState), "a known state is not given up for an unknown one")
    let odd = venue.makeOrder(id: "odd", side: .sell, type: .stopLoss, quantity: "0.01", trigger: "50000")
    var unknown = odd
    unknown.status = .unknown("FROZEN")
    venue.tell(unknown, .unknown("X"), nil)
    #expect(venue.standing(.unknownOrderState))
  }

  @Test func `a lot of a symbol that the venue does not list any more is critical, not silent`() {
    var venue = ScriptedVenue()
    let lot = Lot(
      id: OrderKey("GONEUSDT", 5), entryClientOrderID: "bot1", bracket: .standard, bracketOrigin: .accountDefault,
      filledQuantity: "1", filledQuote: "10", source: .stream, openedAt: venue.venueTime)
    venue.start(from: MirrorState(protectedSince: venue.venueTime, lots: [lot]))
    #expect(venue.standing(.unknownOrderState))
  }

  @Test func `filters that come after the mirror are waited for`() {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.feed(.restored(nil))
    #expect(venue.instrumentsAsked == 1)
    #expect(venue.snapshotsAsked.isEmpty)
    venue.feed(.instruments([ScriptedVenue.instrument]))
    #expect(venue.snapshotsAsked.count == 1)
    venue.feed(.streamOpened(epoch: 1))
    venue.answerSnapshots()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered)
  }

  @Test func `a mirror that is read late only adds its registrations`() {
    var venue = ScriptedVenue.ready()
    let registration = BracketRegistration(entryClientOrderID: "bot1", bracket: Self.stopOnly)
    venue.feed(.restored(MirrorState(brackets: [registration])))
    venue.feed(.restored(nil))
    venue.enter("0.1", at: "60000")
    #expect(venue.core.status.lots.map(\.bracketOrigin) == [.registered])
  }

  // MARK: - Readings that fail

  @Test func `three readings in a row without an answer raise an alert that a complete one clears`() {
    var venue = covered()
    venue.feed(.request(.sweep))
    for _ in 0..<400 where !venue.standing(.sweepIncomplete) { venue.advance(.milliseconds(500)) }
    #expect(venue.standing(.sweepIncomplete))
    venue.snapshotsAsked = Array(venue.snapshotsAsked.suffix(1))
    for _ in 0..<60 where venue.standing(.sweepIncomplete) {
      venue.answerSnapshots()
      venue.advance(.milliseconds(500))
    }
    #expect(!venue.standing(.sweepIncomplete))
    #expect(venue.sent.count == 1)
  }

  @Test func `an answer to a reading that was given up changes nothing`() {
    var venue = covered()
    venue.feed(.request(.sweep))
    let old = venue.snapshotsAsked.removeFirst()
    venue.advance(.seconds(30))
    let empty = VenueSnapshot(
      requestedAt: venue.now, venueTimeAtStart: venue.venueTime, balances: [], openOrders: [])
    venue.feed(.snapshot(id: old.id, empty))
    #expect(venue.coverage?.covered == "0.0999")
  }

  @Test func `a stream that is lost is told of once, and an end of another connection not at all`() {
    var venue = covered()
    venue.feed(.streamLost(epoch: 7, reason: "of another"))
    #expect(!venue.standing(.streamDown))
    venue.feed(.streamLost(epoch: 1, reason: "cut"))
    venue.feed(.streamLost(epoch: 1, reason: "cut again"))
    let gaps = venue.facts.count { if case .gap = $0 { true } else { false } }
    #expect(gaps == 1)
    #expect(venue.standing(.streamDown))
    venue.feed(.streamOpened(epoch: 2))
    venue.answerSnapshots()
    #expect(!venue.standing(.streamDown))
  }

  @Test func `a lost fill from before the last one that was read is found when its order is ahead of its fills`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    let entry = venue.makeOrder(id: "bot9", side: .buy, type: .limit, quantity: "0.1", price: "60000")
    venue.tell(entry, .new, nil)
    venue.fill(entry.venueOrderID, "0.04", at: "60000", tell: false)
    venue.fill(entry.venueOrderID, "0.06", at: "60000")
    venue.acceptAll()
    for _ in 1...4 {
      venue.advance(.seconds(15))
      venue.answerSnapshots()
      venue.answerQueries()
      venue.acceptAll()
    }
    let recorded = venue.facts.compactMap { fact in if case .fill(let fill, _) = fact { fill.quantity } else { nil } }
    #expect(recorded.sorted() == ["0.04", "0.06"])
    #expect(venue.stopQuantity == "0.0999")
  }
}
