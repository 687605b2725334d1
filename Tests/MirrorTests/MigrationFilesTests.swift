import Glibc
import Mirror
import Postgres
import Schema
import TestSupport
import Testing

@Suite struct MigrationFilesTests {
  /// The repository's `sql` folder: three components up from this file.
  static let sqlFolder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/sql"

  static func entries(_ folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".sql") { names.append(name) }
    }
    return names.sorted()
  }

  static func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    return read(file)
  }

  static func read(_ file: UnsafeMutablePointer<FILE>) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `the embedded lists are the folders, in order and text for text`() {
    #expect(Self.entries(Self.sqlFolder + "/migrations") == EmbeddedSQL.migrations.map(\.name))
    #expect(Self.entries(Self.sqlFolder + "/checks") == EmbeddedSQL.checks.map(\.name))
    for file in EmbeddedSQL.migrations {
      #expect(Self.text(Self.sqlFolder + "/migrations/" + file.name) == file.text)
    }
    for file in EmbeddedSQL.checks { #expect(file.text.hasPrefix("-- ")) }
  }

  @Test(arguments: [2, 20])
  func `guardians that migrate at once end with one schema`(count: Int) async throws {
    let database = try await offPool { try TestDatabase.make() }
    let applied = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<count {
        group.addTask { try await offPool { try MirrorSchema.migrate(database.configuration).applied } }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(applied.sorted() == EmbeddedSQL.migrations.map(\.name))
  }

  @Test func `a database with a later migration is refused`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      try database.run(
        "insert into backstop.migrations (name, is_breaking, checksum) values ('m9999_later.sql', true, 'x')")
      let error = #expect(throws: MigrationError.self) { try MirrorSchema.migrate(database.configuration) }
      #expect(error == .databaseIsNewer(unknown: ["m9999_later.sql"], breaking: true))
    }
  }

  @Test func `an empty database breaks no invariant and says what everything is`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      #expect(try MirrorReader(database.configuration).brokenInvariants() == [])
      for view in MirrorView.allCases { _ = try MirrorReader(database.configuration).table(view) }
      let views = try database.query(
        "select relname::text as name from pg_class where relnamespace = 'backstop'::regnamespace and relkind = 'v' order by 1"
      )
      #expect(try views.map { try $0.value("name", as: String.self) } == MirrorView.allCases.map(\.rawValue).sorted())
    }
  }

  /// `sql/snapshot.sh` sets the variable and rewrites the file; a review then shows the effect of a migration, not only
  /// its steps.
  @Test func `the committed snapshot is the schema that the migrations make`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      let version = try database.database.connect().serverVersion / 10_000
      let dump = try #require(
        popen(
          "PATH=/usr/lib/postgresql/\(version)/bin:$PATH pg_dump --schema-only --no-owner '\(database.database.conninfo)'",
          "r"))
      let lines = Self.read(dump).split(separator: "\n").filter { line in
        !["--", "SET ", "SELECT pg_catalog.set_config", "\\"].contains { line.hasPrefix($0) }
      }
      try #require(pclose(dump) == 0)
      let snapshot = "-- PostgreSQL \(version)\n" + lines.joined(separator: "\n") + "\n"
      let path = Self.sqlFolder + "/schema.snapshot.sql"
      if getenv("BACKSTOP_WRITE_SNAPSHOT") != nil {
        let file = try #require(fopen(path, "w"))
        fputs(snapshot, file)
        fclose(file)
      }
      let committed = try #require(Self.text(path))
      // Another major version words the same schema differently; CI runs the snapshot's.
      guard committed.hasPrefix("-- PostgreSQL \(version)\n") else { return }
      #expect(committed == snapshot, "run sql/snapshot.sh and look at the difference")
    }
  }
}
