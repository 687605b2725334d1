import CLibpq

/// How to reach a server and how long to wait for it.
public struct PostgresConfiguration: Hashable, Sendable {
  /// A libpq connection string or URL (`postgresql://user@host/db?sslmode=verify-full`). May hold a password.
  public var conninfo: String
  /// Shown in `pg_stat_activity`.
  public var applicationName: String
  /// For the TCP and TLS handshake of one host. libpq rounds below 2 s up to 2 s.
  public var connectTimeoutSeconds: Int
  /// The server cancels a statement after this long (DB09); 0 means never.
  public var statementTimeoutMilliseconds: Int
  /// The server gives up waiting for a lock after this long (DB09); 0 means never.
  public var lockTimeoutMilliseconds: Int
  /// Refuse a read-only follower (DB05). Off for readers that may look at a standby.
  public var requiresReadWrite: Bool

  public init(
    conninfo: String, applicationName: String = "backstop", connectTimeoutSeconds: Int = 5,
    statementTimeoutMilliseconds: Int = 15_000, lockTimeoutMilliseconds: Int = 5000, requiresReadWrite: Bool = true
  ) {
    self.conninfo = conninfo
    self.applicationName = applicationName
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.statementTimeoutMilliseconds = statementTimeoutMilliseconds
    self.lockTimeoutMilliseconds = lockTimeoutMilliseconds
    self.requiresReadWrite = requiresReadWrite
  }

  /// Parses the connection string without connecting, so that a typing error is found at start-up and not at the first
  /// batch.
  public func validate() throws(PostgresError) {
    _ = try parameters()
  }

  /// The connection string's parts as libpq reads them. Errors never repeat the text: it may hold a password.
  func parameters() throws(PostgresError) -> [String: String] {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(conninfo, &message) else {
      if let message { PQfreemem(message) }
      throw PostgresError(
        .configuration, operation: "read database.url",
        reason: "not a libpq connection string; expected postgresql://user@host:port/name or host=… dbname=…")
    }
    defer { PQconninfoFree(options) }
    var found: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return found
  }

  /// Where this points to, for people: `user@host:port/database`, without the password.
  public var redacted: String {
    guard let parts = try? parameters() else { return "(invalid connection string)" }
    let host = parts["host"] ?? parts["hostaddr"] ?? "localhost"
    let port = parts["port"] ?? "5432"
    let user = parts["user"].map { "\($0)@" } ?? ""
    return "\(user)\(host):\(port)/\(parts["dbname"] ?? "")"
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { redacted }
  public var debugDescription: String { redacted }
}
