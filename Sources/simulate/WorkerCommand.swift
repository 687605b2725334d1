import ArgumentParser
import FoundationEssentials
import Glibc
import Simulation

/// What each worker process of a campaign runs: reads `FROM COUNT` lines, answers with a line per seed that it begins
/// and a line of results per request: how many seeds were run, memory, a campaign. A core that traps takes
/// only its worker along, and its seed is known.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

  /// One seed in this many is run twice: the same seed must give the same trace.
  static let twiceEvery: UInt64 = 100

  @OptionGroup var choice: WorldChoice

  func run() throws {
    let encoder = JSONEncoder()
    var worlds = try choice.worlds()
    while let line = readLine() {
      let words = line.split(separator: " ").compactMap { UInt64($0) }
      guard words.count == 2 else { continue }
      var campaign = Campaign()
      var done = 0
      // A failure is told at once; the rest of the range is handed out again.
      for seed in words[0]..<words[0] + words[1] where campaign.isClean {
        done += 1
        write("s \(seed)\n")
        var fingerprint: UInt64 = 0
        for scenario in worlds.scenarios(seed) {
          var world = scenario.world()
          let report = world.run()
          fingerprint = report.fingerprint
          campaign.add(report)
        }
        guard seed % Self.twiceEvery == 0, !choice.crashPoints else { continue }
        var again = worlds.scenario(seed).world()
        campaign.noteSecondRun(of: seed, isSame: again.run().fingerprint == fingerprint)
      }
      write(
        "r \(done) \(ProcessMemory.residentKilobytes) \(String(decoding: try encoder.encode(campaign), as: UTF8.self))\n"
      )
    }
  }

  private func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
      // The campaign has gone: nobody is left to work for.
      guard written > 0 else { Glibc.exit(0) }
      rest = rest.dropFirst(written)
    }
  }
}

/// How much memory this process has.
enum ProcessMemory {
  static var residentKilobytes: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 128)
    guard fgets(&text, Int32(text.count), file) != nil else { return 0 }
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
      separator: " ")
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
  }
}
