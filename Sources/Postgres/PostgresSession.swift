import Glibc

/// A place to take a connection from that survives its connections: the next call after an error gets a fresh one
/// (DB12).
///
/// Confined to one thread, like the connection it holds. It never sleeps except between bounded retries of a
/// transaction.
public final class PostgresSession {
  /// Runs of one transaction before a serialization failure is handed to the caller (DB07).
  public static let transactionAttemptsMax = 5
  /// Pause before the first retry; doubled each time. Long enough for the other side of a deadlock to finish.
  static let retryPauseMilliseconds = 5

  public let configuration: PostgresConfiguration
  private var current: PostgresConnection?

  public init(_ configuration: PostgresConfiguration) { self.configuration = configuration }

  public var isConnected: Bool { current?.isOpen ?? false }

  public func close() {
    current?.close()
    current = nil
  }

  /// The open connection, or a new one.
  public func connection() throws(PostgresError) -> PostgresConnection {
    if let current, current.isOpen { return current }
    let fresh = try PostgresConnection(configuration)
    current = fresh
    return fresh
  }

  @discardableResult
  public func execute(_ statement: Statement) throws(PostgresError) -> ResultRows {
    try connection().execute(statement)
  }

  /// Runs `body` between BEGIN and COMMIT. A serialization failure or deadlock (40001, 40P01) runs the whole body again
  /// on a fresh connection, at most `transactionAttemptsMax` times; every other error is thrown at once.
  ///
  /// When the error is `connectionLost` during COMMIT, the transaction may have happened (DB03): bodies must be
  /// repeatable.
  public func transaction<Result>(
    _ label: String, _ body: (PostgresConnection) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    var attempt = 1
    while true {
      do throws(PostgresError) {
        return try once(label, body)
      } catch {
        guard error.category == .retryable, attempt < Self.transactionAttemptsMax else { throw error }
        usleep(UInt32(Self.retryPauseMilliseconds * 1000) << UInt32(attempt - 1))
        attempt += 1
      }
    }
  }

  private func once<Result>(
    _ label: String, _ body: (PostgresConnection) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    let connection = try connection()
    do throws(PostgresError) {
      try connection.execute(Statement("begin \(label)", "begin"))
      let result = try body(connection)
      try connection.execute(Statement("commit \(label)", "commit"))
      return result
    } catch {
      connection.close()
      throw error
    }
  }
}
