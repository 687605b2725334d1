import Testing

@testable import Simulation

struct SafetyReportTests {
  private static func report(_ campaign: Campaign, from: UInt64 = 1) -> SafetyReport {
    SafetyReport(
      commit: "abc123", from: from, seedsPerSecond: 400, workers: 2, campaign: campaign, crashWorlds: nil,
      corpusWorlds: 29,
      unreached: [ReachCell(fault: .crash, state: .dust)],
      mutants: [
        SafetyReport.Mutant(
          name: "no-sweep", wrong: "nothing is read", worlds: "eventLoss", seed: 17, broken: ["I1 cover"]),
        SafetyReport.Mutant(name: "rare", wrong: "once a year", world: "b3-seed-9", broken: ["I2 no oversell"]),
        SafetyReport.Mutant(name: "pinned", wrong: "twice a year", test: "it does not happen"),
        SafetyReport.Mutant(name: "idle", wrong: "does nothing", seed: nil, broken: nil),
      ],
      mutantsCommit: "def456",
      bugs: [
        SafetyReport.Bug(id: "B1", promise: "I1 cover", finding: "it slept", seeds: ["937 --only none"]),
        SafetyReport.Bug(id: "B2", promise: "the referee", finding: "it was strict", seeds: ["938"]),
      ],
      freshCampaigns: [
        SafetyReport.FreshCampaign(commit: "abc122", from: 900, seeds: 100, bugs: ["B1", "B2"]),
        SafetyReport.FreshCampaign(commit: "abc123", from: 1, seeds: 3, bugs: []),
      ])
  }

  @Test func `clean seeds give a bound, and what survived is said`() {
    var campaign = Campaign()
    for seed in UInt64(1)...3 {
      var world = Scenario(seed: seed, only: [], isPlain: true).world()
      campaign.add(world.run())
    }
    let text = Self.report(campaign).text
    #expect(campaign.isClean)
    #expect(text.contains("| commit | `abc123` |"))
    #expect(text.contains("3/N = 1.0 · 10^-0"))
    #expect(text.contains("2 of 4, tried at `def456`. 1 more break"))
    #expect(text.contains("| twice a year | the test “it does not happen” |  |"))
    #expect(text.contains("| nothing is read | 17 `--only eventLoss` | I1 cover |"))
    #expect(text.contains("| once a year | b3-seed-9 | I2 no oversell |"))
    #expect(text.contains("Seeds until one is found: 17 in the middle, 17 at most."))
    #expect(text.contains("| does nothing | **survived** |"))
    #expect(text.contains("Not reached: crash × dust."))
    for item in ModelLimits.items { #expect(text.contains(item)) }
    #expect(text.contains("| B1 | I1 cover | it slept | 937 --only none |"))
    #expect(text.contains("Of 103 worlds 2 broke a promise: 1 by the guardian's doing, 1 because the referee"))
    #expect(text.contains("| `abc122` | 900 | 100 | B1, B2 |\n| `abc123` | 1 | 3 | nothing |"))
  }

  @Test(arguments: [(897, false), (898, true), (999, true), (1000, false)])
  func `3 clean seeds of which a campaign from 900 to 999 has found bugs give no bound`(from: UInt64, isMended: Bool) {
    var campaign = Campaign()
    for seed in UInt64(1)...3 {
      var world = Scenario(seed: seed, only: [], isPlain: true).world()
      campaign.add(world.run())
    }
    let text = Self.report(campaign, from: from).text
    #expect(text.contains("since these seeds have found B1, B2 at `abc122`: what they found is mended.") == isMended)
    #expect(text.contains("3/N") != isMended)
  }

  // The quantiles of Poisson's law for 95 %: 2.996, 4.744, 6.296, 15.705.
  @Test(arguments: [(0, 333_808), (1, 210_798), (2, 158_836), (9, 63_673)])
  func `in 1,000,000 worlds that broke so few promises one in so many may`(found: Int, worlds: Int) {
    #expect(SafetyReport.oneIn(1_000_000, found: found) == worlds)
  }

  @Test func `what the worlds were made of is counted by seed`() {
    var campaign = Campaign()
    for seed in UInt64(1)...4 {
      var options = WorldOptions.drawn(seed: seed, only: [], plainActors: true)
      options.extras.secondMarket = .healthy
      if seed > 1 { options.actors = [.restarts] }
      if seed > 2 { options.faults = [.eventCopies: 1000] }
      var world = World(options)
      campaign.add(world.run())
    }
    let text = Self.report(campaign).text
    #expect(text.contains("| healthy second symbol | 4 |"))
    #expect(text.contains("| restarts | 3 |"))
    #expect(text.contains("| eventCopies | \(campaign.struck[.eventCopies] ?? 0) | 2 | 0 |"))
    #expect(!text.contains("at full strength | 2"))
  }

  @Test func `broken promises stand in front`() {
    var campaign = Campaign()
    campaign.note(Campaign.Failure(seed: 5, promises: [.cover], texts: ["I1 cover at 3 ms: naked"]))
    let text = Self.report(campaign).text
    #expect(text.contains("| I1 cover | 1 |"))
    #expect(text.contains("- seed 5: I1 cover at 3 ms: naked"))
    #expect(!text.contains("3/N"))
  }
}
