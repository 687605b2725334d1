import PaperVenue
import Testing
import Trading

/// The exchange behind its faults, in virtual time.
struct WorldTests {
  static let start = Timestamp(milliseconds: 1_763_700_000_000)
  static let account = Bench.account

  /// A world with one subscribed socket.
  static func world(_ rules: [FaultRule] = [], seed: UInt64 = 1) throws -> (PaperWorld, ConnectionID) {
    var world = PaperWorld(exchange: Bench(bitcoin: "1").exchange, faults: FaultPlan(seed: seed))
    let opened = world.connect(at: start)
    let connection = try #require(opened)
    _ = try world.subscribe(connection, to: account)
    for rule in rules { world.inject(rule, at: start) }
    return (world, connection)
  }

  static let order = NewOrder.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "en")

  /// `reply`, `refused code`, `lost`, `closed` or the event's line, each with its delay in milliseconds.
  static func lines(_ deliveries: [PaperDelivery]) -> [String] {
    deliveries.map { delivery in
      let text =
        switch delivery.content {
        case .reply(_, .success, _): "reply"
        case .reply(_, .failure(let error), _): "refused \(error.code)"
        case .lost: "lost"
        case .event(_, _, let event): event.line
        case .closed: "closed"
        }
      return "\((delivery.time - start).wholeMilliseconds) \(text)"
    }
  }

  static func play(_ rules: [FaultRule], seed: UInt64 = 1) throws -> (lines: [String], world: PaperWorld) {
    var (world, connection) = try world(rules, seed: seed)
    world.submit(.place(order), tag: RequestTag(1), for: account, on: connection, at: start)
    return (lines(world.advance(to: start + .seconds(10))), world)
  }

  @Test func `Without faults the reply comes first and the events follow at once`() throws {
    #expect(try Self.play([]).lines == ["0 reply", "0 en NEW new", "0 position"])
  }

  static let faults: [(FaultEffect, [String], Bool)] = [
    (.dropEvents([.executionReport]), ["0 reply", "0 position"], true),
    (.silenceStream, ["0 reply"], true),
    (
      .delayEvents([.executionReport], by: .exactly(.milliseconds(70))), ["0 reply", "0 position", "70 en NEW new"],
      true
    ),
    (
      .duplicateEvents([.executionReport], after: .exactly(.milliseconds(5))),
      ["0 reply", "0 en NEW new", "0 position", "5 en NEW new"], true
    ),
    (.lagStream(.exactly(.milliseconds(40))), ["0 reply", "40 en NEW new", "40 position"], true),
    (.cutOnEvent([]), ["0 reply", "0 closed"], true),
    (.terminateOnEvent([]), ["0 reply", "0 eventStreamTerminated", "0 position"], true),
    (.loseRequests([.place]), ["0 lost"], false),
    (
      .delayRequests([], by: .exactly(.milliseconds(30))), ["30 reply", "30 en NEW new", "30 position"], true
    ),
    (.refuse([.place], .overloaded), ["0 refused -1008"], false),
    (.failBeforeApply([.place], .timeout), ["0 refused -1007"], false),
    (.failAfterApply([.place], .timeout), ["0 refused -1007", "0 en NEW new", "0 position"], true),
    (.loseReplies([.place]), ["0 lost", "0 en NEW new", "0 position"], true),
    (
      .delayReplies([], by: .exactly(.milliseconds(20))), ["0 en NEW new", "0 position", "20 reply"], true
    ),
    (.ban, ["0 refused -1003"], false),
    (.throttle, ["0 refused -1003"], false),
  ]

  @Test(arguments: faults)
  func `Each fault does what it says to a placement, applied or not`(
    _ effect: FaultEffect, _ expected: [String], _ isApplied: Bool
  ) throws {
    let (lines, world) = try Self.play([FaultRule(effect, hitsMax: effect == .silenceStream ? nil : 1)])
    #expect(lines == expected)
    #expect(world.exchange.openOrders(of: Self.account).isEmpty != isApplied)
  }

  @Test func `Exactly the second matching event can be dropped`() throws {
    let lines = try Self.play([FaultRule(.dropEvents([]), skip: 1, hitsMax: 1)]).lines
    #expect(lines == ["0 reply", "0 en NEW new"])
  }

  @Test func `A stale read does not know the order yet and knows it after the lag`() throws {
    var (world, _) = try Self.world([FaultRule(.staleReads([.order, .openOrders], lag: .seconds(2)))])
    world.submit(.place(Self.order), tag: RequestTag(1), for: Self.account, at: Self.start + .seconds(1))
    _ = world.advance(to: Self.start + .seconds(1))
    let query = PaperRequest.order(OrderLookup(Bench.symbol, clientOrderID: "en"))
    world.submit(query, tag: RequestTag(2), for: Self.account, at: Self.start + .seconds(2))
    #expect(Self.lines(world.advance(to: Self.start + .seconds(2))) == ["2000 refused -2013"])
    world.submit(query, tag: RequestTag(3), for: Self.account, at: Self.start + .seconds(3))
    #expect(Self.lines(world.advance(to: Self.start + .seconds(3))) == ["3000 reply"])
  }

  @Test func `A frozen read shows the state when the rule began, a write does not`() throws {
    var (world, _) = try Self.world()
    world.inject(FaultRule(.frozenReads([]), from: Self.start), at: Self.start)
    world.submit(.place(Self.order), tag: RequestTag(1), for: Self.account, at: Self.start + .seconds(1))
    world.submit(.openOrders(nil), tag: RequestTag(2), for: Self.account, at: Self.start + .seconds(60))
    let deliveries = world.advance(to: Self.start + .seconds(60))
    guard case .reply(_, .success(.orders(let orders)), _) = deliveries.last?.content else {
      Issue.record("no answer")
      return
    }
    #expect(orders.isEmpty)
    world.heal()
    world.submit(.openOrders(nil), tag: RequestTag(3), for: Self.account, at: Self.start + .seconds(61))
    guard case .reply(_, .success(.orders(let healed)), _) = world.advance(to: Self.start + .seconds(61)).last?.content
    else { return }
    #expect(healed.count == 1)
  }

  @Test func `Two sockets get the same events, and a fault hits each by itself`() throws {
    var (world, first) = try Self.world([FaultRule(.dropEvents([.executionReport]), hitsMax: 1)])
    let opened = world.connect(at: Self.start)
    let second = try #require(opened)
    _ = try world.subscribe(second, to: Self.account)
    world.submit(.place(Self.order), tag: RequestTag(1), for: Self.account, at: Self.start)
    let deliveries = world.advance(to: Self.start)
    func seen(_ id: ConnectionID) -> [String] {
      deliveries.compactMap { delivery in
        guard case .event(let connection, _, let event) = delivery.content, connection == id else { return nil }
        return event.line
      }
    }
    #expect(seen(first) == ["position"])
    #expect(seen(second) == ["en NEW new", "position"])
  }

  @Test func `A gone socket gets neither reply nor event`() throws {
    var (world, connection) = try Self.world([FaultRule(.delayReplies([], by: .exactly(.seconds(1))))])
    world.submit(.place(Self.order), tag: RequestTag(1), for: Self.account, on: connection, at: Self.start)
    world.disconnect(connection)
    #expect(world.advance(to: Self.start + .seconds(2)).isEmpty)
    #expect(world.exchange.openOrders(of: Self.account).count == 1)
  }

  @Test func `The same seed gives the same deliveries and another seed does not`() throws {
    let rules = [
      FaultRule(.delayEvents([], by: DelayRange(.zero, .seconds(3))), perMille: 700),
      FaultRule(.duplicateEvents([], after: DelayRange(.zero, .seconds(3))), perMille: 500),
      FaultRule(.delayReplies([], by: DelayRange(.zero, .seconds(3)))),
    ]
    #expect(try Self.play(rules, seed: 7).lines == Self.play(rules, seed: 7).lines)
    #expect(try Self.play(rules, seed: 7).lines != Self.play(rules, seed: 8).lines)
  }

  // MARK: Rate limits

  @Test func `Weight is charged per aligned minute, refused with 429, then banned with 418`() {
    var meter = RequestMeter()
    let now = Timestamp(milliseconds: 1_763_700_010_000)
    for _ in 0..<75 { #expect(meter.charge(80, at: now) == nil) }
    let refused = meter.charge(80, at: now)
    #expect(refused?.status == 429)
    #expect(refused?.retryAfterSeconds == 50)
    var last = refused
    for _ in 0..<50 { last = meter.charge(1, at: now) }
    #expect(last?.status == 418)
    #expect(meter.charge(1, at: now + .seconds(119))?.status == 418)
    #expect(meter.charge(1, at: now + .seconds(121)) == nil)
  }

  @Test func `A placement that succeeds costs no weight, one that fails does`() throws {
    var world = PaperWorld(exchange: Bench().exchange, meter: RequestMeter())
    world.submit(.place(Self.order), tag: RequestTag(1), for: Self.account, at: Self.start)
    _ = world.advance(to: Self.start)
    #expect(world.meter?.usedWeight(at: Self.start) == 0)
    world.submit(.place(Self.order), tag: RequestTag(2), for: Self.account, at: Self.start)
    _ = world.advance(to: Self.start)
    #expect(world.meter?.usedWeight(at: Self.start) == 1)
  }

  @Test func `The hundred-and-first order in ten seconds is refused and a fill gives credit`() throws {
    var meter = RequestMeter()
    #expect(meter.countOrders(99, of: "a", at: Self.start) == nil)
    #expect(meter.countOrders(2, of: "a", at: Self.start)?.code == -1015)
    meter.creditFill(of: "a", isMaker: false, at: Self.start)
    #expect(meter.countOrders(2, of: "a", at: Self.start) == nil)
    #expect(meter.countOrders(1, of: "b", at: Self.start) == nil)
  }
}
