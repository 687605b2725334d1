/// One SQL file of the schema's history, named by its file name. Only ever appended, never edited.
public struct Migration: Hashable, Sendable {
  public let name: String
  public let text: String
  /// Whether binaries that do not know this migration must not write to the database any more.
  public let isBreaking: Bool

  /// The first line must be `-- compatible` or `-- breaking`, optionally with a reason behind it.
  /// - Throws: `MigrationError.unmarked`.
  public init(name: String, text: String) throws(MigrationError) {
    let firstLine = text.prefix { !$0.isNewline }
    guard firstLine.hasPrefix("-- compatible") || firstLine.hasPrefix("-- breaking") else {
      throw .unmarked(name: name)
    }
    self.name = name
    self.text = text
    isBreaking = firstLine.hasPrefix("-- breaking")
  }
}

/// Why a database was not brought to this binary's schema. Nothing was changed by the migration that failed: each one
/// is a transaction.
public enum MigrationError: Error, Hashable, Sendable {
  /// The database carries migrations this binary does not know.
  case databaseIsNewer(unknown: [String], breaking: Bool)
  /// A migration that was applied differs from the file of the same name in this binary.
  case checksumDiffers(name: String)
  /// Applied migrations are not a beginning of this binary's list.
  case orderDiffers(expected: String, found: String)
  /// A read-only follower (DB05).
  case readOnly(PostgresError)
  case serverTooOld(version: Int, required: Int)
  /// The file lacks its first-line mark.
  case unmarked(name: String)
  /// A statement of the file failed.
  case failed(name: String, PostgresError)
  /// The database could not be reached or read.
  case postgres(PostgresError)
}

extension MigrationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .databaseIsNewer(let unknown, let breaking):
      "the database was migrated by a newer backstop (\(unknown.joined(separator: ", "))"
        + (breaking ? ", a breaking change" : "") + "); update this binary, or point database.url elsewhere"
    case .checksumDiffers(let name):
      "migration \(name) was applied from a different text than this binary holds; "
        + "use the binary that made this database, or a new database"
    case .orderDiffers(let expected, let found):
      "the database's migration history does not match: expected \(expected), found \(found)"
    case .readOnly(let error): "the database is a read-only follower; point database.url at the primary (\(error))"
    case .serverTooOld(let version, let required):
      "PostgreSQL \(version / 10_000) is too old; version \(required / 10_000) or later is needed"
    case .unmarked(let name): "the first line of \(name) must be '-- compatible' or '-- breaking'"
    case .failed(let name, let error): "migration \(name) failed and was rolled back: \(error)"
    case .postgres(let error): error.description
    }
  }
}
