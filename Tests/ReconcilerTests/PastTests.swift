@testable import Reconciler
import Testing
import Trading
import Venue

/// What an earlier life has bought and sold, and a later one reads of again.
struct PastTests {
  private static let stopOnly = Bracket(stop: .percent("1"), takeProfits: [])

  /// A limit entry of which 0.02 of 0.03 filled, were covered and sold by their stop; its rest ended after the sale.
  private func soldBeforeItsRestEnded() -> (venue: ScriptedVenue, entry: Order) {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    venue.start()
    for _ in 0..<4 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    var entry = venue.makeOrder(id: "bid", side: .buy, type: .limit, quantity: "0.03", price: "60000")
    venue.fill(entry.venueOrderID, "0.02", at: "60000")
    venue.advance(.seconds(3))
    venue.acceptAll()
    for stop in venue.restingStops { venue.fill(stop.venueOrderID, stop.quantity, at: "59400") }
    venue.advance(.seconds(3))
    entry = venue.orders[entry.venueOrderID] ?? entry
    entry.status = .canceled
    entry.updatedAt = venue.venueTime
    venue.orders[entry.venueOrderID] = entry
    return (venue, entry)
  }

  @Test func `an entry that was sold before its rest was cancelled stays closed after a restart`() {
    var (venue, entry) = soldBeforeItsRestEnded()
    venue.tell(entry, .canceled, nil)
    let memory = venue.remembered()
    #expect(memory.lots.isEmpty)
    var again = venue.reborn(bracket: Self.stopOnly)
    again.start(from: memory)
    again.readOn(seconds: 3)
    #expect(again.sent.isEmpty)
    #expect(again.core.status.lots.isEmpty)
  }

  @Test(arguments: [false, true])
  func `of a sold entry the mirror may give back its newest fill only`(late: Bool) {
    var (venue, entry) = soldBeforeItsRestEnded()
    venue.tell(entry, .canceled, nil)
    var memory = venue.remembered()
    // As if the entry had been bought in two pieces, of which the older one is beyond what is given back.
    guard let bought = memory.fills.firstIndex(where: { $0.side == .buy }) else { return #expect(Bool(false)) }
    memory.fills[bought].quantity = "0.005"
    memory.newestFillsPerSymbol = memory.fills.count
    memory.tradeCursors[ScriptedVenue.instrument.symbol] = memory.fills.map(\.tradeID).max()
    var again = venue.reborn(bracket: Self.stopOnly)
    again.feed(.instruments([ScriptedVenue.instrument]))
    if late { again.feed(.restored(nil)) }
    again.feed(.restored(memory))
    again.readOn(seconds: 3)
    #expect(again.sent.isEmpty)
    #expect(again.core.status.lots.isEmpty)
  }

  @Test func `an entry that was never recorded opens its lot, however many younger fills the mirror gives back`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.02", at: "60000", id: "older")
    venue.enter("0.01", at: "60000", id: "younger")
    var memory = venue.remembered()
    memory.tradeCursors = [:]
    memory.fills.removeAll { $0.quantity == "0.02" }
    memory.orders.removeAll { $0.clientOrderID == "older" }
    memory.lots.removeAll { $0.entryClientOrderID == "older" }
    memory.newestFillsPerSymbol = memory.fills.count
    var again = venue.reborn(bracket: Self.stopOnly)
    again.start(from: memory)
    again.readOn(seconds: 3)
    #expect(Set(again.core.status.lots.map(\.entryClientOrderID)) == ["older", "younger"])
  }

  @Test func `what an entry bought 25 h before the first start, a day being adopted, is read when its rest fills`() {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    let entry = venue.makeOrder(id: "bid", side: .buy, type: .limit, quantity: "0.1", price: "60000")
    venue.fill(entry.venueOrderID, "0.04", at: "60000", tell: false)
    venue.venueTime = venue.venueTime + .seconds(25 * 3600)
    venue.start()
    venue.fill(entry.venueOrderID, "0.06", at: "60000")
    venue.acceptAll()
    venue.readOn(seconds: 30)
    venue.acceptAll()
    let recorded = venue.facts.compactMap { fact in if case .fill(let fill, _) = fact { fill.quantity } else { nil } }
    #expect(recorded.sorted() == ["0.04", "0.06"])
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `an entry that a late mirror knows to be sold is not opened by the readings that come after it`() {
    var (venue, entry) = soldBeforeItsRestEnded()
    venue.tell(entry, .canceled, nil)
    var again = venue.reborn(bracket: Self.stopOnly)
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    again.feed(.restored(venue.remembered()))
    again.readOn(seconds: 4)
    #expect(again.sent.isEmpty)
    #expect(again.core.status.lots.isEmpty)
  }

  @Test(arguments: [false, true])
  func `an entry that a busy late mirror holds back with its sale is closed, was it opened before or not`(
    isOpened: Bool
  ) {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    let older = OrderKey(ScriptedVenue.instrument.symbol, venue.enter("0.02", at: "60000", id: "older"))
    venue.acceptAll()
    venue.enter("0.01", at: "60000", id: "younger")
    venue.acceptAll()
    var memory = venue.remembered()
    memory.fills.removeAll { $0.quantity != "0.01" }
    memory.newestFillsPerSymbol = memory.fills.count
    memory.tradeCursors[ScriptedVenue.instrument.symbol] = memory.fills.map(\.tradeID).max()
    memory.orders.removeAll { !$0.isOpen }
    // Sold by hand long ago, and recorded; the leg that stood behind it is still there.
    memory.lots.removeAll { $0.entryClientOrderID == "older" }
    (memory.closures, memory.closedLots, memory.unmatchedSales) = ([], [], [])
    var again = venue.reborn(bracket: Self.stopOnly)
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    // The first reading shows legs, the second one what the entries bought that they name.
    again.answerSnapshot()
    if isOpened { again.readOn(seconds: 1) }
    #expect(again.core.ledger.contains(older) == isOpened)
    again.feed(.restored(memory))
    again.readOn(seconds: 4)
    #expect(again.core.status.lots.map(\.entryClientOrderID) == ["younger"])
  }

  @Test func `a purchase that only a late mirror tells of was heard of by nobody as it happened`() {
    var venue = ScriptedVenue.ready(bracket: Self.stopOnly)
    venue.enter("0.02", at: "60000", id: "bot")
    let memory = venue.remembered()
    var again = venue.reborn(bracket: Self.stopOnly)
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    for order in venue.orders.values where order.clientOrderID == "bot" { again.tell(order, .new, nil) }
    again.feed(.restored(memory))
    #expect(again.core.ledger.allOpen.map(\.isWitnessed) == [false])
    #expect(again.core.ledger.allOpen.map { again.core.ledger.filled($0.lot.id).quantity } == ["0.02"])
  }

  /// A new life that remembers nothing, and an entry that rests with 0.02 filled, which an earlier life had covered and
  /// sold.
  private func bornWithoutMemory() -> ScriptedVenue {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    venue.start()
    let entry = venue.makeOrder(id: "bid", side: .buy, type: .limit, quantity: "0.03", price: "60000")
    venue.fill(entry.venueOrderID, "0.02", at: "60000")
    venue.advance(.seconds(3))
    venue.acceptAll()
    for stop in venue.restingStops { venue.fill(stop.venueOrderID, stop.quantity, at: "59400", tell: false) }
    var again = venue.reborn(bracket: Self.stopOnly)
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(MirrorState(protectedSince: venue.core.protectedSince)))
    again.feed(.streamOpened(epoch: 1))
    return again
  }

  @Test func `an entry that the first reading shows partly filled gets no leg before its history says what was sold`() {
    var again = bornWithoutMemory()
    again.answerSnapshot()
    #expect(again.sent.isEmpty)
    again.answerSnapshots()
    again.advance(.seconds(5))
    again.answerSnapshots()
    #expect(again.sent.isEmpty)
    #expect(again.stopQuantity.isZero)
  }

  @Test func `an entry that the first reading shows partly filled is covered after 2 s when no history can be read`() {
    var again = bornWithoutMemory()
    again.answerSnapshot()
    again.snapshotsAsked = []
    again.advance(.milliseconds(2100))
    again.acceptAll()
    #expect(again.stopQuantity == "0.01998")
  }

  @Test func `trades of a reading that was given up are taken when it comes after all`() {
    var again = bornWithoutMemory()
    again.answerSnapshot()
    guard let late = again.snapshotsAsked.first else { return #expect(Bool(false)) }
    again.snapshotsAsked = []
    again.advance(.milliseconds(1900))
    #expect(again.sent.isEmpty)
    again.feed(.timer(.snapshotDeadline(id: late.id)))
    again.snapshotsAsked = [late]
    again.answerSnapshot()
    again.advance(.seconds(1))
    #expect(again.sent.isEmpty)
    #expect(again.coverage?.position == "0")
  }

  @Test func `a take-profit that one reading shows without its stop is not taken down`() {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [.init(.percent("1"), share: "1")])
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.advance(.seconds(30))
    var again = venue.reborn(bracket: bracket)
    again.venueTime = again.venueTime + .seconds(30)
    again.orders = again.orders.filter { !$0.value.type.isStop }
    again.start(from: nil)
    again.orders = venue.orders
    for _ in 0..<5 {
      again.advance(.seconds(1))
      again.answerSnapshots()
      again.answerQueries()
    }
    #expect(again.sent.isEmpty)
    #expect(again.coverage?.state == .covered)
  }

  @Test func `legs whose lot a sale took while a start read are cut within 4 s, beside coins that nothing explains`() {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.start()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    var again = venue.reborn(bracket: Self.stopOnly)
    let sale = again.makeOrder(id: "web", side: .sell, type: .market, quantity: "0.5")
    again.fill(sale.venueOrderID, "0.5", at: "60000", tell: false)
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(venue.remembered()))
    again.feed(.streamOpened(epoch: 1))
    again.feed(.event(.balances(Array(again.balances.values), at: again.venueTime)))
    for _ in 0..<4 {
      again.answerSnapshots()
      again.acceptAll()
      again.advance(.seconds(1))
    }
    #expect(again.core.status.lots.isEmpty)
    #expect(again.openOrders.isEmpty)
  }

  @Test func `0.1 from before the start is covered with its history, though a fill of another entry is missing there`()
  {
    var venue = ScriptedVenue(bracket: Self.stopOnly)
    venue.enter("0.1", at: "60000", tell: false)
    venue.enter("0.2", at: "60000", id: "bot2", tell: false)
    venue.fills.removeLast()
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    venue.feed(.streamOpened(epoch: 1))
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.restingStops.map(\.quantity).first == "0.0999")
  }
}
