import CLibpq
import Glibc

/// One libpq connection, owned by one thread.
///
/// Invariants:
/// - Not `Sendable`: it blocks, so it lives on a thread of its own and never on the cooperative pool.
/// - After *any* error the connection is closed (DB12): a session in an unknown state is never used again. Callers take
///   a new one, usually through `PostgresSession`.
/// - Every wait has a deadline on our side too: the server's `statement_timeout` does not help against a frozen server.
public final class PostgresConnection {
  /// How much longer than the server's own time-out we wait before giving the connection up.
  static let deadlineGraceMilliseconds = 5000

  public let configuration: PostgresConfiguration
  var handle: OpaquePointer?
  /// Milliseconds of CLOCK_MONOTONIC after which the statement under way is abandoned; 0 means never.
  var deadline: Int64 = 0

  /// Connects, and sets time-outs and formats for the session.
  public init(_ configuration: PostgresConfiguration) throws(PostgresError) {
    self.configuration = configuration
    handle = try Self.connect(configuration)
    try prepareSession()
  }

  deinit { if let handle { PQfinish(handle) } }

  /// False after `close()` or after any error.
  public var isOpen: Bool { handle != nil }

  /// `server_version_num`, e.g. 150020.
  public var serverVersion: Int { handle.map { Int(PQserverVersion($0)) } ?? 0 }

  public func close() {
    if let handle { PQfinish(handle) }
    handle = nil
  }

  // MARK: - Connecting

  private static func connect(_ configuration: PostgresConfiguration) throws(PostgresError) -> OpaquePointer {
    let given = try configuration.parameters()
    var parameters: [(String, String)] = [("dbname", configuration.conninfo)]
    var defaults: [(String, String)] = [
      ("connect_timeout", String(configuration.connectTimeoutSeconds)),
      ("fallback_application_name", configuration.applicationName),
      // A peer that vanished without a FIN is noticed within about 25 s, not after the kernel's two hours.
      ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
      ("tcp_user_timeout", "20000"),
    ]
    if configuration.requiresReadWrite { defaults.append(("target_session_attrs", "read-write")) }
    for (keyword, value) in defaults where given[keyword] == nil { parameters.append((keyword, value)) }
    parameters.append(("client_encoding", "UTF8"))

    let keywords = parameters.map { strdup($0.0) }
    let values = parameters.map { strdup($0.1) }
    defer { for text in keywords + values { free(text) } }
    let connection = PQconnectdbParams(
      keywords.map { $0.map { UnsafePointer($0) } } + [nil], values.map { $0.map { UnsafePointer($0) } } + [nil], 1)
    guard let connection, PQstatus(connection) == CONNECTION_OK else {
      let error = PostgresError(connection: connection, operation: "connect to \(configuration.redacted)")
      PQfinish(connection)
      throw error
    }
    clibpq_silence(connection)
    return connection
  }

  private func prepareSession() throws(PostgresError) {
    guard let handle, PQsetnonblocking(handle, 1) == 0 else {
      throw PostgresError(.connectionLost, operation: "connect", reason: "the connection closed at once")
    }
    try execute(
      Statement(
        "set up the session",
        """
        select set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
               set_config('idle_in_transaction_session_timeout', $3, false), set_config('TimeZone', 'UTC', false),
               set_config('DateStyle', 'ISO, YMD', false), set_config('bytea_output', 'hex', false),
               set_config('standard_conforming_strings', 'on', false)
        """,
        [
          .text(String(configuration.statementTimeoutMilliseconds)),
          .text(String(configuration.lockTimeoutMilliseconds)),
          .text(String(configuration.statementTimeoutMilliseconds)),
        ]))
  }
}
