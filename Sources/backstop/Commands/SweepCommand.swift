import Reconciler
import ArgumentParser
import Guardian
import Trading
import Venue

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Compare the accounts with the venue once, place what is missing, and end.",
    discussion: """
      For a scheduler, or when no guardian runs. A guardian that runs sweeps by itself; both at once do no harm, \
      because the legs' names are the same and the venue takes each only once.

      EXAMPLES:
        backstop sweep --config backstop.yml
        backstop sweep --config backstop.yml --json

      \(ExitStatus.table)
      """)

  @OptionGroup var file: ConfigurationFile

  @Flag(help: "Print JSON.")
  var json = false

  /// What is missing must be placed within this.
  static let patience: Duration = .seconds(30)

  func run() async throws {
    try await reportingFailures {
      let session = try await OneShot.start(try file.load(), isDryRun: false)
      let rows: [CoverageRow]
      do {
        try await session.untilKnown()
        let quiet = try await Waiting.until(within: Self.patience) {
          for account in session.runtime.accounts where await !account.isQuiet { return false }
          return true
        }
        rows = try await CoverageRow.read(session.runtime)
        guard quiet != nil else {
          throw CommandFailure(.unavailable, "the account did not come to rest within 30 s; see `backstop status`")
        }
      } catch {
        await session.stop()
        throw error
      }
      await session.stop()
      try CoverageRow.report(rows, json: json)
    }
  }
}

/// How much of one symbol's position is protected, for people and `--json`.
struct CoverageRow: Encodable {
  var account: String
  var symbol: String
  var state: String
  var position: String
  var covered: String
  var reasons: [String]

  static func read(_ runtime: GuardianRuntime) async throws -> [CoverageRow] {
    var rows: [CoverageRow] = []
    for account in runtime.accounts {
      rows += await account.status.coverage.map { record in
        CoverageRow(
          account: account.account.text, symbol: record.symbol.text, state: record.state.rawValue,
          position: record.position.text(), covered: record.covered.text(), reasons: record.reasons)
      }
    }
    return rows
  }

  static func report(_ rows: [CoverageRow], json: Bool) throws {
    if json { return try JSONOutput.print(["coverage": rows]) }
    guard !rows.isEmpty else { return Terminal.line("Nothing is held.") }
    var table = Table(["account", "symbol", "state", "position", "covered", "why not"])
    for row in rows {
      table.add([row.account, row.symbol, row.state, row.position, row.covered, row.reasons.joined(separator: " ")])
    }
    for line in table.lines { Terminal.line(line) }
  }
}
