/// What went wrong while talking to PostgreSQL, with a category to switch on.
///
/// `description` is safe to log: it never holds bind values, passwords or row contents. The server's own words about
/// values (SQLSTATE classes 22, 23 and P0 quote them) are kept apart in `sensitiveDetail` and shown by
/// `String(reflecting:)` only.
public struct PostgresError: Error, Hashable, Sendable {
  public enum Category: String, Hashable, Sendable, CaseIterable {
    /// 40001, 40P01: run the same transaction again on a fresh connection (DB06, DB07).
    case retryable
    /// 23505.
    case uniqueViolation
    /// Any other class 23: foreign key, check, not null.
    case integrityViolation
    /// The connection broke or could not be made; the fate of a COMMIT under way is unknown (DB03).
    case connectionLost
    /// The server is there but not ready for us: starting up, shutting down, too many connections.
    case unavailable
    /// 25006, or no read-write server among the hosts (DB05).
    case readOnly
    /// 53100, 53200: out of disk or memory on the server (DB08).
    case diskFull
    /// 57014, 55P03 or our own deadline: statement or lock time-out (DB09).
    case timeout
    /// Class 28: user, password or pg_hba rules.
    case authentication
    /// 3D000, 3F000, 42P01, 42703, 42883: database, schema, table, column or function missing (DB10).
    case schemaMismatch
    /// Class 22, text with a NUL byte, or a column that does not decode (DB14).
    case badData
    /// The connection string does not parse.
    case configuration
    /// Everything else; a defect of ours.
    case bug
  }

  public let category: Category
  /// The five-character code, absent when libpq itself failed.
  public let sqlState: String?
  /// What was being done, in our words, e.g. `upsert orders`.
  public let operation: String
  /// Why, without any value from a row or a parameter.
  public let reason: String
  /// The server's full message. May quote values: never log it by default.
  public let sensitiveDetail: String

  public init(
    _ category: Category, operation: String, reason: String, sqlState: String? = nil, sensitiveDetail: String = ""
  ) {
    self.category = category
    self.operation = operation
    self.reason = reason
    self.sqlState = sqlState
    self.sensitiveDetail = sensitiveDetail
  }

  /// Whether the same work may succeed later without anyone changing anything in code or configuration.
  public var isTransient: Bool {
    switch category {
    case .retryable, .connectionLost, .unavailable, .readOnly, .diskFull, .timeout: true
    case .uniqueViolation, .integrityViolation, .authentication, .schemaMismatch, .badData, .configuration, .bug: false
    }
  }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String {
    let code = sqlState.map { " (SQLSTATE \($0))" } ?? ""
    return "PostgreSQL, \(operation): \(reason)\(code)"
  }

  public var debugDescription: String {
    sensitiveDetail.isEmpty ? description : "\(description): \(sensitiveDetail)"
  }
}

extension PostgresError.Category {
  /// PostgreSQL manual, appendix A.
  init(sqlState: String) {
    switch sqlState {
    case "40001", "40P01": self = .retryable
    case "23505": self = .uniqueViolation
    case "25006": self = .readOnly
    case "57014", "55P03", "25P03": self = .timeout
    case "57P01", "57P02", "57P05": self = .connectionLost
    case "57P03", "53300": self = .unavailable
    case "3D000", "3F000", "42P01", "42703", "42883", "42704": self = .schemaMismatch
    default:
      switch sqlState.prefix(2) {
      case "08": self = .connectionLost
      case "22": self = .badData
      case "23": self = .integrityViolation
      case "28": self = .authentication
      case "53": self = .diskFull
      default: self = .bug
      }
    }
  }
}
