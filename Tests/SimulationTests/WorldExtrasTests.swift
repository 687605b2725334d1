import Foundation
import PaperVenue
import Testing
import Trading

@testable import Simulation

struct WorldExtrasTests {
  private static func options(_ seed: UInt64) -> WorldOptions { Scenario(seed: seed).world().options }

  private static func world(
    _ seed: UInt64, keepsTrace: Bool = false, change: (inout WorldOptions) -> Void
  ) -> World {
    var options = WorldOptions.drawn(seed: seed, only: [], plainActors: true)
    change(&options)
    options.applyExtras()
    return World(options, keepsTrace: keepsTrace)
  }

  @Test func `half of the seeds add nothing, and their worlds are those of the first edition`() {
    var plain = 0
    for seed in UInt64(1)...40 {
      var first = Scenario(seed: seed, edition: 1).world()
      var second = Scenario(seed: seed).world()
      let isSame =
        second.options.extras == WorldExtras() && second.options.faults == first.options.faults
        && second.options.actors == first.options.actors
      guard isSame else { continue }
      plain += 1
      if plain <= 5 { #expect(first.run().fingerprint == second.run().fingerprint) }
    }
    #expect(plain >= 10)
    #expect(plain <= 30)
  }

  @Test func `every extra is drawn, and every actor and fault class of the second edition`() {
    var markets: Set<WorldExtras.SecondMarket> = []
    var always: Set<FaultClass> = []
    var aimed: Set<FaultClass> = []
    var faults: Set<FaultClass> = []
    var actors: Set<ActorClass> = []
    for seed in UInt64(1)...4000 {
      let options = Self.options(seed)
      if let market = options.extras.secondMarket { markets.insert(market) }
      if let fault = options.extras.always { always.insert(fault) }
      if let aim = options.extras.aim { aimed.insert(aim.fault) }
      faults.formUnion(options.faults.keys)
      actors.formUnion(options.actors)
    }
    #expect(markets.count == WorldExtras.SecondMarket.allCases.count)
    #expect(always == Set(FaultClass.allCases))
    #expect(aimed.isSuperset(of: World.striking))
    #expect(faults == Set(FaultClass.allCases))
    #expect(actors == Set(ActorClass.allCases))
  }

  @Test func `the same seed gives the same trace with extras`() throws {
    let seeds = (1...UInt64(400)).filter { Self.options($0).extras.secondMarket != nil }.prefix(3)
    #expect(seeds.count == 3)
    for seed in seeds {
      var first = Scenario(seed: seed).world()
      var second = Scenario(seed: seed).world()
      #expect(first.run().fingerprint == second.run().fingerprint)
    }
  }

  @Test func `entries on both symbols are covered`() {
    var world = Self.world(3) { $0.extras.secondMarket = .healthy }
    let report = world.run()
    #expect(report.violations.isEmpty, "\(report.violations)")
    for market in world.markets {
      #expect(market.referee.commands["place_oco", default: 0] > 0, "\(market.symbol)")
      #expect(market.truth.fills > 0)
    }
  }

  @Test func `a market that closes does not delay the other symbol`() {
    var world = Self.world(3) {
      $0.extras.secondMarket = .healthy
      $0.faults = [.marketClosed: 200]
    }
    let report = world.run()
    #expect(world.markets[1].options.faults.isEmpty)
    #expect(report.struck[.marketClosed, default: 0] > 0)
    #expect(world.markets[1].referee.violations.isEmpty, "\(world.markets[1].referee.violations)")
    #expect(world.markets[1].referee.intervals.allSatisfy { $0.duration < Referee.faultFreeBound })
  }

  @Test func `two guardians write for a while, and what they leave behind holds`() {
    var world = Self.world(11, keepsTrace: true) { $0.faults = [.twoWriters: 1000] }
    let report = world.run()
    #expect(report.lives > 2)
    #expect(report.struck[.twoWriters, default: 0] > 2)
    #expect(report.violations.isEmpty, "\(report.violations)")
  }

  @Test func `an operator's restart cancels nothing and loses no row`() {
    var world = Self.world(5) { $0.actors = [.restarts] }
    let report = world.run()
    #expect(report.lives > 1)
    #expect(report.violations.isEmpty, "\(report.violations)")
  }

  /// How far below their entries all stops stood, in tenths of a percent.
  private static func distances(_ world: World) throws -> Set<FixedDecimal> {
    let stops = world.exchange.orders(of: World.account, world.symbol).filter { $0.type.isStop && $0.side == .sell }
    return try Set(
      stops.map { stop in
        let entry = try #require(world.truth.lot(of: stop).flatMap { world.exchange.order(of: World.account, $0) })
        let price = try #require(entry.executedQuote.divided(by: entry.executedQuantity))
        let percent = try #require(((price - stop.stopPrice) * "100").divided(by: price))
        return percent.rounded(toMultipleOf: "0.1", .up)
      })
  }

  @Test func `stops of entries with brackets of their own stand 0,4 or 3 percent below them, all others 1 percent`()
    throws
  {
    var (plain, own): (Set<FixedDecimal>, Set<FixedDecimal>) = ([], [])
    for seed in UInt64(1)...8 {
      for actors in [[], [ActorClass.ownBrackets]] as [Set<ActorClass>] {
        var world = Self.world(seed) {
          $0.actors = actors
          $0.bracket = .standard
          $0.depth = .unlimited
        }
        #expect(world.run().violations.isEmpty)
        if actors.isEmpty {
          plain.formUnion(try Self.distances(world))
        } else {
          own.formUnion(try Self.distances(world))
        }
      }
    }
    #expect(plain == ["1"])
    #expect(own.isSuperset(of: ["0.4", "1", "3"]))
  }

  @Test func `extras that were written down before there were more are read`() throws {
    let text = #"{"secondMarket":"healthy","hangingTriggers":true,"venue":["noAmend"]}"#
    let extras = try JSONDecoder().decode(WorldExtras.self, from: Data(text.utf8))
    #expect(extras.secondMarket == .healthy)
    #expect(extras.hangingTriggers)
    #expect(!extras.isDirect)
    #expect(extras.venue == [.noAmend])
  }

  @Test func `a world that was written down is the same world, with any of 20 things that a seed may add`() throws {
    var seeds: [String: UInt64] = [:]
    for seed in UInt64(1)...2000 {
      for trait in Self.options(seed).traits where seeds[trait] == nil { seeds[trait] = seed }
    }
    #expect(seeds.count >= 20)
    for seed in Set(seeds.values).sorted() {
      var world = Scenario(seed: seed).world()
      let fingerprint = world.run().fingerprint
      let small = try #require(
        Shrinker.shrink(Scenario(seed: seed), stopsAt: nil, runsMax: 1) { $0.fingerprint == fingerprint })
      #expect(small.rest?.extras ?? WorldExtras() == world.options.extras)
      var again = small.world()
      #expect(again.run().fingerprint == fingerprint, "seed \(seed)")
    }
  }
}
