import Reconciler
import Testing
import Trading
import Venue

/// What is left of the cover when there is less to cover.
struct ShrinkTests {
  @Test func `a leg merged over two lots is cut when the lot that it is named after closes`() {
    var venue = ScriptedVenue.ready()
    for number in 1...3 {
      venue.enter("0.1", at: "60000", id: ClientOrderID("bot\(number)"))
      settle(&venue)
    }
    // Somebody sells what the first two lots held, from coins that no lot knows of.
    venue.balances["BTC"]?.free = "1"
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.1998")
    venue.fill(sale.venueOrderID, "0.1998", at: "60000")
    settle(&venue)
    #expect(venue.core.status.lots.map(\.openQuantity) == ["0.0999"])
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `coins that a start found and nothing explains do not keep the leg of a sold lot alive`() {
    var venue = ScriptedVenue(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    venue.feed(.streamOpened(epoch: 1))
    venue.answerSnapshot()
    // The venue tells the wallet before it is taken for explained.
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    for _ in 0..<4 {
      venue.answerSnapshots()
      venue.advance(.seconds(1))
    }
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.5")
    venue.fill(sale.venueOrderID, "0.5", at: "60000")
    #expect(venue.sent.last?.name == "cancel_order", "sold, with whatever else: its leg goes at once")
  }

  @Test func `after a refusal for want of balance the next stop is no larger than the wallet`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000", tell: false)
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.02")
    venue.advance(.seconds(30))
    venue.answerSnapshots()
    venue.answerSnapshots()
    guard venue.pending.count == 1 else { return #expect(Bool(false)) }
    venue.reject(.insufficientBalance)
    venue.answerSnapshots()
    venue.advance(.milliseconds(250))
    #expect(venue.sent.last?.name == "place_leg")
    guard case .placeLeg(let leg)? = venue.sent.last else { return #expect(Bool(false)) }
    #expect(leg.quantity == "0.02")
  }

  @Test func `a sale of coins that no lot knows does not close what the entry buys after it`() {
    var venue = ScriptedVenue.ready()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    let entry = venue.makeOrder(id: "bot1", side: .buy, type: .limit, quantity: "0.1", price: "60000")
    venue.fill(entry.venueOrderID, "0.02", at: "60000")
    settle(&venue)
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.5")
    venue.fill(sale.venueOrderID, "0.5", at: "60000")
    settle(&venue)
    venue.fill(entry.venueOrderID, "0.08", at: "60000")
    settle(&venue)
    #expect(venue.core.status.lots.map(\.openQuantity) == ["0.07992"])
    #expect(venue.stopQuantity == "0.07992")
  }

  @Test func `a purchase that the stream hid is found although a transfer is being looked into`() {
    var venue = ScriptedVenue()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.05")
    venue.start()
    venue.enter("0.1", at: "60000", tell: false)
    for _ in 0..<8 {
      venue.advance(.seconds(1))
      venue.answerSnapshots()
      venue.acceptAll()
    }
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `a fill whose order is reported as unexecuted by a lagging answer opens its lot all the same`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    var entry = venue.makeOrder(id: "bot1", side: .buy, type: .limit, quantity: "0.1", price: "60000")
    venue.fill(entry.venueOrderID, "0.1", at: "60000", tell: false)
    entry.status = .new
    venue.tell(entry, .new, nil)
    guard let fill = venue.fills.last else { return #expect(Bool(false)) }
    venue.tell(entry, .trade, fill)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `a refused stop over two lots exits only the lot whose own stop is crossed`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    for number in 1...4 {
      let order = venue.makeOrder(
        id: ClientOrderID("web_\(number)"), side: .buy, type: .stopLoss, quantity: "0.1", trigger: "90000")
      venue.tell(order, .new, nil)
    }
    venue.enter("0.1", at: "60000", id: "bot1")
    venue.enter("0.1", at: "62000", id: "bot2")
    venue.reject(.overloaded)
    venue.advance(.milliseconds(250))
    guard case .placeLeg(let merged)? = venue.sent.last else { return #expect(Bool(false)) }
    #expect(merged.quantity == "0.1998")
    #expect(merged.terms.triggerPrice == "61380")
    venue.reject(.wouldTriggerImmediately)
    guard case .placeLeg(let exit)? = venue.sent.last else { return #expect(Bool(false)) }
    #expect(exit.terms.type == .market)
    #expect(exit.quantity == "0.0999")
    venue.acceptAll()
    #expect(venue.restingStops.filter { $0.side == .sell }.map(\.triggerPrice) == ["59400"])
  }

  private func settle(_ venue: inout ScriptedVenue) {
    for _ in 0..<6 {
      venue.acceptAll()
      venue.advance(.seconds(2))
      venue.answerSnapshots()
      venue.answerQueries()
    }
  }

  @Test func `a withdrawal that is told of after its wallet was believed is not taken off once more`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    settle(&venue)
    guard var leg = venue.restingStops.first else { return #expect(Bool(false)) }
    leg.quantity = "0.0599"
    venue.orders[leg.venueOrderID] = leg
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.0599")
    let withdrawnAt = venue.venueTime
    refuseUntilKnown(&venue)
    #expect(venue.standing(.walletShort))
    let sent = venue.sent.count
    venue.feed(.event(.balanceChange("BTC", by: "-0.04", at: withdrawnAt)))
    refuseUntilKnown(&venue)
    #expect(venue.sent.count == sent)
    #expect(venue.standing(.walletShort))
  }

  /// Lets the account be read for a while in which the wallet has no more to give.
  private func refuseUntilKnown(_ venue: inout ScriptedVenue) {
    venue.feed(.request(.sweep))
    for _ in 0..<20 {
      venue.answerSnapshots()
      while !venue.pending.isEmpty { venue.reject(.insufficientBalance) }
      venue.advance(.seconds(1))
    }
  }

  @Test func `while a purchase is on its way that only the wallet shows, a sale takes no leg down`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    settle(&venue)
    // Bought and in part sold again; the purchase's own event is late.
    let bought = venue.enter("0.1", at: "60000", id: "bot2", tell: false)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.1")
    venue.fill(sale.venueOrderID, "0.1", at: "60000")
    #expect(venue.pending.isEmpty)
    guard let order = venue.orders[bought], let fill = venue.fills.first(where: { $0.venueOrderID == bought }) else {
      return #expect(Bool(false))
    }
    venue.tell(order, .trade, fill)
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0998")
    #expect(!venue.sent.contains { $0.name == "cancel_list" || $0.name == "cancel_order" })
  }

  @Test func `what the wallet has too much is waited for for 10 s, and then the leg goes`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000")
    settle(&venue)
    venue.balances["BTC"]?.free = "1"
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    let sale = venue.makeOrder(id: "web_1", side: .sell, type: .market, quantity: "0.0999")
    venue.fill(sale.venueOrderID, "0.0999", at: "60000")
    venue.advance(.milliseconds(9990))
    #expect(venue.pending.isEmpty)
    venue.advance(.milliseconds(20))
    #expect(venue.pending.map(\.command.name) == ["cancel_order"])
  }

  @Test func `a purchase of which only the balance was told is covered after 1 s`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.enter("0.1", at: "60000", tell: false)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    venue.advance(.seconds(1))
    venue.answerSnapshots()
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0999")
  }

  @Test func `a balance that its fill explains a moment later has nothing read`() {
    var venue = ScriptedVenue.ready()
    let id = venue.enter("0.1", at: "60000", tell: false)
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime)))
    guard let entry = venue.orders[id], let fill = venue.fills.last else { return #expect(Bool(false)) }
    venue.tell(entry, .trade, fill)
    venue.acceptAll()
    venue.advance(.milliseconds(1999))
    #expect(venue.snapshotsAsked.isEmpty)
  }

  @Test func `a sale between two pieces of an entry closes the first one, although that was heard of last`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    venue.advance(.seconds(3))
    venue.answerSnapshots()
    let entry = venue.makeOrder(id: "bot1", side: .buy, type: .limit, quantity: "0.3", price: "60000")
    venue.fill(entry.venueOrderID, "0.1", at: "60000", tell: false)
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.5")
    venue.fill(sale.venueOrderID, "0.5", at: "60000", tell: false)
    venue.fill(entry.venueOrderID, "0.2", at: "60000")
    venue.feed(.request(.sweep))
    venue.answerSnapshots()
    #expect(venue.core.status.lots.map(\.openQuantity) == ["0.1998"])
    venue.enter("0.1", at: "60000", id: "bot2")
    #expect(venue.core.status.lots.map(\.openQuantity) == ["0.1998", "0.0999"])
  }

  @Test func `a sale whose order nobody knows yet takes its quantity from what is protected`() {
    var venue = ScriptedVenue.ready(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.balances["BTC"] = Balance(asset: "BTC", free: "1")
    let id = venue.enter("0.1", at: "60000", tell: false)
    let sale = venue.makeOrder(id: "human", side: .sell, type: .market, quantity: "0.04")
    venue.fill(sale.venueOrderID, "0.04", at: "60000", tell: false)
    guard let entry = venue.orders[id] else { return #expect(Bool(false)) }
    venue.feed(.request(.sweep))
    let (reading, _) = venue.snapshotsAsked.removeFirst()
    let request = HistoryRequest(symbol: venue.symbol, since: Timestamp(microseconds: 0))
    let history = SymbolHistory(request: request, orders: [entry], fills: venue.fills, isComplete: true)
    venue.feed(
      .snapshot(
        id: reading,
        VenueSnapshot(
          requestedAt: venue.now, venueTimeAtStart: venue.venueTime, balances: Array(venue.balances.values),
          openOrders: [], histories: [history])))
    venue.acceptAll()
    #expect(venue.stopQuantity == "0.0599")
  }

  @Test func `an empty wallet is believed although the reading does not mention the asset`() {
    let bracket = Bracket(stop: .percent("1"), takeProfits: [])
    let lot = Lot(
      id: OrderKey("BTCUSDT", VenueOrderID(1)), entryClientOrderID: "bot1", strategy: nil, bracket: bracket,
      bracketOrigin: .accountDefault, isProtected: true, filledQuantity: "0.1", filledQuote: "6000", source: .stream,
      openedAt: Timestamp(milliseconds: 1_763_699_000_000), entryIsOpen: false)
    var venue = ScriptedVenue(bracket: bracket)
    venue.start(from: MirrorState(protectedSince: Timestamp(milliseconds: 1_763_600_000_000), lots: [lot]))
    for _ in 0..<3 {
      venue.advance(.seconds(3))
      venue.answerSnapshots()
      venue.answerQueries()
    }
    venue.sent = []
    for _ in 0..<10 {
      venue.advance(.seconds(15))
      venue.answerSnapshots()
    }
    #expect(venue.sent.isEmpty)
  }

  @Test func `of two sales in a history the older one closes the older lot, although the younger was heard of first`() {
    var venue = ScriptedVenue(bracket: Bracket(stop: .percent("1"), takeProfits: []))
    venue.balances["BTC"] = Balance(asset: "BTC", free: "5")
    venue.enter("0.1", at: "60000", id: "first", tell: false)
    let early = venue.makeOrder(id: "early", side: .sell, type: .market, quantity: "0.5")
    venue.fill(early.venueOrderID, "0.5", at: "60000", tell: false)
    venue.enter("0.1", at: "60000", id: "second", tell: false)
    let late = venue.makeOrder(id: "late", side: .sell, type: .market, quantity: "0.0999")
    venue.feed(.instruments([ScriptedVenue.instrument]))
    venue.feed(.restored(nil))
    venue.fill(late.venueOrderID, "0.0999", at: "60000")
    for _ in 0..<4 {
      venue.answerSnapshots()
      venue.answerQueries()
      venue.acceptAll()
      venue.advance(.seconds(3))
    }
    #expect(venue.core.status.lots.allSatisfy { $0.openQuantity.isZero })
    #expect(venue.stopQuantity.isZero)
  }

  @Test func `dust that a hidden round trip leaves below one step has the history read`() {
    var venue = ScriptedVenue.ready()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.balances["BTC"] = Balance(asset: "BTC", free: "0.099904")
    venue.feed(.event(.balances(Array(venue.balances.values), at: venue.venueTime + .milliseconds(5))))
    venue.advance(.seconds(1))
    #expect(venue.snapshotsAsked.last?.scope.histories.map(\.symbol) == ["BTCUSDT"])
  }
}
