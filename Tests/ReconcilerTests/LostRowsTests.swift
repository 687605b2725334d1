@testable import Reconciler
import Testing
import Trading
import Venue

/// What no row and no event tells any more is found by what contradicts it.
struct LostRowsTests {
  @Test(arguments: [false, true])
  func `an order that the mirror knows, and whose fill it lost, has its history read from its creation`(
    isReadLate: Bool
  ) {
    var venue = ScriptedVenue.ready()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    let first = venue.enter("0.1", at: "60000", tell: false)
    let second = venue.enter("0.2", at: "60000", id: "bot2", tell: false)
    guard let lost = venue.orders[first], let known = venue.fills.last, known.venueOrderID == second else {
      return #expect(Bool(false), "two entries were made")
    }
    venue.advance(.seconds(60))
    let state = MirrorState(
      protectedSince: lost.updatedAt + .seconds(-60), orders: [lost], fills: [known],
      tradeCursors: [venue.symbol: known.tradeID], unbooked: [venue.symbol: lost.updatedAt],
      orderedSymbols: [venue.symbol])
    var again = ScriptedVenue()
    (again.orders, again.fills, again.balances) = (venue.orders, venue.fills, venue.balances)
    again.start(from: isReadLate ? nil : state)
    if isReadLate { again.feed(.restored(state)) }
    again.answerSnapshots()
    let written = again.facts.compactMap { if case .fill(let fill, _) = $0 { fill.venueOrderID } else { nil } }
    #expect(written.contains(first))
  }

  @Test(arguments: [true, false])
  func `a round trip that no row tells is found on a symbol of which the mirror knows orders, or even trades`(
    knowsTrades: Bool
  ) {
    var venue = ScriptedVenue.ready()
    func trade(_ id: String) {
      let entry = venue.enter("0.1", at: "60000", id: ClientOrderID(id), tell: false)
      venue.fills[venue.fills.count - 1].commissionAsset = nil
      venue.balances["BTC"] = Balance(asset: "BTC", free: "0.1")
      let sale = venue.makeOrder(id: ClientOrderID(id + "-out"), side: .sell, type: .market, quantity: "0.1")
      venue.fill(sale.venueOrderID, "0.1", at: "59000", tell: false)
      venue.balances["BTC"] = nil
      #expect(venue.orders[entry]?.status == .filled)
    }
    let since = venue.venueTime
    trade("known")
    let memory = MirrorState(
      protectedSince: since, fills: knowsTrades ? venue.fills : [],
      balances: venue.balances.values.filter { $0.asset == "USDT" }, orderedSymbols: [venue.symbol])
    if !knowsTrades { (venue.orders, venue.fills) = ([:], []) }
    trade("untold")
    var again = venue.reborn()
    again.start(from: memory)
    let written = again.facts.compactMap { if case .fill(let fill, _) = $0 { fill.tradeID } else { nil } }
    #expect(written == venue.fills.suffix(2).map(\.tradeID))
  }

  @Test func `a sale of coins that came by an untold transfer is found by the quote that it brought`() {
    var venue = ScriptedVenue.ready()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    venue.feed(.request(.sweep))
    for _ in 0..<20 {
      venue.answerSnapshots()
      venue.advance(.seconds(1))
    }
    venue.facts = []
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.6")
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.1")
    venue.fill(sale.venueOrderID, "0.1", at: "60000", tell: false)
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    let written = venue.facts.compactMap { if case .fill(let fill, _) = $0 { fill.venueOrderID } else { nil } }
    #expect(written == [sale.venueOrderID])
  }

  @Test func `what a reading showed that came too late has its history read when the quote that it cost is missed`() {
    var venue = ScriptedVenue.ready()
    let entry = venue.enter("0.1", at: "60000", tell: false)
    venue.feed(.request(.sweep))
    guard let (late, _) = venue.snapshotsAsked.popLast() else { return #expect(Bool(false), "a reading is asked for") }
    let shown = VenueSnapshot(
      requestedAt: venue.now, venueTimeAtStart: venue.venueTime, balances: Array(venue.balances.values), openOrders: [])
    venue.advance(.seconds(2))
    // It is withdrawn, and nobody tells of that either.
    venue.balances["BTC"] = nil
    venue.feed(.snapshot(id: late, shown))
    venue.answerSnapshots()
    let written = venue.facts.compactMap { if case .fill(let fill, _) = $0 { fill.venueOrderID } else { nil } }
    #expect(written == [entry])
  }

  @Test(arguments: [false, true])
  func `0.1 of an open entry that an earlier life wrote down before it could be a lot is covered`(isLate: Bool) {
    var venue = ScriptedVenue(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    let entry = venue.makeOrder(id: "bot", side: .buy, type: .limit, quantity: "0.2", price: "60000")
    venue.fill(entry.venueOrderID, "0.1", at: "60000", tell: false)
    guard let bought = venue.orders[entry.venueOrderID] else { return #expect(Bool(false), "an entry was made") }
    let memory = MirrorState(
      protectedSince: entry.updatedAt, orders: [bought], unbooked: [venue.symbol: entry.updatedAt],
      orderedSymbols: [venue.symbol])
    if isLate {
      // A replica that is behind does not show the order yet.
      venue.orders = [:]
      venue.start(from: nil)
      venue.orders = [entry.venueOrderID: bought]
      venue.feed(.restored(memory))
    } else {
      venue.start(from: memory)
    }
    venue.readOn(seconds: 1)
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `a sale recorded by an earlier life closes the lot that is read after a mirror that came back late`() {
    var venue = ScriptedVenue()
    let entry = venue.enter("0.1", at: "60000", tell: false)
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.05")
    venue.fill(sale.venueOrderID, "0.05", at: "60000", tell: false)
    guard let bought = venue.orders[entry], let sold = venue.orders[sale.venueOrderID], let fill = venue.fills.last
    else {
      return #expect(Bool(false), "an entry and a sale were made")
    }
    let state = MirrorState(
      protectedSince: bought.updatedAt, orders: [bought, sold], fills: [fill],
      unmatchedSales: [UnmatchedSale(fill: fill, rest: fill.quantity)],
      tradeCursors: [venue.symbol: fill.tradeID], unbooked: [venue.symbol: bought.updatedAt],
      orderedSymbols: [venue.symbol])
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    venue.feed(.streamOpened(epoch: 1))
    venue.feed(.restored(state))
    venue.answerSnapshots()
    #expect(venue.core.status.lots.map(\.openQuantity) == ["0.0499"])
  }

  @Test(arguments: [false, true])
  func `a sale that this life has read and found nothing for closes no more of a late mirror's lot`(
    closedAnother: Bool
  ) {
    var venue = ScriptedVenue.ready()
    if closedAnother {
      venue.enter("0.02", at: "60000", id: "older")
      venue.acceptAll()
    }
    venue.buyAndSell("0.05")
    let memory = venue.remembered()
    let left = memory.lots.map(\.openQuantity)
    var again = venue.reborn()
    // Of the entries neither the orders nor the trades are told at first.
    let (orders, fills) = (again.orders, again.fills)
    again.orders = again.orders.filter { $0.value.side == .sell }
    again.fills.removeAll { $0.side == .buy }
    again.start(from: nil)
    again.feed(.request(.sweep))
    again.answerSnapshots()
    (again.orders, again.fills) = (orders, fills)
    again.feed(.restored(memory))
    #expect(again.core.status.lots.map(\.openQuantity) == left)
    again.readOn(seconds: 3)
    #expect(again.core.status.lots.map(\.openQuantity) == left)
  }

  @Test func `of a sale over 0.05 a late mirror's lot is closed by what the row of its other lot leaves`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.02", at: "60000", id: "older")
    venue.acceptAll()
    venue.buyAndSell("0.05")
    var memory = venue.remembered()
    let left = memory.lots.map(\.openQuantity)
    // What it closed of the younger lot was lost with the last moments before a crash.
    let lost = memory.closures.filter { $0.lot == memory.lots.first?.id }.reduce(.zero) { $0 + $1.quantity }
    memory.closures.removeAll { $0.lot == memory.lots.first?.id }
    memory.lots[0].closedQuantity = .zero
    memory.unmatchedSales = memory.fills.suffix(1).map { UnmatchedSale(fill: $0, rest: lost) }
    var again = venue.reborn()
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    again.feed(.restored(memory))
    again.readOn(seconds: 3)
    #expect(lost == "0.03002")
    #expect(again.core.status.lots.map(\.openQuantity) == left)
  }

  @Test(arguments: [FixedDecimal("0.01998"), "0.0999"])
  func `a sale of 0.01998 that two rows say closed two lots closes the older one, and the other row is mended`(
    held: FixedDecimal
  ) {
    var venue = ScriptedVenue.ready()
    venue.enter("0.02", at: "60000", id: "older")
    venue.acceptAll()
    venue.buyAndSell("0.01998")
    var memory = venue.remembered()
    // A life without a mirror took the sale for one of the younger lot, or of the whole of it.
    guard var row = memory.closures.last, let younger = memory.lots.first else { return #expect(Bool(false)) }
    row.lot = younger.id
    row.quantity = held
    memory.closures.append(row)
    memory.lots[0].closedQuantity = held
    var again = venue.reborn()
    again.start(from: memory)
    again.readOn(seconds: 3)
    #expect(again.core.status.lots.map(\.openQuantity) == ["0.0999"])
    var rows: [TradeID: FixedDecimal] = [:]
    for case .closure(let closure) in again.facts where closure.lot == younger.id {
      rows[closure.tradeID] = closure.quantity
    }
    #expect(rows == [row.tradeID: .zero])
  }

  @Test func `a stop that expired with 0.04 sold stays so, though a fill of 0.02 is listed that counts as booked`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard let stop = venue.restingStops.first else { return #expect(Bool(false), "a stop stands") }
    venue.fill(stop.venueOrderID, "0.02", at: "59400", tell: false)
    venue.fill(stop.venueOrderID, "0.02", at: "59400")
    guard var ended = venue.orders[stop.venueOrderID] else { return }
    ended.status = .expired
    ended.updatedAt = venue.venueTime
    venue.orders[stop.venueOrderID] = ended
    venue.tell(ended, .expired, nil)
    venue.core.ledger.assumeBooked(ended)
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    venue.advance(.seconds(3))
    venue.answerSnapshots()
    #expect(venue.core.ledger.hasSeen(venue.fills[1].tradeID, of: venue.symbol))
    #expect(venue.core.book[stop.key]?.executedQuantity == "0.04")
  }
}

extension ScriptedVenue {
  /// 0.1 is bought and covered, and a human sells some of what is held.
  fileprivate mutating func buyAndSell(_ quantity: FixedDecimal) {
    enter("0.1", at: "60000")
    acceptAll()
    let sale = makeOrder(id: "human", side: .sell, type: .market, quantity: quantity)
    fill(sale.venueOrderID, quantity, at: "60000")
    acceptAll()
  }
}
