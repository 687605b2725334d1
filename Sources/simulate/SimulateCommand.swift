import ArgumentParser
import Simulation

@main
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs the guardian's core in seeded worlds of faults and holds it to its promises.",
    discussion: """
      EXAMPLES
        simulate --seed 42 --trace        one world, with its timeline
        simulate --seeds 1000             many worlds, and a table
        simulate --seeds 1000 --only none fault-free worlds
      Exit code 1: a promise was broken.
      """)

  @Option(help: "Run this one seed.") var seed: UInt64?
  @Option(help: "Run this many seeds.") var seeds: UInt64 = 1000
  @Option(help: "First seed of many.") var from: UInt64 = 1
  @Flag(help: "Print the timeline of the seed.") var trace = false
  @Option(help: "Fault classes that may strike, comma-separated; \"none\" for no fault.") var only: String?
  @Flag(help: "The bot only enters; nobody else acts.") var plain = false
  @Option(help: "Failing seeds listed.") var show = 20

  func run() throws {
    if let seed {
      let report = world(seed, keepsTrace: trace).run()
      for line in report.trace { print(line) }
      print(SeedText.summary(report))
      if !report.violations.isEmpty { throw ExitCode(1) }
      return
    }
    let campaign = runMany()
    if !campaign.isClean { throw ExitCode(1) }
  }

  private func world(_ seed: UInt64, keepsTrace: Bool = false) -> (run: () -> SeedReport, Void) {
    let options = WorldOptions.drawn(seed: seed, only: classes, plainActors: plain)
    return (
      {
        var world = World(options, keepsTrace: keepsTrace)
        return world.run()
      }, ()
    )
  }

  private var classes: Set<FaultClass>? {
    only.map { Set($0.split(separator: ",").compactMap { FaultClass(rawValue: String($0)) }) }
  }

  private func runMany() -> Campaign {
    var campaign = Campaign()
    let started = ContinuousClock.now
    for seed in from..<from + seeds {
      let report = world(seed).run()
      campaign.add(report)
      // One seed in a hundred is run twice: the same seed must give the same trace.
      if seed % 100 == 0, world(seed).run().fingerprint != report.fingerprint { campaign.noteUnstable(seed) }
    }
    let elapsed = ContinuousClock.now - started
    print(CampaignText.table(campaign, elapsed: elapsed, show: show))
    return campaign
  }
}
