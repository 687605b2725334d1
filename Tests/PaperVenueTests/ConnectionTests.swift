import PaperVenue
import Testing
import Trading

/// Sockets, subscriptions and standing conditions of the world in front of the exchange.
struct ConnectionTests {
  private static let start = WorldTests.start

  @Test func `a socket subscribes to an account once, and to a gone socket nobody subscribes`() throws {
    var (world, connection) = try WorldTests.world()
    #expect { try world.subscribe(connection, to: WorldTests.account) } throws: { ($0 as? PaperError)?.code == -2035 }
    #expect(world.subscriptions(of: connection).map(\.account) == [WorldTests.account])
    world.disconnect(connection)
    #expect(world.openConnections.isEmpty && world.subscriptions(of: connection).isEmpty)
    #expect { try world.subscribe(connection, to: WorldTests.account) } throws: { ($0 as? PaperError)?.code == -1001 }
  }

  @Test func `one socket holds a thousand subscriptions and no more`() throws {
    var (world, connection) = try WorldTests.world()
    for number in 1..<1000 { _ = try world.subscribe(connection, to: AccountID("a\(number)")) }
    #expect { try world.subscribe(connection, to: "last") } throws: { ($0 as? PaperError)?.code == -2042 }
  }

  @Test func `an ended subscription says so on its socket, and one that is not there is refused`() throws {
    var (world, connection) = try WorldTests.world()
    #expect { try world.unsubscribe(connection, 7, at: Self.start) } throws: { ($0 as? PaperError)?.code == -2036 }
    let id = try #require(world.subscriptions(of: connection).first?.id)
    try world.unsubscribe(connection, id, at: Self.start)
    #expect(WorldTests.lines(world.advance(to: Self.start)) == ["0 eventStreamTerminated"])
    #expect(world.subscriptions(of: connection).isEmpty)
    _ = try world.subscribe(connection, to: WorldTests.account)
    _ = try world.subscribe(connection, to: "other")
    try world.unsubscribe(connection, nil, at: Self.start)
    #expect(world.advance(to: Self.start).count == 2)
  }

  @Test func `the venue ends an account's streams and keeps the sockets, or cuts them all`() throws {
    var (world, connection) = try WorldTests.world()
    _ = try world.subscribe(connection, to: "other")
    world.terminateStreams(of: WorldTests.account, at: Self.start)
    #expect(world.nextDue == Self.start)
    #expect(WorldTests.lines(world.advance(to: Self.start)) == ["0 eventStreamTerminated"])
    #expect(world.openConnections == [connection])
    #expect(world.subscriptions(of: connection).map(\.account) == ["other"])
    world.cutAll(at: Self.start)
    #expect(WorldTests.lines(world.advance(to: Self.start)) == ["0 closed"])
    #expect(world.openConnections.isEmpty && world.nextDue == nil)
    #expect(ConnectionID(1) < ConnectionID(2))
  }

  @Test func `while connections are refused or banned nobody gets in`() {
    for effect in [FaultEffect.refuseConnections, .ban] {
      var world = PaperWorld(exchange: Bench().exchange, faults: FaultPlan([FaultRule(effect, hitsMax: 1)]))
      #expect(world.connect(at: Self.start) == nil)
      #expect(world.connect(at: Self.start) != nil)
    }
  }

  @Test func `changes that are nobody's request tell the subscribers, a quiet one tells nobody`() throws {
    var (world, _) = try WorldTests.world()
    world.submit(
      .place(.stopLoss(Bench.symbol, .sell, quantity: "0.1", stopPrice: "59000", clientOrderID: "sl")),
      tag: RequestTag(1), for: WorldTests.account, at: Self.start)
    _ = world.advance(to: Self.start)
    world.setPrice("58900", of: Bench.symbol, at: Self.start + .milliseconds(1))
    #expect(WorldTests.lines(world.advance(to: Self.start + .seconds(1))).contains("1 sl TRADE filled"))
    world.configure { $0.setStatus(.halt, of: Bench.symbol) }
    #expect(world.nextDue == nil)
    let balance = world.change(at: Self.start + .seconds(2)) { exchange -> (FixedDecimal?, [PaperEvent]) in
      let outcome = exchange.adjust(WorldTests.account, "USDT", by: "5", at: Self.start + .seconds(2))
      return (try? outcome.get().free, outcome.events)
    }
    #expect(balance != nil)
    #expect(
      WorldTests.lines(world.advance(to: Self.start + .seconds(2))) == ["2000 balanceUpdate", "2000 position"])
  }

  // MARK: - Faults

  @Test func `a reply that is cut off takes its socket with it`() throws {
    let (lines, world) = try WorldTests.play([FaultRule(.cutReplies([.place]), hitsMax: 1)])
    #expect(lines == ["0 lost", "0 en NEW new", "0 position"])
    #expect(world.exchange.openOrders(of: WorldTests.account).count == 1)
  }

  @Test func `a rule counts its matches and hits, for its account and its time only`() throws {
    var rule = FaultRule(.dropEvents([]), name: "drop", from: Self.start, until: Self.start + .seconds(5))
    rule.account = "other"
    #expect(try WorldTests.play([rule]).lines.count == 3)
    rule.account = WorldTests.account
    let (lines, world) = try WorldTests.play([rule])
    #expect(lines == ["0 reply"])
    #expect(world.faults.hits.map(\.name) == ["drop"])
    #expect(world.faults.hits.map(\.hits) == [2])
    rule.from = Self.start + .seconds(1)
    #expect(try WorldTests.play([rule]).lines.count == 3)
    rule.from = nil
    rule.until = Self.start
    #expect(try WorldTests.play([rule]).lines.count == 3)
  }

  @Test func `skewed clocks add up while their rules stand`() {
    var plan = FaultPlan([
      FaultRule(.skewClock(.seconds(2))), FaultRule(.skewClock(.seconds(-5)), until: Self.start + .seconds(10)),
    ])
    #expect(plan.clockSkew(at: Self.start) == .seconds(-3))
    #expect(plan.clockSkew(at: Self.start + .seconds(10)) == .seconds(2))
    plan.removeAll()
    #expect(plan.clockSkew(at: Self.start) == .zero)
    plan.add(FaultRule(.skewClock(.seconds(1))))
    #expect(plan.clockSkew(at: Self.start) == .seconds(1))
  }

  @Test func `a ban or a throttle refuses everything, with the time that it lasts`() {
    let ban = FaultPlan([FaultRule(.ban, until: Self.start + .seconds(30))]).standingRefusal(at: Self.start)
    #expect(ban?.status == 418 && ban?.retryAfterSeconds == 30)
    let throttle = FaultPlan([FaultRule(.throttle)]).standingRefusal(at: Self.start)
    #expect(throttle?.status == 429 && throttle?.retryAfterSeconds == 120)
    let over = FaultPlan([FaultRule(.ban, until: Self.start)]).standingRefusal(at: Self.start)
    #expect(over == nil)
  }

  @Test func `while a fault of one kind stands, the others go their way`() throws {
    let rules = [
      FaultRule(.skewClock(.seconds(1))), FaultRule(.staleReads([.order], lag: .seconds(1))),
      FaultRule(.frozenReads([.account])), FaultRule(.refuseConnections, from: Self.start + .seconds(9)),
      FaultRule(.failAfterApply([.amend], .timeout)), FaultRule(.loseRequests([.cancel])),
      FaultRule(.cutOnEvent([.balanceUpdate])), FaultRule(.terminateOnEvent([.listStatus])),
      FaultRule(.loseReplies([.account])), FaultRule(.cutReplies([.order])),
    ]
    #expect(try WorldTests.play(rules).lines == ["0 reply", "0 en NEW new", "0 position"])
  }

  // MARK: - Limits

  @Test func `placements beyond the order count are refused before the exchange, and refused ones may not count`() {
    var meter = RequestMeter()
    meter.ordersPerTenSecondsMax = 1
    var world = PaperWorld(exchange: Bench().exchange, meter: meter)
    world.configure { $0.variants.refusalsCount = false }
    var refused = WorldTests.order
    refused.quantity = "0.0000001"
    for (tag, order) in [(1, refused), (2, WorldTests.order), (3, WorldTests.order)] {
      world.submit(.place(order), tag: RequestTag(UInt64(tag)), for: WorldTests.account, at: Self.start)
    }
    let lines = WorldTests.lines(world.advance(to: Self.start))
    #expect(
      lines == ["0 refused -1111", "0 reply", "0 refused -1015"]
        || lines == ["0 refused -1013", "0 reply", "0 refused -1015"])
    #expect(world.meter?.orderCounts(of: WorldTests.account, at: Self.start).tenSeconds == 1)
  }

  @Test func `a request over the weight is refused before it is applied`() {
    var meter = RequestMeter()
    meter.weightMax = 0
    var world = PaperWorld(exchange: Bench().exchange, meter: meter)
    world.submit(.place(WorldTests.order), tag: RequestTag(1), for: WorldTests.account, at: Self.start)
    #expect(WorldTests.lines(world.advance(to: Self.start)) == ["0 refused -1003"])
    #expect(world.exchange.openOrders(of: WorldTests.account).isEmpty)
  }

  @Test func `orders are counted by ten seconds and by day, and a maker's fill gives five back`() {
    var meter = RequestMeter()
    meter.ordersPerDayMax = 8
    #expect(meter.countOrders(8, of: "a", at: Self.start) == nil)
    let refused = meter.countOrders(1, of: "a", at: Self.start + .seconds(10))
    #expect(refused?.code == -1015 && refused?.message.contains("1 DAY") == true)
    meter.creditFill(of: "a", isMaker: true, at: Self.start + .seconds(10))
    #expect(meter.orderCounts(of: "a", at: Self.start + .seconds(10)) == (0, 3))
    meter.uncountOrders(9, of: "a", at: Self.start + .seconds(10))
    #expect(meter.orderCounts(of: "a", at: Self.start + .seconds(10)) == (0, 0))
    _ = meter.countOrders(5, of: "a", at: Self.start + .seconds(10))
    #expect(meter.orderCounts(of: "a", at: Self.start + .seconds(86_410)) == (0, 0))
  }

  @Test func `a socket with events before replies delivers them so`() throws {
    var (world, connection) = try WorldTests.world()
    world.configure { $0.variants.eventsBeforeReply = true }
    world.submit(.place(WorldTests.order), tag: RequestTag(1), for: WorldTests.account, on: connection, at: Self.start)
    #expect(WorldTests.lines(world.advance(to: Self.start)) == ["0 en NEW new", "0 position", "0 reply"])
  }
}
