public import Postgres
import Schema

/// The schema's history and its checks, from the files under `sql/`.
public enum MirrorSchema {
  /// - Throws: `MigrationError.unmarked` when a file lacks its first-line mark.
  public static func migrator() throws(MigrationError) -> Migrator {
    var migrations: [Migration] = []
    for file in EmbeddedSQL.migrations { migrations.append(try Migration(name: file.name, text: file.text)) }
    return Migrator(migrations)
  }

  /// Brings the database to this binary's schema; any number of guardians may call it at once. Blocks the calling
  /// thread.
  @discardableResult
  public static func migrate(_ configuration: PostgresConfiguration) throws(MigrationError) -> Migrator.Outcome {
    try migrator().migrate(configuration)
  }
}
