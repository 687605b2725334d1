import ArgumentParser
import Simulation

/// Which kinds of world are run.
struct WorldChoice: ParsableArguments {
  @Option(help: "Fault classes that may strike, comma-separated; \"none\" for no fault.") var only: String?
  @Flag(help: "The bot only enters; nobody else acts.") var plain = false

  @Flag(help: "For each seed a world without faults for every effect that it has: the process dies before it.")
  var crashPoints = false
  @Flag(help: "With --crash-points: the next life dies as well, before its first, second, fourth, eighth ... effect.")
  var pairs = false

  @Option(help: "Run variations of the worlds in this folder: each seed is the number of one.") var near: String?

  @Option(help: "Which draws a seed stands for: 1 leaves out what was added later.") var edition = Scenario.edition

  func validate() throws {
    for name in only?.split(separator: ",") ?? [] where name != "none" && FaultClass(rawValue: String(name)) == nil {
      let known = FaultClass.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(name)' is no fault class. Take some of: \(known); or none.")
    }
    if near != nil, only != nil || plain || crashPoints {
      throw ValidationError("--near takes the worlds as they are: leave out --only, --plain and --crash-points.")
    }
  }

  /// - Throws: when the worlds to vary cannot be read.
  func worlds() throws -> ChosenWorlds {
    guard let near else { return ChosenWorlds(choice: self) }
    let known = try CorpusFolder(path: near).regressions().map(\.regression.scenario)
    guard !known.isEmpty else { throw ValidationError("There is no world in \(near) that could be varied.") }
    return ChosenWorlds(choice: self, variations: Variations(of: known))
  }

  /// The same choice for another process.
  var arguments: [String] {
    (only.map { ["--only", $0] } ?? []) + (plain ? ["--plain"] : []) + (crashPoints ? ["--crash-points"] : [])
      + (pairs ? ["--pairs"] : []) + (near.map { ["--near", $0] } ?? []) + ["--edition", String(edition)]
  }
}
