import ArgumentParser
import Foundation

@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures the budgets of the design, each beside its baseline in the same run.",
    discussion: """
      EXAMPLES
        bench                         everything, in about two minutes
        bench --only events           one group; --list names them
        bench --strict                exit code 1 when a budget is missed
      Publish figures only from an idle machine: the load is printed before and after.
      Exit code 2: a group could not be measured.
      """)

  @Option(help: "Write the figures as JSON to this file.") var output: String?
  @Option(help: "Run only the groups whose name contains this.") var only: String?
  @Flag(help: "Exit with 1 when a budget is missed.") var strict = false
  @Flag(help: "One short round each: shows that it works; the figures mean little.") var quick = false
  @Flag(help: "List the groups and end.") var list = false

  private static var groups: [any Benchmark.Type] {
    [
      EventBenchmark.self, SweepBenchmark.self, StreamBenchmark.self, RESTBenchmark.self, VisibilityBenchmark.self,
      ThroughputBenchmark.self, MemoryBenchmark.self,
    ]
  }

  func run() throws {
    let chosen = Self.groups.filter { group in only.map { group.name.contains($0) } ?? true }
    guard !chosen.isEmpty else {
      throw ValidationError("no group is named like that: \(Self.groups.map { $0.name }.joined(separator: ", "))")
    }
    if list {
      for group in chosen { print("\(group.name): \(group.summary)") }
      return
    }
    let before = MachineLoad.current
    say("\(before.text)\(before.isBusy ? "; busy, so the figures are only good for their ratios" : "")")
    var measurements: [Measurement] = []
    var failures: [String] = []
    for group in chosen {
      say("measuring \(group.name): \(group.summary)")
      // One group that cannot be measured must not take the others' figures with it.
      do { measurements += try group.measure(quick ? .quick : .full) } catch {
        failures.append("\(group.name): \(error)")
      }
    }
    for line in ResultTable(measurements: measurements).lines { print(line) }
    print("\n\(before.text) before, \(Figure.text(MachineLoad.current.oneMinute)) after")
    measurements.append(Measurement(name: "load average before the run", value: before.oneMinute, unit: "processes"))
    if let output { try write(measurements, to: output) }
    for failure in failures { say("NOT MEASURED \(failure)") }
    if !failures.isEmpty { throw ExitCode(2) }
    if strict, measurements.contains(where: { $0.isMet == false }) { throw ExitCode(1) }
  }

  /// Progress goes to standard error, so that the table alone can be kept.
  private func say(_ line: String) { FileHandle.standardError.write(Data("==> \(line)\n".utf8)) }

  private func write(_ measurements: [Measurement], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var text = try encoder.encode(measurements)
    text.append(UInt8(ascii: "\n"))
    try text.write(to: URL(fileURLWithPath: path))
  }
}
