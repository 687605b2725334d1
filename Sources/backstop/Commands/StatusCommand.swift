import ArgumentParser
import Guardian
import Logging
import Postgres

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What is held, what protects it, and what is wrong, as PostgreSQL knows it.",
    discussion: """
      EXAMPLES:
        backstop status --config backstop.yml
        backstop status --config backstop.yml --json

      \(ExitStatus.table)
      """)

  @OptionGroup var file: ConfigurationFile

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    try await reportingFailures {
      let configuration = try file.load()
      let log = Logger(label: "backstop") { _ in SwiftLogNoOpLogHandler() }
      let database = try MirrorDatabase.open(configuration)
      // A server that a running guardian uses must go on; one that this command had to start is stopped again.
      defer { if database.server?.wasAlreadyRunning != true { database.stop(log) } }
      let report: StatusReport
      do throws(PostgresError) { report = try StatusReport.read(database.configuration) } catch {
        throw CommandFailure(.unavailable, "\(database.configuration): \(error)")
      }
      if json { try JSONOutput.print(report) } else { report.print() }
    }
  }
}

/// The views of the mirror that people look at first.
struct StatusReport: Encodable {
  struct Section: Encodable {
    var columns: [String]
    var rows: [[String]]
  }

  var coverage: Section
  var openLots: Section
  var alerts: Section
  var layers: Section
  var lastSweep: String

  static func read(_ configuration: PostgresConfiguration) throws(PostgresError) -> StatusReport {
    var configuration = configuration
    configuration.requiresReadWrite = false
    let session = PostgresSession(configuration)
    defer { session.close() }
    func section(_ statement: Statement) throws(PostgresError) -> Section {
      let rows = try session.execute(statement)
      let columns = rows.columnNames
      return Section(columns: columns, rows: rows.map { row in columns.indices.map { row.text(at: $0) ?? "" } })
    }
    return StatusReport(
      coverage: try section(
        Statement(
          "coverage",
          """
          select account, symbol, state, trim_scale(position) as position, trim_scale(covered) as covered,
                 array_to_string(reasons, ' ') as reasons, naked_seconds
            from backstop.coverage where state <> 'flat' order by account, symbol
          """)),
      openLots: try section(
        Statement(
          "open lots",
          """
          select account, symbol, entry_client_order_id as entry, trim_scale(open_quantity) as quantity,
                 round(entry_price, 8) as price, trim_scale(stop_price) as stop,
                 array_to_string(take_profit_prices, ' ') as take_profits, source
            from backstop.open_lots order by account, symbol, opened_at
          """)),
      alerts: try section(
        Statement(
          "standing alerts",
          "select account, severity, kind, subject, message from backstop.alerts_open order by raised_at")),
      layers: try section(
        Statement(
          "layer share",
          "select account, source, legs::bigint, share from backstop.layer_share order by account, source")),
      lastSweep: try section(
        Statement(
          "last complete sweep",
          "select coalesce(max(finished_at)::text, 'never') as at from backstop.sweeps where is_complete")
      ).rows.first?.first ?? "never")
  }

  func print() {
    show("Coverage", coverage, empty: "nothing is held")
    show("Open lots", openLots, empty: "none")
    show("Alerts", alerts, empty: "none")
    show("Legs by layer", layers, empty: "none yet")
    Terminal.line("Last complete sweep: \(lastSweep)")
  }

  private func show(_ title: String, _ section: Section, empty: String) {
    Terminal.line(Terminal.styled(title, .bold))
    guard !section.rows.isEmpty else { return Terminal.line("  " + empty) }
    var table = Table(section.columns)
    for row in section.rows { table.add(row) }
    for line in table.lines { Terminal.line("  " + line) }
  }
}
