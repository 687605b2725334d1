import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
  static func files() throws -> [Migration] {
    [
      try Migration(name: "m0001_pets.sql", text: "-- compatible\ncreate table pets (name text);"),
      try Migration(
        name: "m0002_owners.sql",
        text: "-- breaking: pets need owners\ncreate table owners (name text);\ninsert into owners values ('ann');"),
      try Migration(name: "m0003_toys.sql", text: "-- compatible\ncreate table toys (name text);"),
    ]
  }

  @Test(arguments: [2, 20])
  func `any number of migrators at once apply each file exactly once`(count: Int) async throws {
    let files = try Self.files()
    let database = try await offPool { try TestDatabase.make() }
    let outcomes = try await withThrowingTaskGroup(of: Migrator.Outcome.self) { group in
      for _ in 0..<count {
        group.addTask { try await offPool { try Migrator(files).migrate(database.configuration) } }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.flatMap(\.applied).sorted() == files.map(\.name))
    try await offPool {
      let connection = try database.connect()
      let owners = try connection.execute(Statement("count", "select count(*) as n from owners"))
      #expect(try owners[0].value("n", as: Int.self) == 1)
      #expect(try Migrator(files).migrate(database.configuration).applied.isEmpty)
    }
  }

  @Test func `a database with a migration this binary does not know is refused`() async throws {
    let files = try Self.files()
    try await offPool {
      let database = try TestDatabase.make()
      _ = try Migrator(files).migrate(database.configuration)
      let breaking = #expect(throws: MigrationError.self) {
        try Migrator([files[0]]).migrate(database.configuration)
      }
      #expect(breaking == .databaseIsNewer(unknown: ["m0002_owners.sql", "m0003_toys.sql"], breaking: true))
      let compatible = #expect(throws: MigrationError.self) {
        try Migrator(Array(files[0...1])).pending(database.configuration)
      }
      #expect(compatible == .databaseIsNewer(unknown: ["m0003_toys.sql"], breaking: false))
    }
  }

  @Test func `a file edited after it was applied is refused by name`() async throws {
    let files = try Self.files()
    try await offPool {
      let database = try TestDatabase.make()
      _ = try Migrator(files).migrate(database.configuration)
      var edited = files
      edited[1] = try Migration(name: files[1].name, text: files[1].text + "\n")
      let error = #expect(throws: MigrationError.self) { try Migrator(edited).migrate(database.configuration) }
      #expect(error == .checksumDiffers(name: "m0002_owners.sql"))
    }
  }

  @Test func `a failing file leaves the previous file's state and no row of its own`() async throws {
    let files = try Self.files()
    try await offPool {
      let database = try TestDatabase.make()
      let broken = try Migration(
        name: "m0002_bad.sql", text: "-- compatible\ncreate table half (n int8);\nselect 1 / 0;")
      let error = #expect(throws: MigrationError.self) {
        try Migrator([files[0], broken]).migrate(database.configuration)
      }
      guard case .failed("m0002_bad.sql", let cause) = error else {
        Issue.record("unexpected \(String(describing: error))")
        return
      }
      #expect(cause.sqlState == "22012")
      let connection = try database.connect()
      let rows = try connection.execute(
        Statement("look", "select to_regclass('half') is null as gone, (select count(*) from backstop.migrations) as n")
      )
      #expect(try rows[0].value("gone", as: Bool.self))
      #expect(try rows[0].value("n", as: Int.self) == 1)
    }
  }

  @Test func `pending names what is missing and changes nothing`() async throws {
    let files = try Self.files()
    try await offPool {
      let database = try TestDatabase.make()
      #expect(try Migrator(files).pending(database.configuration).map(\.name) == files.map(\.name))
      let rows = try database.connect().execute(
        Statement("look", "select to_regnamespace('backstop') is null as absent"))
      #expect(try rows[0].value("absent", as: Bool.self))
    }
  }

  @Test func `a file without its mark is refused`() {
    #expect(throws: MigrationError.unmarked(name: "m0001.sql")) { try Migration(name: "m0001.sql", text: "select 1") }
  }
}
