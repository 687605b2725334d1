import Testing

@testable import Simulation

struct ShrinkerTests {
  @Test func `a world is cut down to what makes it fail`() throws {
    // "Fails" where an entry came through Backstop and got its legs: faults and all other actors can go.
    let seed = try #require(
      (1...UInt64(200)).first { seed in
        let options = WorldOptions.drawn(seed: seed)
        return options.actors.contains(.directEntries) && options.actors.count > 2 && options.faults.count > 2
      })
    let small = try #require(
      Shrinker.shrink(Scenario(seed: seed), stopsAt: nil, runsMax: 400) { report in
        report.commands["place_oco", default: 0] > 0 && report.reasons["direct_entry", default: 0] > 0
      })
    let rest = try #require(small.rest)
    #expect(rest.faults.isEmpty)
    #expect(rest.actors == [.directEntries])
    #expect(rest.activeMilliseconds < 60_000)
    var world = small.world()
    let report = world.run()
    #expect(report.reasons["direct_entry", default: 0] > 0)
  }

  @Test func `a world that breaks no promise is not shrunk`() {
    #expect(Shrinker.shrink(Scenario(seed: 1, only: [])) == nil)
  }

  @Test(arguments: [(48_213, 1, 40_000), (48_213, 2, 48_000), (-731, 1, -700), (9, 1, 9)] as [(Int64, Int, Int64)])
  func `quantities and delays are rounded towards zero`(value: Int64, digits: Int, rounded: Int64) {
    #expect(Shrinker.rounded(value, digits: digits) == rounded)
  }

  @Test(arguments: [UInt64(42), 526])
  func `a timeline has 40 lines at most and keeps their order`(seed: UInt64) {
    var world = Scenario(seed: seed).world(keepsTrace: true)
    let report = world.run()
    let lines = Timeline.lines(of: report)
    #expect(report.trace.count > 100)
    #expect(lines.count > 20)
    #expect(lines.count <= 40)
    let times = lines.compactMap { Int($0.prefix { $0 != "." }.drop { $0 == " " }) }
    #expect(times == times.sorted())
  }
}
