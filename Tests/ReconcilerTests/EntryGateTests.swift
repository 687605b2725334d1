@testable import Reconciler
import Testing
import Trading
import Venue

/// Layer 3's gates: why an entry is refused before anything is bought; and what a bot hears of one that the venue took.
struct EntryGateTests {
  private static func entry(_ change: (inout EntryPlacement) -> Void = { _ in }) -> EntryPlacement {
    var entry = EntryPlacement(symbol: "BTCUSDT", clientOrderID: "direct1", side: .buy, type: .market, quantity: "0.1")
    change(&entry)
    return entry
  }

  /// A gate: the operator's policy, the entry, its bracket, and what the bot is told (`nil`: the entry goes out).
  struct Gate: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var policy: @Sendable (inout ProtectionPolicy) -> Void = { _ in }
    var entry: @Sendable (inout EntryPlacement) -> Void = { _ in }
    var bracket: Bracket?
    var says: String?
  }

  private static func limit(at price: FixedDecimal) -> @Sendable (inout EntryPlacement) -> Void {
    { ($0.type, $0.price) = (.limit, price) }
  }

  static let gates = [
    Gate(testDescription: "nothing in the way", says: nil),
    Gate(testDescription: "not armed", policy: { $0.isArmed = false }, says: "not armed"),
    Gate(testDescription: "unknown symbol", entry: { $0.symbol = "NOUSDT" }, says: "unknown symbol NOUSDT"),
    Gate(testDescription: "a sale", entry: { $0.side = .sell }, says: "only BUY entries"),
    Gate(testDescription: "listed symbol", policy: { $0.risk.symbols = ["BTCUSDT"] }, says: nil),
    Gate(testDescription: "unlisted symbol", policy: { $0.risk.symbols = ["ETHUSDT"] }, says: "not in risk.symbols"),
    Gate(testDescription: "an empty bracket", bracket: Bracket(stop: nil, takeProfits: []), says: "neither a stop"),
    Gate(
      testDescription: "a stop above a limit entry", entry: limit(at: "60000"),
      bracket: Bracket(stop: .price("60000"), takeProfits: []), says: "not below the entry price"),
    Gate(
      testDescription: "a market entry's price is not known in advance",
      bracket: Bracket(stop: .price("60000"), takeProfits: []), says: nil),
    Gate(
      testDescription: "a fitting bracket on a limit entry", entry: limit(at: "60000"),
      bracket: Bracket(stop: .price("59000"), takeProfits: []), says: nil),
    Gate(
      testDescription: "at the order's limit", policy: { $0.risk.orderNotionalMax = "6000" },
      entry: limit(at: "60000"), says: nil),
    Gate(
      testDescription: "above the order's limit", policy: { $0.risk.orderNotionalMax = "5999.99" },
      entry: limit(at: "60000"), says: "above risk.order_notional_max"),
    Gate(
      testDescription: "a quote amount counts as it is", policy: { $0.risk.orderNotionalMax = "100" },
      entry: { ($0.quantity, $0.quoteQuantity) = (.zero, "100.01") }, says: "above risk.order_notional_max"),
    Gate(
      testDescription: "a market order without a known price", policy: { $0.risk.orderNotionalMax = "1000000" },
      says: "the notional limits need a value"),
    Gate(
      testDescription: "at the limit of all open lots", policy: { $0.risk.openNotionalMax = "6000" },
      entry: limit(at: "60000"), says: nil),
    Gate(
      testDescription: "above the limit of all open lots", policy: { $0.risk.openNotionalMax = "5999" },
      entry: limit(at: "60000"), says: "above risk.open_notional_max"),
  ]

  @Test(arguments: gates)
  func `an entry passes its gates, or the bot hears which one it did not pass`(gate: Gate) {
    var venue = ScriptedVenue()
    var policy = ScriptedVenue.policy()
    gate.policy(&policy)
    venue.core = AccountCore(policy: policy)
    venue.start()
    venue.feed(.request(.enter(requestID: 1, Self.entry(gate.entry), bracket: gate.bracket, strategy: "s")))
    if let says = gate.says {
      #expect(venue.sent.isEmpty)
      #expect(venue.reports[1]?.state == .rejected)
      #expect(venue.reports[1]?.detail.contains(says) == true, "it says: \(venue.reports[1]?.detail ?? "nothing")")
    } else {
      #expect(venue.sent.count == 1)
      #expect(venue.reports[1] == nil)
    }
  }

  @Test func `what open lots are worth counts against the limit of all`() {
    var venue = ScriptedVenue()
    var policy = ScriptedVenue.policy()
    policy.risk.openNotionalMax = "10000"
    venue.core = AccountCore(policy: policy)
    venue.start()
    venue.enter("0.1", at: "60000")
    venue.acceptAll()
    venue.feed(.request(.enter(requestID: 1, Self.entry(Self.limit(at: "60000")), bracket: nil, strategy: nil)))
    #expect(venue.reports[1]?.detail.contains("the open value would be 11994") == true)
  }

  @Test func `an entry is refused while paused, while nothing is known, while halted, and under a live id`() {
    var unread = ScriptedVenue()
    unread.feed(.instruments([ScriptedVenue.instrument]))
    unread.feed(.request(.enter(requestID: 1, Self.entry(), bracket: nil, strategy: nil)))
    #expect(unread.reports[1]?.detail.contains("not known yet") == true)

    var paused = ScriptedVenue.ready()
    paused.feed(.request(.pause))
    paused.feed(.request(.enter(requestID: 1, Self.entry(), bracket: nil, strategy: nil)))
    #expect(paused.reports[1]?.detail.contains("paused") == true)

    var halted = ScriptedVenue.ready()
    var instrument = ScriptedVenue.instrument
    instrument.status = .halted
    halted.feed(.instruments([instrument]))
    halted.feed(.request(.enter(requestID: 1, Self.entry(), bracket: nil, strategy: nil)))
    #expect(halted.reports[1]?.detail == "BTCUSDT is halted at the venue")

    var taken = ScriptedVenue.ready()
    let order = taken.makeOrder(id: "direct1", side: .buy, type: .limit, quantity: "0.1", price: "50000")
    taken.tell(order, .new, nil)
    taken.feed(.request(.enter(requestID: 1, Self.entry(), bracket: nil, strategy: nil)))
    #expect(taken.reports[1]?.detail.contains("has the client order id direct1 already") == true)
  }

  // MARK: - Outcomes

  private func entered(_ change: (inout EntryPlacement) -> Void = { _ in }) -> ScriptedVenue {
    var venue = ScriptedVenue.ready()
    let bracket = Bracket(stop: .percent("2"), takeProfits: [])
    venue.feed(.request(.enter(requestID: 1, Self.entry(change), bracket: bracket, strategy: "swing")))
    return venue
  }

  private func states(_ venue: ScriptedVenue) -> [ActionRecord.State] {
    venue.facts.compactMap { fact in
      guard case .action(let record) = fact, record.command == "place_entry" else { return nil }
      return record.state
    }
  }

  @Test func `a refused entry is reported with the venue's words`() {
    var venue = entered()
    let id = venue.pending.removeFirst().id
    venue.feed(.outcome(id: id, .rejected(Rejection(.insufficientBalance, code: -2010, message: "no money"))))
    #expect(venue.reports[1]?.state == .rejected)
    #expect(venue.reports[1]?.detail == "insufficient_balance -2010: no money")
    #expect(states(venue) == [.sent, .rejected])
    venue.feed(.outcome(id: id, .ambiguous("late")))
    venue.advance(.seconds(5))
    #expect(states(venue) == [.sent, .rejected])
  }

  @Test func `an entry that rests is reported as working with its registered bracket`() {
    var venue = entered(Self.limit(at: "59000"))
    venue.accept()
    #expect(venue.reports[1]?.state == .working)
    #expect(venue.reports[1]?.entry?.clientOrderID == "direct1")
    guard let order = venue.reports[1]?.entry else { return }
    venue.fill(order.venueOrderID, "0.1", at: "59000")
    #expect(venue.core.status.lots.first?.bracketOrigin == .registered)
    #expect(venue.core.status.lots.first?.strategy == "swing")
  }

  @Test func `an entry that never reached the venue is absent once that is proven`() {
    var venue = entered()
    let id = venue.pending.removeFirst().id
    venue.feed(.outcome(id: id, .ambiguous("timeout")))
    #expect(states(venue) == [.sent, .ambiguous])
    for _ in 0..<8 {
      venue.answerQueries()
      venue.advance(.milliseconds(400))
    }
    #expect(states(venue).last == .absent)
    #expect(venue.reports[1]?.detail == "the order never reached the venue")
  }

  @Test func `a bot gets an answer after 3 s, even when the venue says nothing`() {
    var venue = entered()
    venue.pending.removeAll()
    venue.advance(.milliseconds(2999))
    #expect(venue.reports[1] == nil)
    venue.advance(.seconds(1))
    #expect(venue.reports[1]?.state == .unknown)
    let order = venue.makeOrder(id: "direct1", side: .buy, type: .market, quantity: "0.1")
    venue.fill(order.venueOrderID, "0.1", at: "60000")
    venue.acceptAll()
    #expect(venue.coverage?.state == .covered, "what it bought is covered all the same")
    #expect(states(venue).last == .accepted)
  }

  @Test func `an entry that ended without a fill is reported as uncovered with nothing`() {
    var venue = entered()
    let (id, command) = venue.pending.removeFirst()
    guard var order = venue.execute(command).orders.first else { return }
    order.status = .expired
    venue.orders[order.venueOrderID] = order
    venue.feed(.outcome(id: id, .accepted(CommandReceipt(orders: [order]))))
    venue.advance(.seconds(4))
    #expect(venue.reports[1]?.state == .uncovered)
    #expect(venue.reports[1]?.coveredQuantity.isZero == true)
  }

  @Test func `an entry whose legs are refused is reported as uncovered with the reason`() {
    var venue = entered()
    let (id, command) = venue.pending.removeFirst()
    guard let order = venue.execute(command).orders.first else { return }
    venue.fill(order.venueOrderID, "0.1", at: "60000", tell: false)
    venue.feed(
      .outcome(
        id: id, .accepted(CommandReceipt(orders: [venue.orders[order.venueOrderID] ?? order], fills: venue.fills))))
    venue.reject(.unauthorized)
    venue.advance(.seconds(4))
    #expect(venue.reports[1]?.state == .uncovered)
    #expect(venue.reports[1]?.detail == "refused")
  }
}
