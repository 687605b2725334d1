import Reconciler
import ArgumentParser
import Guardian
import Trading
import Venue

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what would be done now, and why. Changes nothing, at the venue and in the database.",
    discussion: """
      EXAMPLES:
        backstop plan --config backstop.yml
        backstop plan --config backstop.yml --json
        backstop plan --check            exit code 1 when something would be done

      \(ExitStatus.table)
      """)

  @OptionGroup var file: ConfigurationFile

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Exit with 1 when the plan is not empty.")
  var check = false

  struct Step: Encodable {
    var account: String
    var symbol: String
    var command: String
    var quantity: String
    var reason: String
    var summary: String
  }

  func run() async throws {
    try await reportingFailures {
      let session = try await OneShot.start(try file.load(), isDryRun: true)
      var steps: [Step] = []
      do {
        try await session.untilKnown()
        for account in session.runtime.accounts {
          steps += await account.plan.map { action in
            Step(
              account: account.account.text, symbol: action.command.symbol.text, command: action.command.name,
              quantity: action.quantity.text(), reason: action.reason.rawValue, summary: action.command.summary)
          }
        }
      } catch {
        await session.stop()
        throw error
      }
      await session.stop()
      try report(steps)
      if check, !steps.isEmpty { throw ExitStatus.failed.code }
    }
  }

  private func report(_ steps: [Step]) throws {
    if json { return try JSONOutput.print(["steps": steps]) }
    guard !steps.isEmpty else {
      return Terminal.line("Nothing to do: what is held is covered, and nothing is left over.")
    }
    var table = Table(["account", "symbol", "command", "why", "what"])
    for step in steps { table.add([step.account, step.symbol, step.command, step.reason, step.summary]) }
    for line in table.lines { Terminal.line(line) }
    Terminal.line("\(steps.count) step\(steps.count == 1 ? "" : "s"); nothing was sent.")
  }
}
