@testable import Reconciler
import Testing
import Trading
import Venue

/// What survives a restart, with the mirror and without it.
struct RestartTests {
  @Test func `a restart with the mirror changes nothing on a covered account`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    var again = venue.reborn()
    again.start(from: venue.remembered())
    again.answerSnapshots()
    again.answerQueries()
    #expect(again.sent.isEmpty)
    #expect(again.coverage?.state == .covered)
    #expect(again.core.status.lots == venue.core.status.lots)
  }

  @Test func `a restart without the mirror finds lots by the names of their legs and sends nothing`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    var again = venue.reborn()
    again.start(from: nil)
    for _ in 0..<4 {
      again.answerQueries()
      again.answerSnapshots()
    }
    #expect(again.sent.isEmpty)
    #expect(again.coverage?.state == .covered)
  }

  @Test func `an entry that fills while the guardian is dead is covered after one snapshot`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let memory = venue.remembered()
    var again = venue.reborn()
    again.enter("0.05", at: "60000", id: "bot2", tell: false)
    again.start(from: memory)
    for _ in 0..<4 {
      again.acceptAll()
      again.answerSnapshots()
      again.answerQueries()
    }
    #expect(again.stopQuantity == "0.14985")
    #expect(again.core.status.lots.count == 2)
  }

  @Test func `a crash between sending and hearing places the same name once more and the venue holds one`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    let memory = venue.remembered()
    venue.executeSilently()
    var again = venue.reborn()
    again.start(from: memory)
    for _ in 0..<3 {
      again.answerSnapshots()
      again.answerQueries()
    }
    #expect(again.sent.isEmpty)
    #expect(again.restingStops.count == 1)
  }

  @Test func `a lot that was closed before the restart stays closed, although the history still lists its entry`() {
    var venue = ScriptedVenue()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    venue.start()
    for _ in 0..<4 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    for stop in venue.restingStops { venue.fill(stop.venueOrderID, stop.quantity, at: "59400") }
    #expect(venue.core.status.lots.isEmpty)
    var again = venue.reborn()
    again.start(from: venue.remembered())
    for _ in 0..<3 {
      again.answerSnapshots()
      again.answerQueries()
    }
    #expect(again.sent.isEmpty)
    #expect(again.core.status.lots.isEmpty)
  }

  @Test func `a purchase whose rows were lost in the crash is found although the wallet's row survived`() {
    var venue = ScriptedVenue.ready()
    var memory = venue.remembered()
    venue.enter("0.1", at: "60000", tell: false)
    memory.balances = Array(venue.balances.values).sorted { $0.asset < $1.asset }
    var again = venue.reborn()
    again.start(from: memory)
    for _ in 0..<3 {
      again.answerSnapshots()
      again.acceptAll()
      again.advance(.seconds(1))
    }
    #expect(again.stopQuantity == "0.0999")
  }

  @Test func `what the stream says before the mirror was read does not open a lot that the mirror knows better`() {
    var venue = ScriptedVenue.ready()
    let id = venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let target = venue.openOrders.first { $0.type == .takeProfit }
    guard let target, let entry = venue.orders[id] else { return #expect(Bool(false)) }
    venue.fill(target.venueOrderID, target.quantity, at: "60600")
    let memory = venue.remembered()
    var again = venue.reborn()
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.streamOpened(epoch: 1))
    again.tell(entry, .trade, nil)
    #expect(again.facts.allSatisfy { if case .lot = $0 { false } else { true } })
    again.feed(.restored(memory))
    again.answerSnapshots()
    #expect(again.core.status.lots.map(\.openQuantity) == ["0.04995"])
  }

  @Test func `of 10,001 events that came before the mirror was read the last one counts as well`() {
    var venue = ScriptedVenue()
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.streamOpened(epoch: 1))
    var order = venue.makeOrder(id: "bot_1", side: .sell, type: .limit, quantity: "0.1", price: "62000")
    for _ in 1...10_000 { venue.tell(order, .new, nil) }
    order.status = .canceled
    venue.tell(order, .canceled, nil)
    venue.feed(.restored(nil))
    #expect(venue.remembered().orders.map(\.status) == [.canceled])
  }

  @Test func `a stop that triggered in an earlier life and hangs is given up 1 s after the start`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard var stop = venue.restingStops.first else { return #expect(Bool(false)) }
    stop.isWorking = true
    stop.updatedAt = venue.venueTime + .milliseconds(1)
    venue.orders[stop.venueOrderID] = stop
    venue.tell(stop, .new, nil)
    var again = venue.reborn()
    again.start(from: venue.remembered())
    again.advance(.milliseconds(999))
    again.answerSnapshots()
    #expect(again.sent.isEmpty)
    again.advance(.milliseconds(1))
    #expect(again.sent.map(\.name) == ["cancel_order"])
  }

  @Test func `an entry that the dead guardian missed is covered, although a later one is in the mirror already`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000", id: "missed", tell: false)
    venue.enter("0.2", at: "60000", id: "heard")
    venue.acceptAll()
    var again = venue.reborn(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    again.start(from: venue.remembered())
    for _ in 0..<3 {
      again.answerSnapshots()
      again.answerQueries()
      again.acceptAll()
      again.advance(.seconds(1))
    }
    #expect(again.stopQuantity == "0.2997")
  }

  @Test func `a fill that comes before the filters are known counts with its fee once they are`() {
    var venue = ScriptedVenue()
    venue.feed(.streamOpened(epoch: 1))
    venue.enter("0.1", at: "60000")
    venue.start()
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
    #expect(venue.core.status.lots.map(\.baseFee) == ["0.0001"])
  }

  @Test func `a leg heard before the first reading does not hide the trades that are older than its entry`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000", id: "first")
    venue.acceptAll()
    venue.fill(venue.restingStops[0].venueOrderID, "0.0999", at: "59400")
    venue.advance(.seconds(60))
    venue.enter("0.2", at: "60000", id: "second")
    venue.acceptAll()
    var again = venue.reborn()
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    again.tell(again.restingStops[0], .new, nil)
    again.answerQueries()
    for _ in 0..<5 {
      again.answerSnapshots()
      again.answerQueries()
      again.advance(.seconds(2))
    }
    let recorded = again.facts.filter { if case .fill = $0 { true } else { false } }
    #expect(recorded.count == 3)
    #expect(again.core.status.lots.map(\.openQuantity) == ["0.1998"])
    #expect(again.sent.isEmpty)
  }

  @Test func `trades that the history does not list yet are asked for every 2 s, not at full speed`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000", tell: false)
    venue.fills = []
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    venue.facts = []
    for _ in 0..<10 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
    }
    #expect(venue.facts.count { if case .sweep = $0 { true } else { false } } <= 6)
  }

  @Test func `dust in a wallet that nothing is remembered of has the symbol's history read`() {
    var venue = ScriptedVenue()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.000002")
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    venue.answerSnapshot()
    #expect(venue.snapshotsAsked.last?.scope.histories.map(\.symbol) == ["BTCUSDT"])
  }

  @Test func `after a crash a crossed lot is sold once, although neither mirror nor readings know of the sale`() {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [])
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.enter("0.1", at: "60000")
    let memory = venue.remembered()
    let known = venue
    venue.reject(.wouldTriggerImmediately)
    venue.accept()
    var again = venue.reborn(bracket: bracket)
    let sale = again.orders.values.first { $0.type == .market && $0.side == .sell }
    guard let sale else { return #expect(Bool(false)) }
    // The readings lag behind the sale; the query about it does not.
    (again.fills, again.balances) = (known.fills, known.balances)
    again.orders[sale.venueOrderID] = nil
    again.start(from: memory)
    again.reject(.wouldTriggerImmediately)
    again.orders[sale.venueOrderID] = sale
    again.answerQueries()
    again.advance(.seconds(1))
    #expect(again.sent.count == 1)
  }

  @Test(arguments: [false, true])
  func `legs of a closed lot are cancelled after a restart, although the mirror lists only those of open lots`(
    isReadLate: Bool
  ) {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [])
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    var memory = venue.remembered()
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.0999")
    venue.fill(sale.venueOrderID, "0.0999", at: "60000", tell: false)
    (memory.lots, memory.legs) = ([], [])
    var again = venue.reborn(bracket: bracket)
    again.feed(.instruments([ScriptedVenue.instrument]))
    if isReadLate { again.feed(.restored(nil)) }
    again.feed(.restored(memory))
    again.feed(.streamOpened(epoch: 2))
    again.answerSnapshots()
    for _ in 0..<5 {
      again.answerQueries()
      again.answerSnapshots()
      again.acceptAll()
      again.advance(.seconds(2))
    }
    #expect(again.openOrders.isEmpty)
  }

  @Test func `a lot of a late mirror gets no leg before it is known what became of the ones that it had`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let memory = venue.remembered()
    venue.fill(venue.restingStops[0].venueOrderID, "0.0999", at: "59400", tell: false)
    venue.advance(.seconds(20))
    var again = venue.reborn()
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    again.feed(.streamOpened(epoch: 2))
    again.answerSnapshot()
    again.snapshotsAsked = []
    again.feed(.restored(memory))
    again.advance(.seconds(3))
    #expect(again.sent.isEmpty)
    again.readOn(seconds: 6)
    #expect(again.sent.isEmpty)
    #expect(again.core.status.lots.isEmpty)
  }

  @Test func `a mirror that comes back after the start has its open rows brought up to date`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let memory = venue.remembered()
    venue.fill(venue.restingStops[0].venueOrderID, "0.0999", at: "59400", tell: false)
    var again = venue.reborn()
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    again.feed(.streamOpened(epoch: 2))
    again.answerSnapshots()
    again.feed(.restored(memory))
    again.answerSnapshots()
    again.answerQueries()
    let ended = again.facts.contains { fact in
      if case .order(let order, _) = fact { order.type == .stopLoss && order.status == .filled } else { false }
    }
    let closed = again.facts.contains { if case .lot(let lot) = $0 { lot.openQuantity.isZero } else { false } }
    #expect(ended && closed)
    #expect(again.sent.isEmpty)
  }

  @Test func `stops that had gone long before the restart are replaced within 3 s of it`() {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [])
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let memory = venue.remembered()
    venue.advance(.seconds(60))
    var again = venue.reborn()
    // The venue has forgotten the stop: neither a reading nor a question shows it.
    again.orders = again.orders.filter { $0.value.side == .buy }
    again.core = AccountCore(policy: ScriptedVenue.policy(bracket))
    again.start(from: memory)
    for _ in 0..<3 where again.sent.isEmpty {
      again.answerQueries()
      again.advance(.seconds(1))
      again.answerSnapshots()
      again.answerQueries()
    }
    again.acceptAll()
    #expect(again.stopQuantity == "0.0999")
  }

  @Test func `a sale whose lot was lost with a crash closes it when its entry is read again`() {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [])
    var venue = ScriptedVenue.ready(bracket: bracket)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.fill(venue.restingStops[0].venueOrderID, "0.0999", at: "59400")
    // Of all that, the database has the sale's fill alone.
    var memory = venue.remembered()
    memory.fills = memory.fills.filter { $0.side == .sell }
    (memory.lots, memory.legs, memory.closures, memory.orders, memory.tradeCursors) = ([], [], [], [], [:])
    memory.unmatchedSales = memory.fills.map { UnmatchedSale(fill: $0, rest: $0.quantity) }
    memory.balances = []
    var again = venue.reborn(bracket: bracket)
    again.start(from: memory)
    again.answerQueries()
    again.answerSnapshots()
    #expect(again.core.status.lots.filter { $0.openQuantity > "0.0001" }.isEmpty)
    #expect(again.sent.isEmpty)
  }

  @Test func `a lot that the late mirror remembers smaller is as large, and as dear, as its known order`() {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [])
    var venue = ScriptedVenue.ready(bracket: bracket)
    let entry = venue.makeOrder(id: "bot1", side: .buy, type: .limit, quantity: "0.1", price: "60000").venueOrderID
    venue.fill(entry, "0.06", at: "60000")
    venue.acceptAll()
    let memory = venue.remembered()
    venue.fill(entry, "0.04", at: "60000", tell: false)
    var again = venue.reborn(bracket: bracket)
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    // The order is known by a question, the histories are not read.
    again.snapshotsAsked = []
    if let order = again.orders[entry] { again.tell(order, .trade, nil) }
    again.feed(.restored(memory))
    #expect(again.core.status.lots.map(\.filledQuantity) == ["0.1"])
    #expect(again.core.status.lots.map(\.averagePrice) == ["60000"])
  }

  @Test func `fills that wait for the start of protection are not written off as a transfer`() {
    var venue = ScriptedVenue(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000", tell: false)
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    // The account and the histories are read, the open orders are not.
    for _ in 0..<5 {
      while !venue.snapshotsAsked.isEmpty {
        let (id, scope) = venue.snapshotsAsked.removeFirst()
        let histories = scope.histories.map {
          SymbolHistory(request: $0, orders: Array(venue.orders.values), fills: venue.fills, isComplete: true)
        }
        venue.feed(
          .snapshot(
            id: id,
            VenueSnapshot(
              requestedAt: venue.now, venueTimeAtStart: venue.venueTime + .milliseconds(1),
              balances: Array(venue.balances.values), openOrders: nil, histories: histories,
              failures: ["open orders"])))
      }
      venue.advance(.seconds(3))
    }
    #expect(venue.facts.allSatisfy { if case .residual = $0 { false } else { true } })
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `an entry read before the mirror came back is booked once`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let memory = venue.remembered()
    var again = venue.reborn()
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    let request = HistoryRequest(symbol: again.symbol, since: Timestamp(microseconds: 0))
    let history = SymbolHistory(
      request: request, orders: Array(again.orders.values), fills: again.fills, isComplete: true)
    again.feed(
      .snapshot(
        id: again.snapshotsAsked.removeFirst().id,
        VenueSnapshot(
          requestedAt: again.now, venueTimeAtStart: again.venueTime, balances: nil, openOrders: nil,
          histories: [history], failures: ["account"])))
    again.feed(.restored(memory))
    for _ in 0..<4 {
      again.advance(.seconds(1))
      again.answerSnapshots()
      again.answerQueries()
    }
    #expect(again.core.status.lots.map(\.filledQuantity) == ["0.1"])
    #expect(again.sent.isEmpty)
  }

  @Test func `a cursor does not pass a fill that was read before its lot could exist`() {
    var venue = ScriptedVenue(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    let id = venue.enter("0.1", at: "60000", tell: false)
    guard let entry = venue.orders[id] else { return #expect(Bool(false)) }
    let request = HistoryRequest(symbol: venue.symbol, since: Timestamp(microseconds: 0))
    let history = SymbolHistory(request: request, orders: [], fills: venue.fills, isComplete: true)
    let (reading, _) = venue.snapshotsAsked.removeFirst()
    venue.feed(
      .snapshot(
        id: reading,
        VenueSnapshot(
          requestedAt: venue.now, venueTimeAtStart: venue.venueTime, balances: nil, openOrders: nil,
          histories: [history], failures: ["account"])))
    #expect(venue.facts.allSatisfy { if case .tradeCursor = $0 { false } else { true } })
    venue.tell(entry, .trade, nil)
    venue.advance(.seconds(1))
    venue.answerSnapshots()
    venue.answerQueries()
    venue.answerSnapshots()
    #expect(venue.facts.contains { if case .tradeCursor = $0 { true } else { false } })
  }

  @Test func `an order that never traded and was never told is found by the audit every 10 minutes`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    for _ in 0..<45 {
      venue.advance(.seconds(15))
      venue.answerSnapshots()
    }
    var unheard = venue.makeOrder(id: "web_1", side: .buy, type: .limit, quantity: "0.1", price: "50000")
    unheard.status = .canceled
    venue.orders[unheard.venueOrderID] = unheard
    venue.facts = []
    for _ in 0..<45 {
      venue.advance(.seconds(15))
      venue.answerSnapshots()
    }
    let rows = venue.facts.filter { fact in
      if case .order(let order, _) = fact { order.venueOrderID == unheard.venueOrderID } else { false }
    }
    #expect(rows.count == 1)
  }

  /// The same venue with a fresh core.
  @Test func `a leg that sold in an earlier life lends its name to none while its own order is still asked for`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    let memory = venue.remembered()
    venue.accept()
    guard let target = venue.openOrders.first(where: { $0.type == .takeProfit }) else { return #expect(Bool(false)) }
    venue.fill(target.venueOrderID, target.quantity, at: "60600", tell: false)
    let used = Set(venue.orders.values.map(\.clientOrderID))
    var again = venue.reborn()
    // The list of orders lags, the list of trades does not.
    again.orders = again.orders.filter { $0.value.side == .buy }
    again.start(from: memory)
    #expect(!again.sent.isEmpty)
    #expect(used.isDisjoint(with: again.sent.flatMap(\.placedIDs.legs)))
  }

  @Test func `a leg that somebody amends stays ours, whatever the venue calls it then, and in the next life too`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard var leg = venue.restingStops.first else { return #expect(Bool(false)) }
    (leg.clientOrderID, leg.quantity) = ("x7Gq2", "0.06")
    venue.orders[leg.venueOrderID] = leg
    venue.tell(leg, .replaced, nil)
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
    var again = venue.reborn()
    again.start(from: venue.remembered())
    for var life in [venue, again] {
      let sale = life.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.0999")
      life.fill(sale.venueOrderID, "0.0999", at: "60000")
      life.acceptAll()
      #expect(life.openOrders.filter { $0.type.isConditional }.isEmpty)
    }
  }

  @Test func `a mirror that is read late closes only what its sales had closed`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    for number in 1...3 {
      venue.enter("0.1", at: "60000", id: ClientOrderID("bot\(number)"))
      venue.acceptAll()
    }
    // The second is sold by its own leg, of the first a part by hand.
    let legs = venue.restingStops
    venue.fill(legs[1].venueOrderID, "0.0999", at: "59400")
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.04")
    venue.fill(sale.venueOrderID, "0.04", at: "60000")
    venue.acceptAll()
    let memory = venue.remembered()
    var again = venue.reborn()
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    again.feed(.streamOpened(epoch: 1))
    // The legs' entries are asked for one by one; the history is still on its way.
    again.answerSnapshot()
    again.answerQueries()
    #expect(again.core.status.lots.count == 2)
    let sent = again.sent.count
    again.feed(.restored(memory))
    again.answerQueries()
    #expect(again.core.status.lots.map(\.openQuantity) == ["0.0599", "0.0999"])
    for _ in 0..<4 {
      again.answerSnapshots()
      again.answerQueries()
      again.advance(.seconds(2))
    }
    #expect(again.core.status.lots.map(\.openQuantity) == ["0.0599", "0.0999"])
    #expect(again.sent.count == sent)
  }

  @Test func `a history that reaches behind the newest fills of the mirror opens no lot that was closed`() {
    var venue = ScriptedVenue()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    venue.start()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    for stop in venue.restingStops { venue.fill(stop.venueOrderID, stop.quantity, at: "59400") }
    venue.enter("0.02", at: "60000", id: "bot2")
    venue.acceptAll()
    var memory = venue.remembered()
    // The mirror gives back the two newest fills only, and the open lot's.
    memory.fills = Array(memory.fills.suffix(2))
    memory.newestFillsPerSymbol = 2
    memory.tradeCursors = [:]
    var again = venue.reborn()
    again.start(from: memory)
    for _ in 0..<3 {
      again.answerSnapshots()
      again.answerQueries()
      again.advance(.seconds(2))
    }
    #expect(again.core.status.lots.map(\.entryClientOrderID) == ["bot2"])
    #expect(again.sent.isEmpty)
  }

  @Test func `a leg is asked for before it is placed while the past of a lot that a leg names is still to be read`() {
    var venue = ScriptedVenue()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    venue.start()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    guard let target = venue.openOrders.first(where: { $0.type == .takeProfit }) else { return #expect(Bool(false)) }
    venue.fill(target.venueOrderID, target.quantity, at: "60600", tell: false)
    var again = venue.reborn()
    again.feed(.instruments([ScriptedVenue.instrument]))
    again.feed(.restored(nil))
    again.answerSnapshot()
    again.answerQueries()
    #expect(again.sent.isEmpty)
    again.answerSnapshots()
    again.answerQueries()
    #expect(again.sent.isEmpty)
    #expect(again.core.status.lots.map(\.openQuantity) == ["0.04995"])
  }

  @Test func `a sale of which the mirror gives back the newest fill only is not taken out of the lots once more`() {
    var venue = ScriptedVenue()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.5")
    venue.start()
    let sale = venue.makeOrder(id: "human", side: .sell, type: .limit, quantity: "0.2", price: "60000")
    for _ in 1...2 { venue.fill(sale.venueOrderID, "0.1", at: "60000") }
    venue.enter("0.02", at: "60000")
    venue.acceptAll()
    var memory = venue.remembered()
    memory.fills = Array(memory.fills.suffix(2))
    memory.newestFillsPerSymbol = 2
    var again = venue.reborn()
    again.start(from: memory)
    again.answerSnapshots()
    #expect(again.coverage?.position == "0.01998")
    #expect(again.sent.isEmpty)
  }

  @Test func `what a lot's leg sold is not taken out of an older lot while the lot's own order is still asked for`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    let late = venue.enter("0.05", at: "60000", id: "bot2")
    venue.acceptAll()
    guard let stop = venue.restingStops.last else { return #expect(Bool(false)) }
    venue.fill(stop.venueOrderID, stop.quantity, at: "59400")
    var again = venue.reborn()
    // The lists of orders fail; trades and single orders are told, the younger entry's last.
    again.orders = [:]
    again.start(from: nil)
    again.orders = venue.orders
    again.queriesAsked =
      again.queriesAsked.filter { $0.query.reference != .venue(late) }
      + again.queriesAsked.filter { $0.query.reference == .venue(late) }
    again.answerQueries()
    #expect(again.core.status.lots.map(\.openQuantity).max() == "0.0999")
  }
}
