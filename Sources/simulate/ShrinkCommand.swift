import ArgumentParser
import Simulation

struct ShrinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shrink",
    abstract: "Makes a failing world small, shows it in at most 40 lines, and keeps it in a folder.")

  @Argument(help: "The failing seed.") var seed: UInt64
  @Option(help: "Keep it in this folder.") var save: String?
  @Option(help: "Under this name; seed-N if not given.") var name: String?
  @Option(help: "Worlds run at most.") var runs = Shrinker.runsMax
  @OptionGroup var choice: WorldChoice

  func run() throws {
    var worlds = try choice.worlds()
    let folder = save.map(CorpusFolder.init)
    try folder?.make()
    let isFound = try ShrinkText.shrink(worlds.scenario(seed), folder: folder, name: name, runsMax: runs)
    if !isFound {
      print("seed \(seed) breaks no promise")
      throw ExitCode(1)
    }
  }
}

/// Shrinking, for people.
enum ShrinkText {
  @discardableResult
  static func shrink(
    _ scenario: Scenario, folder: CorpusFolder?, name: String?, runsMax: Int = Shrinker.runsMax
  ) throws -> Bool {
    guard let (small, promise) = Shrinker.shrink(scenario, runsMax: runsMax) else { return false }
    var world = small.world(keepsTrace: true)
    let report = world.run()
    let rest = small.rest
    let faults = rest?.faults.keys.sorted().map(\.rawValue).joined(separator: ", ") ?? ""
    let actors = rest?.actors.map(\.rawValue).joined(separator: ", ") ?? ""
    print(
      "\nseed \(scenario.seed), made small: \((rest?.activeMilliseconds ?? 0) / 1000) s; faults: \(faults.isEmpty ? "none" : faults); others: \(actors.isEmpty ? "the bot" : actors)"
    )
    for line in Timeline.lines(of: report) { print(line) }
    if let folder {
      let finding = report.violations.first { $0.promise == promise }?.text ?? ""
      let name = name ?? "seed-\(scenario.seed)"
      try folder.save(Regression(finding: finding, promise: promise, scenario: small), as: name)
      print("kept as \(folder.path)/\(name).json")
    }
    return true
  }
}
