import ArgumentParser
import Simulation

/// Which kinds of world are run.
struct WorldChoice: ParsableArguments {
  @Option(help: "Fault classes that may strike, comma-separated; \"none\" for no fault.") var only: String?
  @Flag(help: "The bot only enters; nobody else acts.") var plain = false

  func validate() throws {
    for name in only?.split(separator: ",") ?? [] where name != "none" && FaultClass(rawValue: String(name)) == nil {
      let known = FaultClass.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(name)' is no fault class. Take some of: \(known); or none.")
    }
  }

  func scenario(_ seed: UInt64) -> Scenario {
    let classes = only.map { Set($0.split(separator: ",").compactMap { FaultClass(rawValue: String($0)) }) }
    return Scenario(seed: seed, only: classes, isPlain: plain)
  }

  /// The same choice for another process.
  var arguments: [String] { (only.map { ["--only", $0] } ?? []) + (plain ? ["--plain"] : []) }
}
