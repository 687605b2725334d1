import ArgumentParser

@main
struct BackstopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backstop",
    abstract: "Every filled entry carries its stop-loss and take-profit, whatever fails.",
    discussion: """
      Backstop stands next to a trading bot, follows the account, and places what protects it.

      EXAMPLES:
        backstop demo                          watch it work on a private database and a paper venue
        backstop plan --config backstop.yml    what would be done now, and why; does nothing
        backstop run --config backstop.yml     guard

      \(ExitStatus.table)
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, DemoCommand.self, PlanCommand.self, SweepCommand.self, StatusCommand.self, MigrateCommand.self,
      VenueCommandLine.self, EchoCommand.self, VersionCommand.self,
    ])

  static func main() async {
    StopSignals.block()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      exit(withError: error)
    }
  }
}
