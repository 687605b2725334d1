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

  @Option(help: "Which draws a seed stands for: 1 leaves out what was added later.") var edition = Scenario.edition

  func validate() throws {
    for name in only?.split(separator: ",") ?? [] where name != "none" && FaultClass(rawValue: String(name)) == nil {
      let known = FaultClass.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(name)' is no fault class. Take some of: \(known); or none.")
    }
  }

  func scenario(_ seed: UInt64) -> Scenario {
    let classes = only.map { Set($0.split(separator: ",").compactMap { FaultClass(rawValue: String($0)) }) }
    return Scenario(seed: seed, only: classes, isPlain: plain, edition: edition)
  }

  /// All scenarios that a seed stands for.
  func scenarios(_ seed: UInt64) -> [Scenario] {
    guard crashPoints else { return [scenario(seed)] }
    var plain = Scenario(seed: seed, only: [], isPlain: self.plain)
    var world = plain.world()
    _ = world.run()
    return (1...max(1, world.effects)).flatMap { first -> [Scenario] in
      var points = [[first]]
      if pairs { points += (0..<Self.secondCrashes).map { [first, 1 << $0] } }
      return points.map {
        plain.crashPoints = $0
        return plain
      }
    }
  }

  /// A start takes about a hundred effects until everything is covered again.
  private static let secondCrashes = 8

  /// The same choice for another process.
  var arguments: [String] {
    (only.map { ["--only", $0] } ?? []) + (plain ? ["--plain"] : []) + (crashPoints ? ["--crash-points"] : [])
      + (pairs ? ["--pairs"] : []) + ["--edition", String(edition)]
  }
}
