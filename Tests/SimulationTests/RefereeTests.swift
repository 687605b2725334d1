import PaperVenue
import Reconciler
import Testing
import Trading
import Venue

@testable import Simulation

/// What the referee judges and what it excuses. Each excuse was once wider or narrower than its cause.
struct RefereeTests {
  private static let rules = SymbolRules.bitcoin
  private static func second(_ number: Double) -> Instant { Instant(nanoseconds: Int64(number * 1_000_000_000)) }

  /// An account with 1 BTC, nothing of which is an entry's.
  private struct Bench {
    var exchange = PaperExchange()
    var truth = Truth(rules)
    var referee: Referee
    var now = second(100)

    init(faults: [FaultClass: Int] = [:]) {
      var options = WorldOptions(seed: 1)
      options.faults = faults
      referee = Referee(FixedOptions(options))
      exchange.list(rules, price: "60000")
      exchange.openAccount(World.account, commission: .free)
      _ = exchange.adjust(World.account, "BTC", by: "1", at: World.epoch)
      _ = exchange.adjust(World.account, "USDT", by: "100000", at: World.epoch)
      referee.guardianStarted(at: second(0))
      referee.isPastTold = true
      referee.hasRead = true
    }

    var venueTime: Timestamp { World.epoch + .nanoseconds(now.nanoseconds) }

    @discardableResult
    mutating func place(_ order: NewOrder) -> OrderKey? {
      let outcome = exchange.place(order, for: World.account, at: venueTime)
      truth.take(outcome.events)
      guard case .success(let placed) = outcome.result else { return nil }
      return placed.order.key
    }

    mutating func move(to price: FixedDecimal) {
      truth.take(exchange.setPrice(price, of: rules.symbol, at: venueTime))
    }

    /// The guardian takes down what stands too much.
    mutating func cut(at instant: Instant) { cancel(VenueOrderID(1), for: "excess", at: instant) }

    /// The guardian's command number 7: a cancel of an order of 0.1.
    @discardableResult
    mutating func cancel(_ order: VenueOrderID, for reason: String, at instant: Instant) -> VenueCommand {
      let action = ActionRecord(
        id: 7, symbol: rules.symbol, lot: nil, command: "cancel_order", clientOrderIDs: [], reason: reason,
        source: .sweep, quantity: "0.1", state: .sent, attempt: 1, sentAt: instant, latency: nil)
      referee.noted(action, life: 1)
      let command = VenueCommand.cancelOrder(OrderCancel(symbol: rules.symbol, venueOrderID: order))
      referee.sent(command, id: 7, life: 1, at: instant, phase: .active)
      return command
    }

    /// The guardian sells what no entry holds.
    @discardableResult
    mutating func sell(_ quantity: FixedDecimal, as id: ClientOrderID = "leg") -> VenueCommand {
      let command = VenueCommand.placeLeg(
        LegPlacement(symbol: rules.symbol, quantity: quantity, terms: LegTerms(clientOrderID: id, type: .market)))
      truth.own(command)
      place(.market(rules.symbol, .sell, quantity: quantity, clientOrderID: id))
      return command
    }

    /// What it breaks when the guardian has sold 0.1 too much.
    mutating func oversold() -> [Promise] {
      sell("0.1")
      referee.judgeCover(exchange, truth, at: now, phase: .active)
      return referee.violations.map(\.promise)
    }
  }

  // MARK: - Cover

  @Test(arguments: [(2, true), (10, false)])
  func `each stop that is wiped out costs a round trip, and no more`(wiped: Int, isBroken: Bool) {
    var bench = Bench()
    for _ in 0..<wiped { bench.referee.wipe(at: Self.second(50)) }
    bench.referee.close(Self.second(50), at: Self.second(51.2))
    #expect(bench.referee.violations.isEmpty != isBroken)
  }

  @Test(arguments: [(20.0, false), (50.0, true)])
  func `an end that the stream hid is a cause for 33 s`(nakedSince: Double, isBroken: Bool) {
    var bench = Bench(faults: [.eventLoss: 200])
    bench.referee.mischief(.eventLoss, at: Self.second(10))
    bench.referee.close(Self.second(nakedSince), at: Self.second(nakedSince + 30))
    #expect(bench.referee.violations.isEmpty != isBroken)
  }

  // MARK: - Selling too much

  @Test func `a sale beyond the entries is broken, also 3 s after a sale by hand`() {
    var bench = Bench()
    bench.referee.foreignSale(at: Self.second(97))
    #expect(bench.oversold() == [.noOversell])
  }

  @Test func `a sale by hand 1 s ago is a race that the venue decides`() {
    var bench = Bench()
    bench.referee.foreignSale(at: Self.second(99))
    #expect(bench.oversold().isEmpty)
  }

  @Test func `what legs sell while the operator has the guardian paused is not its overselling`() {
    var bench = Bench()
    bench.referee.paused(at: Self.second(90))
    #expect(bench.oversold().isEmpty)
  }

  @Test(arguments: [(true, true), (true, false), (false, true)])
  func `a cut did not arrive where the connection that carried it has broken since`(wasCut: Bool, isBroken: Bool) {
    var bench = Bench(faults: [.streamCut: 1000])
    if wasCut { bench.cut(at: Self.second(97)) }
    if isBroken { bench.referee.lastLostCommand = Self.second(98) }
    #expect(bench.oversold() == (wasCut && isBroken ? [] : [.noOversell]))
  }

  @Test(arguments: [(nil, false), (60.0, false), (82, false), (90, true)])
  func `a cut of 80 s whose reply was lost is waited for as long as no query is answered 4 s after it`(
    answeredAt: Double?, isBroken: Bool
  ) {
    var bench = Bench(faults: [.serverError: 1000])
    bench.cut(at: Self.second(80))
    bench.referee.lastAnswer = answeredAt.map { Self.second($0) }
    bench.referee.mischief(.serverError, at: Self.second(95))
    #expect(bench.oversold() == (isBroken ? [.noOversell] : []))
  }

  // MARK: - Lots

  @Test func `an entry that buys again 0.1 after it was sold out is older than what was bought meanwhile`() {
    var bench = Bench()
    var depth = DepthModel()
    depth.restingFillQuantity = "0.1"
    bench.exchange.setDepth(depth, of: Self.rules.symbol)
    let bid = bench.place(.limit(Self.rules.symbol, .buy, quantity: "0.2", price: "59990", clientOrderID: "bid"))
    bench.move(to: "59989")
    bench.move(to: "60000")
    bench.place(.market(Self.rules.symbol, .sell, quantity: "0.1", clientOrderID: "byHand"))
    #expect(bench.truth.openLots.isEmpty)
    bench.place(.market(Self.rules.symbol, .buy, quantity: "0.3", clientOrderID: "bot"))
    bench.move(to: "59988")
    #expect(bench.truth.openLots.map(\.held) == ["0.1", "0.3"])
    #expect(bench.truth.openLots.first?.id == bid)
  }

  // MARK: - Names used again

  @Test(arguments: [
    (true, 102.0, 103.0, false), (false, 102, 103, true), (true, 90, 99, false), (true, 90, 103, true),
  ])
  func `a name that sold at 100 s is unknowable only where readings lag and no stream stood`(
    lags: Bool, heardSince: Double, heardUntil: Double, isBroken: Bool
  ) {
    var bench = Bench(faults: [.staleReads: 1000])
    bench.sell("0.1")
    bench.now = Self.second(103)
    bench.referee.guardianStarted(at: Self.second(102))
    if lags { bench.referee.mischief(.staleReads, at: Self.second(102.5)) }
    let again = bench.sell("0.1")
    bench.referee.executed(
      again, bench.exchange, bench.truth, isRaced: false, untoldBefore: nil, untold: nil,
      heard: Self.second(heardSince)..<Self.second(heardUntil), readAt: nil, sentAt: bench.now, at: bench.now)
    #expect(bench.referee.violations.map(\.promise) == (isBroken ? [.idempotent] : []))
  }

  // Waiting for a slow answer excuses 5 s, and no more (B423).
  @Test(arguments: [(109.0, nil, false), (111, nil, true), (111, 108.0, false), (116, 106, true)])
  func `a name that sold at 100 s is unknowable to who asked for its newest history within 10 s of that`(
    sentAt: Double, readAt: Double?, isBroken: Bool
  ) {
    var bench = Bench(faults: [.staleReads: 1000])
    bench.sell("0.1")
    bench.now = Self.second(sentAt)
    bench.referee.mischief(.staleReads, at: Self.second(sentAt - 1))
    let again = bench.sell("0.1")
    bench.referee.executed(
      again, bench.exchange, bench.truth, isRaced: false, untoldBefore: nil, untold: nil, heard: nil,
      readAt: readAt.map { Self.second($0) }, sentAt: bench.now, at: bench.now)
    #expect(bench.referee.violations.map(\.promise) == (isBroken ? [.idempotent] : []))
  }

  // As long as the venue has refused everything in the last 10 s, nobody waits for a reading (B435).
  @Test(arguments: [(90.0, 119.0, false), (90, 109, true), (101, 119, true)])
  func `a name that sold at 100 s is unknowable at 120 s to who was refused every reading since`(
    readAt: Double, refusedAt: Double, isBroken: Bool
  ) {
    var bench = Bench(faults: [.throttle: 80])
    bench.sell("0.1")
    bench.now = Self.second(120)
    bench.referee.mischief(.throttle, at: Self.second(refusedAt))
    let again = bench.sell("0.1")
    bench.referee.executed(
      again, bench.exchange, bench.truth, isRaced: false, untoldBefore: nil, untold: nil, heard: nil,
      readAt: Self.second(readAt), sentAt: bench.now, at: bench.now)
    #expect(bench.referee.violations.map(\.promise) == (isBroken ? [.idempotent] : []))
  }

  @Test(arguments: [(nil, true), (99.0, false), (101.0, true)])
  func `a name under which another guardian sold at 100 s is used again only by one that was told nothing of then`(
    untoldSince: Double?, isBroken: Bool
  ) {
    var bench = Bench()
    bench.sell("0.1")
    bench.now = Self.second(103)
    let terms = LegTerms(clientOrderID: "leg", type: .stopLoss, triggerPrice: "59000")
    let again = VenueCommand.placeLeg(LegPlacement(symbol: Self.rules.symbol, quantity: "0.1", terms: terms))
    bench.place(.stopLoss(Self.rules.symbol, .sell, quantity: "0.1", stopPrice: "59000", clientOrderID: "leg"))
    bench.referee.executed(
      again, bench.exchange, bench.truth, isRaced: true, untoldBefore: nil,
      untold: untoldSince.map { Self.second($0)..<Self.second(103) }, heard: nil, readAt: nil, sentAt: bench.now,
      at: bench.now)
    #expect(bench.referee.violations.map(\.promise) == (isBroken ? [.idempotent] : []))
  }

  // MARK: - Taking cover down

  /// Takes the only stop over 0.1 down, 2 s after the command left.
  private func takeDown(_ reason: String, boughtAt: Double, faults: [FaultClass] = []) -> [Promise] {
    var bench = Bench(faults: Dictionary(uniqueKeysWithValues: faults.map { ($0, 80) }))
    bench.place(.market(Self.rules.symbol, .buy, quantity: "0.1", clientOrderID: "bot"))
    let stop = bench.exchange.place(
      .stopLoss(Self.rules.symbol, .sell, quantity: "0.1", stopPrice: "59000", clientOrderID: "own"),
      for: World.account, at: bench.venueTime)
    guard let before = bench.exchange.ledger(of: World.account, Self.rules.symbol),
      case .success(let placed) = stop.result
    else { return [] }
    let cancel = bench.cancel(placed.order.id, for: reason, at: bench.now)
    bench.referee.purchase(for: "60000", at: Self.second(boughtAt))
    for fault in faults { bench.referee.mischief(fault, at: Self.second(99)) }
    _ = bench.exchange.cancel(
      CancelOrder(OrderLookup(Self.rules.symbol, orderID: placed.order.id)), for: World.account, at: bench.venueTime)
    guard let after = bench.exchange.ledger(of: World.account, Self.rules.symbol) else { return [] }
    bench.referee.compareCover(
      before, after, cancel, id: 7, life: 1, bench.exchange, bench.truth, at: Self.second(102))
    return bench.referee.violations.map(\.promise)
  }

  @Test func `a command is judged by what was bought before it left, however long it was on its way`() {
    #expect(takeDown("excess", boughtAt: 98) == [.neverWorse])
    #expect(takeDown("excess", boughtAt: 101).isEmpty)
  }

  @Test(arguments: ["maker_partial", "stop_failed", "orphan", "excess"])
  func `a stop that stands is taken down for none of these`(reason: String) {
    #expect(takeDown(reason, boughtAt: 10) == [.neverWorse])
  }

  @Test func `a life that has just begun has read everything before it cuts; late events excuse it`() {
    #expect(takeDown("orphan", boughtAt: 10, faults: [.crash]) == [.neverWorse])
    #expect(takeDown("orphan", boughtAt: 10, faults: [.crash, .eventDelay]).isEmpty)
  }
}
