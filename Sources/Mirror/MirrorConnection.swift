import Postgres
import Trading

/// The writer's side of the database: connection, claimed accounts, and its journal's row. Confined to the writer's
/// thread.
///
/// On every new connection, before anything is written: the schema is brought up to date, the accounts are claimed (a
/// database of another environment or account is refused, fault CF03), and the journal's watermark is read, which says
/// whether a batch whose COMMIT answer was lost is in (fault DB03) and whether the server went back in time (DB04,
/// DB13).
final class MirrorConnection {
  private let session: PostgresSession
  private let accounts: [MirrorAccount]
  private let nonce: String
  private let startedMicroseconds: Int64
  private var isMigrated = false
  private var isReady = false
  private(set) var journal: Int64 = 0

  init(_ configuration: PostgresConfiguration, accounts: [MirrorAccount], nonce: String, startedMicroseconds: Int64) {
    session = PostgresSession(configuration)
    self.accounts = accounts
    self.nonce = nonce
    self.startedMicroseconds = startedMicroseconds
  }

  var isOpen: Bool { isReady && session.isConnected }

  func close() {
    session.close()
    isReady = false
  }

  /// Makes the connection fit for writing and returns the journal's watermark as the database has it.
  func open() throws(MirrorError) -> Int64 {
    close()
    if !isMigrated {
      do throws(MigrationError) {
        try MirrorSchema.migrate(session.configuration)
      } catch { throw .migration(error) }
      isMigrated = true
    }
    var watermark: Int64 = 0
    var refusal: MirrorError?
    do throws(PostgresError) {
      watermark = try session.transaction("open the journal") { connection throws(PostgresError) in
        refusal = try Self.claim(accounts, connection)
        if refusal != nil { throw Self.rollBack }
        return try register(connection)
      }
    } catch { throw refusal ?? .postgres(error) }
    isReady = true
    return watermark
  }

  /// One transaction, one round trip.
  func apply(_ statements: [Statement]) throws(PostgresError) {
    do throws(PostgresError) {
      try session.connection().pipeline(statements)
    } catch {
      close()
      throw error
    }
  }

  /// Thrown to roll back a transaction whose real reason stands elsewhere.
  static let rollBack = PostgresError(.configuration, operation: "claim the database", reason: "refused")

  /// Deletes raw messages that are too old.
  func trimRaw(olderThanHours hours: Int) throws(PostgresError) {
    try apply([
      Statement(
        "trim raw events", "select backstop.purge_raw_events(make_interval(hours => $1::int8::int4))",
        [.int64(Int64(hours))])
    ])
  }

  /// Adds what is new, and returns why the database is not for these accounts, if so; then the caller must roll back.
  static func claim(
    _ accounts: [MirrorAccount], _ connection: PostgresConnection
  ) throws(PostgresError) -> MirrorError? {
    for account in accounts {
      let ours = account.environment.rawValue
      try connection.execute(
        Statement(
          "claim the database", "insert into backstop.installation (environment) values ($1) on conflict do nothing",
          [.text(ours)]))
      let environment: String = try connection.execute(
        Statement("read the environment", "select environment from backstop.installation"))[0].value("environment")
      guard environment == ours else { return .environmentDiffers(database: environment, ours: ours) }
      let name = BindArray.storable(account.account.text)
      try connection.execute(
        Statement(
          "claim the account",
          """
          insert into backstop.accounts (account, environment, venue, fingerprint) values ($1, $2, $3, $4)
          on conflict do nothing
          """, [.text(name), .text(ours), .text(account.venue), .text(account.fingerprint)]))
      let known = try connection.execute(
        Statement(
          "read the account", "select venue, fingerprint from backstop.accounts where account = $1", [.text(name)]))
      let venue: String = try known[0].value("venue")
      let fingerprint: String = try known[0].value("fingerprint")
      guard venue == account.venue, fingerprint == account.fingerprint else { return .accountDiffers(account: name) }
    }
    return nil
  }

  private func register(_ connection: PostgresConnection) throws(PostgresError) -> Int64 {
    let rows = try connection.execute(
      Statement(
        "register the journal",
        """
        insert into backstop.journals (nonce, started_at) values ($1, $2)
        on conflict (nonce) do update set nonce = excluded.nonce
        returning journal_id, last_sequence, xmax = 0 as is_new
        """, [.text(nonce), .timestamp(microseconds: startedMicroseconds)]))
    journal = try rows[0].value("journal_id")
    if try rows[0].value("is_new", as: Bool.self) { try closeLeftBehind(connection) }
    return try rows[0].value("last_sequence")
  }

  /// What an earlier guardian could not finish because it was killed. The new one starts its own timers and alerts.
  private func closeLeftBehind(_ connection: PostgresConnection) throws(PostgresError) {
    let names = BindValue.array(BindArray(text: accounts.map { BindArray.storable($0.account.text) }))
    let at = BindValue.timestamp(microseconds: startedMicroseconds)
    try connection.execute(
      Statement(
        "close gaps left behind",
        """
        update backstop.gaps set ended_at = greatest(started_at, $2), applied_at = now()
         where account = any ($1) and ended_at is null
        """, [names, at]))
    try connection.execute(
      Statement(
        "close naked intervals left behind",
        """
        update backstop.naked_intervals set ended_at = greatest(started_at, $2), applied_at = now()
         where account = any ($1) and ended_at is null
        """, [names, at]))
    try connection.execute(
      Statement(
        "clear alerts left behind",
        """
        update backstop.alerts set cleared_at = greatest(raised_at, $2), applied_at = now()
         where account = any ($1) and cleared_at is null
        """, [names, at]))
  }
}
