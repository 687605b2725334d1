import PaperVenue
import Testing
import Trading
import Venue

@testable import Simulation

/// A world that has come to rest, in which something is then arranged for the checkers to see.
struct SettledWorldTests {
  private static func settled() -> World {
    var options = WorldOptions.drawn(seed: 3, only: [], plainActors: true)
    options.applyExtras()
    var world = World(options)
    let report = world.run()
    #expect(report.violations.isEmpty)
    return world
  }

  /// An operator wanted 0.1 sold 11 s ago that was bought 10 s before, and nothing came of it.
  private static func unsold() -> World {
    var world = settled()
    let entry = NewOrder.market(world.symbol, .buy, quantity: "0.1", clientOrderID: "late")
    world.settle(world.exchange.place(entry, for: World.account, at: world.venueTime).events)
    let lots = Set(world.truth.openLots.filter { $0.held > "0.09" }.map(\.id))
    world.now = world.now + .seconds(11)
    world.flattenings = [Flattening(place: 0, at: world.now + .seconds(-11), life: world.incarnation, lots: lots)]
    return world
  }

  private func broken(_ world: World) -> [Promise] {
    var world = world
    world.lookAtFlattening()
    // What has just become possible is given time.
    world.now = world.now + .seconds(3)
    world.lookAtFlattening()
    return world.referee.violations.map(\.promise)
  }

  @Test func `what was to be flattened and is not sold after 10 s is broken`() {
    #expect(broken(Self.unsold()) == [.live])
  }

  @Test func `what another product holds cannot be flattened`() throws {
    var world = Self.unsold()
    let free = try #require(world.exchange.account(World.account)).balance(of: "BTC").free
    _ = world.exchange.lockExternally(World.account, "BTC", by: free, at: world.venueTime)
    #expect(broken(world).isEmpty)
  }

  @Test func `nothing is flattened while the venue takes nothing`() {
    var world = Self.unsold()
    world.referee.stands(.marketClosed, at: world.now + .seconds(1))
    #expect(broken(world).isEmpty)
  }

  @Test(arguments: [(5, true), (11, false)])
  func `what becomes naked just after the last alert has ten seconds for its own`(seconds: Int, isFine: Bool) {
    var world = Self.settled()
    world.referee.nakedSince = world.now + .seconds(-30)
    world.referee.nakedAlertedAt = world.now + .seconds(-seconds)
    world.look()
    #expect(world.referee.violations.contains { $0.promise == .tell } != isFine)
  }

  /// 0.1 was bought, a stop of ours alone stands behind 0.09 of it, 1 % below; its take-profit is `highest` above.
  private static func watched(highest: FixedDecimal) throws -> World {
    var world = settled()
    world.brackets = [Bracket(stop: .percent("1"), takeProfits: [.init(.percent(highest), share: "1")])]
    let entry = NewOrder.market(world.symbol, .buy, quantity: "0.1", clientOrderID: "late")
    world.settle(world.exchange.place(entry, for: World.account, at: world.venueTime).events)
    let lot = try #require(world.truth.openLots.last?.id)
    let last = try #require(world.exchange.lastPrice(of: world.symbol))
    let trigger = (last * "0.99").rounded(toMultipleOf: "0.01", .down)
    let terms = LegTerms(clientOrderID: "stop", type: .stopLoss, triggerPrice: trigger)
    world.markets[0].truth.own(.placeLeg(LegPlacement(symbol: world.symbol, quantity: "0.09", terms: terms)))
    world.markets[0].truth.noted(
      Leg(
        lot: lot, role: .stopLoss, tranche: 1, generation: 1, clientOrderID: "stop", rangeStart: .zero,
        quantity: "0.09",
        triggerPrice: trigger, source: .stream))
    let stop = NewOrder.stopLoss(world.symbol, .sell, quantity: "0.09", stopPrice: trigger, clientOrderID: "stop")
    world.settle(world.exchange.place(stop, for: World.account, at: world.venueTime).events)
    let above = (last * "1.02").rounded(toMultipleOf: "0.01", .down)
    world.settle(world.exchange.setPrice(above, of: world.symbol, at: world.venueTime))
    return world
  }

  @Test(arguments: [("1.5", true), ("2.5", false)])
  func `a stop alone that stands 2 percent above its entry has missed a take-profit at 1,5, and none at 2,5 percent`(
    highest: FixedDecimal, isMissed: Bool
  ) throws {
    #expect((try Self.watched(highest: highest).missedTakeProfit != nil) == isMissed)
  }

  @Test func `the connection that the guardian listens to is not retired`() throws {
    var world = Self.settled()
    let current = try #require(world.guardian?.connection)
    world.connections.append(Connection(id: world.connections.count, incarnation: world.incarnation, state: .open))
    world.retire(current)
    #expect(world.connections[current].state == .open)
    world.guardian?.connection = world.connections.count - 1
    world.retire(current)
    #expect(world.connections[current].state == .gone)
  }

  @Test func `a stream that opens has the account read`() throws {
    var world = Self.settled()
    let current = try #require(world.guardian?.connection)
    world.streamOpens(current)
    #expect(world.guardian?.readings.isEmpty == false)
    #expect(world.referee.violations.isEmpty)
  }

  @Test(arguments: [(20, 231), (250, MirrorModel.recentFillsMax)])
  func `the mirror gives back the newest fills of each symbol, those from its cursor on at the least`(
    cursor: Int, count: Int
  ) throws {
    var mirror = MirrorModel()
    func fill(_ symbol: Symbol, _ trade: Int64) -> Fact {
      .fill(
        Fill(
          symbol: symbol, tradeID: TradeID(trade), venueOrderID: 1, side: .buy, price: "1", quantity: "1",
          commission: .zero, commissionAsset: nil, venueTime: World.epoch), source: .stream)
    }
    let read: [Fact] = [.tradeCursor("ETHUSDT", TradeID(Int64(cursor)))]
    mirror.enqueue((1...250).map { fill("ETHUSDT", $0) } + [fill("BTCUSDT", 1)] + read)
    mirror.commit()
    let fills = try #require(mirror.recovered()).fills
    #expect(fills.filter { $0.symbol == "BTCUSDT" }.count == 1)
    #expect(fills.filter { $0.symbol == "ETHUSDT" }.count == count)
  }
}
