import ArgumentParser
import Settings
import Guardian
import Logging
import Mirror
import Postgres

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Bring the database to this version's schema.",
    discussion: """
      `backstop run` does it as well; any number of guardians may do it at once. A database that is newer than this \
      program is refused.

      EXAMPLES:
        backstop migrate --config backstop.yml
        backstop migrate --config backstop.yml --check     exit code 1 when something is missing
        backstop migrate --url postgresql://backstop@localhost/backstop

      \(ExitStatus.table)
      """)

  @OptionGroup var file: ConfigurationFile

  @Option(help: "A database address, instead of the configuration's.")
  var url: String?

  @Flag(help: "Only list what is missing.")
  var check = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    try await reportingFailures {
      let log = Logger(label: "backstop") { _ in SwiftLogNoOpLogHandler() }
      let database = try await open()
      defer { database.stop(log) }
      let names: [String]
      do throws(MigrationError) {
        let migrator = try MirrorSchema.migrator()
        names =
          check
          ? try migrator.pending(database.configuration).map(\.name)
          : try migrator.migrate(database.configuration).applied
      } catch {
        throw CommandFailure(.unavailable, "\(database.configuration): \(error)")
      }
      if json {
        try JSONOutput.print([check ? "missing" : "applied": names])
      } else {
        let what = check ? "missing" : "applied"
        Terminal.line(names.isEmpty ? "The schema is up to date." : "\(names.count) \(what):")
        for name in names { Terminal.line("  " + name) }
      }
      if check, !names.isEmpty { throw ExitStatus.failed.code }
    }
  }

  private func open() async throws -> MirrorDatabase {
    guard let url else { return try MirrorDatabase.open(try file.load()) }
    return try MirrorDatabase.named(url)
  }
}
