/// Brings a database to this binary's schema; safe to run from any number of processes at once.
///
/// Each migration is one transaction whose first statement inserts the migration's row. Two migrators collide on that
/// row and nowhere else: the second waits there, gets a unique violation when the first commits, and goes on to the
/// next file. A kill between any two statements leaves the previous migration's state (DB10).
public struct Migrator: Sendable {
  /// The oldest server whose SQL we use.
  public static let serverVersionMin = 140_000
  /// A migrator waiting on another's row must outlive the other's whole migration.
  static let timeoutMilliseconds = 600_000

  public let migrations: [Migration]

  public init(_ migrations: [Migration]) { self.migrations = migrations }

  public struct Outcome: Hashable, Sendable {
    /// Applied by this call, in order.
    public let applied: [String]
    /// Found already there, or applied by somebody else meanwhile.
    public let alreadyApplied: Int
  }

  /// Applies what is missing. Blocks the calling thread.
  public func migrate(_ configuration: PostgresConfiguration) throws(MigrationError) -> Outcome {
    var configuration = configuration
    configuration.statementTimeoutMilliseconds = Self.timeoutMilliseconds
    configuration.lockTimeoutMilliseconds = Self.timeoutMilliseconds
    let session = PostgresSession(configuration)
    defer { session.close() }
    try requireServer(session)
    try bootstrap(session)
    let missing = try pending(session)
    var applied: [String] = []
    for migration in missing {
      if try apply(migration, session) { applied.append(migration.name) }
    }
    // Somebody else may have applied files from another binary while we waited.
    _ = try pending(session)
    return Outcome(applied: applied, alreadyApplied: migrations.count - applied.count)
  }

  /// What `migrate` would apply, after the same checks, changing nothing. A database without our table is missing
  /// everything.
  public func pending(_ configuration: PostgresConfiguration) throws(MigrationError) -> [Migration] {
    let session = PostgresSession(configuration)
    defer { session.close() }
    return try isBootstrapped(session) ? pending(session) : migrations
  }

  private func requireServer(_ session: PostgresSession) throws(MigrationError) {
    let version: Int
    let isReadOnly: Bool
    do throws(PostgresError) {
      version = try session.connection().serverVersion
      let rows = try session.execute(
        Statement("check the server", "select current_setting('transaction_read_only')::bool as read_only"))
      isReadOnly = try rows[0].value("read_only")
    } catch { throw Self.wrapped(error) }
    guard version >= Self.serverVersionMin else {
      throw .serverTooOld(version: version, required: Self.serverVersionMin)
    }
    guard !isReadOnly else {
      throw .readOnly(PostgresError(.readOnly, operation: "check the server", reason: "the session is read-only"))
    }
  }

  private func isBootstrapped(_ session: PostgresSession) throws(MigrationError) -> Bool {
    do throws(PostgresError) {
      let rows = try session.execute(
        Statement("look for backstop.migrations", "select to_regclass('backstop.migrations') is not null as found"))
      return try rows[0].value("found")
    } catch { throw Self.wrapped(error) }
  }

  private func bootstrap(_ session: PostgresSession) throws(MigrationError) {
    guard try !isBootstrapped(session) else { return }
    do throws(PostgresError) {
      try session.connection().executeScript(
        "create backstop.migrations", Self.bootstrapText, timeoutMilliseconds: Self.timeoutMilliseconds)
    } catch { throw Self.wrapped(error) }
  }

  /// The files not applied yet, after checking that what was applied is a beginning of our list, text for text.
  private func pending(_ session: PostgresSession) throws(MigrationError) -> [Migration] {
    var found: [Applied] = []
    do throws(PostgresError) {
      let rows = try session.execute(
        Statement(
          "read backstop.migrations",
          """
          select a.name, w.name is not null as known, a.is_breaking,
                 a.checksum is distinct from encode(sha256(convert_to(w.body, 'UTF8')), 'hex') as differs
            from backstop.migrations a
            left join unnest($1::text[], $2::text[]) as w (name, body) on w.name = a.name
           order by a.name collate "C"
          """, [.array(BindArray(text: migrations.map(\.name))), .array(BindArray(text: migrations.map(\.text)))]))
      for row in rows {
        found.append(
          Applied(
            name: try row.value("name"), isKnown: try row.value("known"), isBreaking: try row.value("is_breaking"),
            differs: try row.value("differs")))
      }
    } catch { throw Self.wrapped(error) }
    try judge(found)
    return Array(migrations.dropFirst(found.count))
  }

  private struct Applied {
    let name: String
    let isKnown: Bool
    let isBreaking: Bool
    let differs: Bool
  }

  private func judge(_ applied: [Applied]) throws(MigrationError) {
    let unknown = applied.filter { !$0.isKnown }
    guard unknown.isEmpty else {
      throw .databaseIsNewer(unknown: unknown.map(\.name), breaking: unknown.contains { $0.isBreaking })
    }
    for (expected, found) in zip(migrations, applied) where expected.name != found.name {
      throw .orderDiffers(expected: expected.name, found: found.name)
    }
    if let changed = applied.first(where: { $0.differs }) { throw .checksumDiffers(name: changed.name) }
  }

  /// True when this call applied it, false when another migrator did.
  private func apply(_ migration: Migration, _ session: PostgresSession) throws(MigrationError) -> Bool {
    do throws(PostgresError) {
      try session.transaction(migration.name) { connection throws(PostgresError) in
        try connection.execute(
          Statement(
            "claim \(migration.name)",
            """
            insert into backstop.migrations (name, is_breaking, checksum)
            values ($1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))
            """, [.text(migration.name), .bool(migration.isBreaking), .text(migration.text)]))
        try connection.executeScript(
          migration.name, migration.text, timeoutMilliseconds: Self.timeoutMilliseconds)
      }
      return true
    } catch {
      if error.category == .uniqueViolation, error.operation == "claim \(migration.name)" { return false }
      throw error.isTransient ? Self.wrapped(error) : .failed(name: migration.name, error)
    }
  }

  private static func wrapped(_ error: PostgresError) -> MigrationError {
    error.category == .readOnly ? .readOnly(error) : .postgres(error)
  }
}
