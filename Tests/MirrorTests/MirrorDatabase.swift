import EventLoop
import Mirror
import Postgres
import TestSupport
import Trading
import Venue

/// A migrated database of its own, and what tests do with it.
struct MirrorDatabase {
  let database: TestDatabase
  var configuration: PostgresConfiguration { database.configuration }

  static func make() throws -> MirrorDatabase {
    MirrorDatabase(database: try TestDatabase.make(template: "mirror") { try MirrorSchema.migrate($0) })
  }

  func query(_ sql: StaticString, _ values: [BindValue] = []) throws -> ResultRows {
    try database.connect().execute(Statement("test", sql, values))
  }

  func count(_ sql: StaticString) throws -> Int { try query(sql)[0].value("count") }

  func run(_ text: String) throws {
    try database.connect().executeScript("test", text, timeoutMilliseconds: 10_000)
  }

  /// Writes the inputs with a writer and waits until they are in.
  func write(_ inputs: [[Fact]], account: MirrorAccount = SampleAccount.identity) throws {
    let writer = try MirrorWriter(configuration, accounts: [account])
    for facts in inputs { writer.record(facts, account: account.account) }
    let isCommitted = writer.waitUntilCommitted(milliseconds: 30_000)
    let status = writer.status
    writer.stop(drainingMilliseconds: 0)
    guard isCommitted else { throw NotCommitted(status: status) }
  }

  struct NotCommitted: Error { let status: MirrorStatus }

  /// Everything in the tables, without the times at which rows were written.
  func contents() throws -> [String: String] {
    let connection = try database.connect()
    let tables = try connection.execute(
      Statement(
        "tables",
        "select relname::text as name from pg_class where relnamespace = 'backstop'::regnamespace and relkind = 'r' order by 1"
      ))
    var contents: [String: String] = [:]
    for table in tables {
      let name: String = try table.value("name")
      let rows = try connection.execute(
        Statement(
          file: "dump",
          text: """
            select coalesce(string_agg(row, E'\\n' order by row), '') as rows from (
              select (to_jsonb(t) - 'applied_at' - 'last_applied_at' - 'created_at' - 'first_seen_at')::text as row
                from backstop.\(name) t) r
            """))
      contents[name] = try rows[0].value("rows")
    }
    return contents
  }
}
