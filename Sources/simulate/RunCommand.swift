import ArgumentParser
import Glibc
import Simulation
import Trading

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "One world, or a campaign of many on all cores (the default).")

  /// From this many seeds on an empty cell of the reach table is a failure of the simulator: the rarest, a fault that
  /// strikes while a leg is being amended, comes once in some ten thousand.
  static let reachNeedsSeeds = 100_000

  /// What a shell expects of a command that Ctrl-C has ended.
  private static let interrupted: Int32 = 130

  @Option(help: "Run this one seed.") var seed: UInt64?
  @Flag(help: "Print the timeline of the seed, or of the worlds of the corpus that fail.") var trace = false
  @Option(help: "Run this many seeds.") var seeds: UInt64?
  @Option(help: "First seed of many.") var from: UInt64 = 1
  @Flag(help: "Begin at a seed that nobody has run; it is printed.") var fresh = false
  @Option(help: "Stop handing out seeds after this many seconds.") var seconds: Int?
  @Option(help: "Worker processes; one per core if not given.") var workers: Int?
  @Option(help: "Write the campaign to this file as JSON.") var output: String?
  @Option(help: "The commit that was built, for the file.") var commit: String?
  @Option(help: "Folder of worlds that once broke a promise: run first, and new ones are kept there.") var corpus:
    String?
  @Option(help: "Failing seeds that are made small and shown, one for each promise.") var shrink = 3
  @Flag(help: "Stop at the first failing seed.") var untilFailure = false
  @Option(help: "With --until-failure: seeds whose failure is known, comma-separated.") var known: String?
  @Option(help: "Failing seeds listed.") var show = 20
  @OptionGroup var choice: WorldChoice

  func run() throws {
    if let seed { return try runOne(seed) }
    // Worlds that cannot be had are told of here, and not by each worker that dies of them.
    _ = try choice.worlds()
    let worlds = try runCorpus()
    let count = seeds ?? (seconds == nil ? 1000 : .max / 4)
    // The wall clock is only asked where to begin, never inside a world.
    let first = fresh ? UInt64(time(nil)) * 1000 : from
    if fresh { print("seeds from \(first)") }
    var bar = ProgressBar()
    let clock = ContinuousClock()
    let beside = Set(known?.split(separator: ",").compactMap { UInt64($0) } ?? [])
    var pool = WorkerPool(
      seeds: SeedRange(from: first, count: count),
      workers: workers ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
      arguments: choice.arguments, deadline: seconds.map { clock.now + .seconds($0) },
      stopsAtFailureBeside: untilFailure ? beside : nil)
    var told: Set<UInt64> = []
    let campaign = try pool.run { pool in
      for failure in pool.campaign.failures where told.insert(failure.seed).inserted {
        bar.tell("seed \(failure.seed): \(failure.texts.first ?? "")")
      }
      let part =
        seconds.map { Int(bar.elapsed.wholeMilliseconds) / max(1, $0) } ?? Int(pool.begun * 1000 / max(1, count))
      let text = "\(pool.begun) seeds, \(pool.campaign.failed) failing, \(Self.rate(pool.begun, bar.elapsed))/s"
      bar.draw(perMille: part, text)
    }
    bar.clear()
    let elapsed = bar.elapsed
    print(CampaignText.table(campaign, rate: Self.rate(UInt64(campaign.seeds), elapsed), show: show))
    print(
      "memory of a worker: \(pool.memory.early) kB early, \(pool.memory.late) kB late, \(pool.memory.most) kB at most")
    let isOfAllKinds = choice.only == nil && choice.near == nil && !choice.plain
    let judgesReach = campaign.seeds >= Self.reachNeedsSeeds && isOfAllKinds
    let unreached = campaign.reach.unreached
    print(ReachText.summary(campaign.reach, unreached: unreached, isJudged: judgesReach))
    if let output {
      let file = CampaignFile(
        commit: commit, from: first, arguments: choice.arguments, workers: pool.workers,
        milliseconds: elapsed.wholeMilliseconds, seedsPerSecond: Self.rate(UInt64(campaign.seeds), elapsed),
        memory: pool.memory, corpusWorlds: worlds, campaign: campaign,
        unreached: unreached.map { CampaignFile.Cell(fault: $0.fault, state: $0.state) })
      try file.write(to: output)
      print("written: \(output)")
    }
    if pool.wasInterrupted {
      print("interrupted: these are the seeds that were run until then")
      throw ExitCode(Self.interrupted)
    }
    try shrinkFailures(campaign)
    if !campaign.isClean { throw ExitCode(1) }
    if judgesReach, !unreached.isEmpty { throw ExitCode(2) }
  }

  static func rate(_ seeds: UInt64, _ elapsed: Duration) -> Int {
    Int(Int64(seeds) * 1000 / max(1, elapsed.wholeMilliseconds))
  }

  private func runOne(_ seed: UInt64) throws {
    var worlds = try choice.worlds()
    var world = worlds.scenario(seed).world(keepsTrace: trace)
    print("seed \(seed): \(world.summary)")
    let report = world.run()
    for line in report.trace { print(line) }
    print(SeedText.summary(report))
    if !report.violations.isEmpty { throw ExitCode(1) }
  }

  /// Runs the worlds of the corpus; a failure there ends the campaign before it begins.
  private func runCorpus() throws -> Int {
    guard let corpus else { return 0 }
    let entries = try CorpusFolder(path: corpus).regressions()
    var failed = 0
    for (name, regression) in entries {
      var world = regression.scenario.world(keepsTrace: trace)
      let report = world.run()
      guard let violation = report.violations.first else { continue }
      failed += 1
      for line in report.trace { print(line) }
      print("corpus: \(name) fails again: \(violation)")
    }
    print("corpus: \(entries.count) worlds, \(failed) fail")
    if failed > 0 { throw ExitCode(1) }
    return entries.count
  }

  private func shrinkFailures(_ campaign: Campaign) throws {
    var worlds = try choice.worlds()
    var seen: Set<[Promise]> = []
    for failure in campaign.failures where seen.count < shrink && !failure.promises.isEmpty {
      guard seen.insert(failure.promises).inserted else { continue }
      try ShrinkText.shrink(worlds.scenario(failure.seed), folder: corpus.map(CorpusFolder.init), name: nil)
    }
  }
}
