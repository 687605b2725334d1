public import Postgres

/// Why the mirror cannot be used; each says what to do.
public enum MirrorError: Error, Hashable, Sendable {
  /// The database serves another environment: paper and live money never share one (fault CF03).
  case environmentDiffers(database: String, ours: String)
  /// The database knows an account of this name that is another one at the venue.
  case accountDiffers(account: String)
  /// A column holds what this version cannot read; names the table and column, never the value.
  case unreadable(table: String, column: String)
  case migration(MigrationError)
  case postgres(PostgresError)

  /// Whether waiting may cure it, without anybody changing configuration or database.
  public var isTransient: Bool {
    switch self {
    case .environmentDiffers, .accountDiffers, .unreadable: false
    case .migration(.postgres(let error)), .postgres(let error): error.isTransient
    case .migration(.readOnly): true
    case .migration: false
    }
  }
}

extension MirrorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .environmentDiffers(let database, let ours):
      "this database serves the \(database) environment and the account is configured as \(ours); "
        + "point database.url at another database, one per environment"
    case .accountDiffers(let account):
      "the database knows an account named '\(account)' that is a different account at the venue; "
        + "give this one another name, or use another database"
    case .unreadable(let table, let column):
      "column \(column) of backstop.\(table) holds a value that this version cannot read"
    case .migration(let error): error.description
    case .postgres(let error): error.description
    }
  }
}
