import EventLoop
import Postgres

/// Reads the mirror over a connection of its own, on a thread of its own: what a person with psql would see.
final class StageDatabase: Sendable {
  let conninfo: String
  private let worker: WorkerThread
  private let session: Locked<SessionBox>

  /// A session belongs to the worker's thread; the lock only makes it movable.
  private struct SessionBox: @unchecked Sendable {
    // Unchecked because it is used on the worker alone.
    let session: PostgresSession
  }

  init(conninfo: String) throws {
    self.conninfo = conninfo
    worker = try WorkerThread(name: "stage-sql", capacity: 64)
    session = Locked(
      SessionBox(session: PostgresSession(PostgresConfiguration(conninfo: conninfo, applicationName: "backstop demo"))))
  }

  deinit { worker.stop() }

  /// All rows as text, column by column; null as "".
  func rows(_ statement: Statement) async throws -> [[String]] {
    let box = session.withLock { $0 }
    return try await worker.run { () -> Result<[[String]], PostgresError> in
      Result { () throws(PostgresError) in
        let rows = try Self.execute(statement, box.session)
        let columns = rows.columnNames.count
        return rows.map { row in (0..<columns).map { row.text(at: $0) ?? "" } }
      }
    }.get()
  }

  /// Once more when the connection turned out to be gone: the session then makes a fresh one.
  private static func execute(_ statement: Statement, _ session: PostgresSession) throws(PostgresError) -> ResultRows {
    do throws(PostgresError) { return try session.execute(statement) } catch {
      guard error.isTransient else { throw error }
      return try session.execute(statement)
    }
  }

  /// The single value of the first row, or "".
  func value(_ statement: Statement) async throws -> String {
    try await rows(statement).first?.first ?? ""
  }
}
