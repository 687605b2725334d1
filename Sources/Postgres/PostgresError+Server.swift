import CLibpq

extension PostgresError {
  /// From a failed result: names table, column and constraint, which are ours, and quotes the message only where it
  /// cannot hold values.
  init(result: OpaquePointer, operation: String) {
    func field(_ code: clibpq_diagnostic) -> String? { clibpq_error_field(result, code).map { String(cString: $0) } }
    guard let state = field(CLIBPQ_SQLSTATE) else {
      self.init(
        .connectionLost, operation: operation, reason: Self.trimmed(String(cString: PQresultErrorMessage(result))))
      return
    }
    let message = field(CLIBPQ_MESSAGE) ?? "no message"
    let quotesValues = state.hasPrefix("22") || state.hasPrefix("23") || state.hasPrefix("P0")
    var reason = quotesValues ? Self.name(ofClass: state) : message
    let named = [
      ("table", field(CLIBPQ_TABLE)), ("column", field(CLIBPQ_COLUMN)), ("constraint", field(CLIBPQ_CONSTRAINT)),
    ]
    for case (let kind, let name?) in named { reason += ", \(kind) \(name)" }
    let detail = [message, field(CLIBPQ_DETAIL)].compactMap(\.self).joined(separator: "; ")
    self.init(
      Category(sqlState: state), operation: operation, reason: reason, sqlState: state, sensitiveDetail: detail)
  }

  /// From a connection that libpq reports broken. Its message holds host, user and database, never the password.
  init(connection: OpaquePointer?, operation: String) {
    let message = connection.map { Self.trimmed(String(cString: PQerrorMessage($0))) } ?? "out of memory"
    self.init(Self.category(ofConnectMessage: message), operation: operation, reason: message)
  }

  /// libpq gives no SQLSTATE for a failed connection attempt, only the server's text.
  private static func category(ofConnectMessage message: String) -> Category {
    let table: [(String, Category)] = [
      ("session is read-only", .readOnly), ("hot standby", .readOnly), ("session is not read-write", .readOnly),
      ("password authentication failed", .authentication), ("no password supplied", .authentication),
      ("authentication failed", .authentication), ("no pg_hba.conf entry", .authentication),
      ("role \"", .authentication), ("database \"", .schemaMismatch), ("is starting up", .unavailable),
      ("is shutting down", .unavailable), ("in recovery mode", .unavailable), ("too many clients", .unavailable),
      ("too many connections", .unavailable), ("remaining connection slots", .unavailable),
    ]
    return table.first { message.contains($0.0) }?.1 ?? .connectionLost
  }

  private static func name(ofClass state: String) -> String {
    switch state {
    case "23505": "unique violation"
    case "23503": "foreign key violation"
    case "23514": "check violation"
    case "23502": "not-null violation"
    case "22003": "number out of range"
    case "22P02": "a value is not valid for its type"
    case "22021": "a text value is not valid UTF-8 or holds a NUL"
    case "22P05": "a value cannot be held as text (NUL)"
    default: state.hasPrefix("P0") ? "raised by a function" : state.hasPrefix("22") ? "bad data" : "integrity violation"
    }
  }

  private static func trimmed(_ text: String) -> String {
    var lines = text.split(whereSeparator: \.isNewline).map(String.init)
    lines = lines.map { line in String(line.drop { $0 == " " || $0 == "\t" }) }
    return lines.joined(separator: "; ")
  }
}
