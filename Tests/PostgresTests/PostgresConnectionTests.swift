import Postgres
import TestSupport
import Testing

@Suite struct PostgresConnectionTests {
  @Test func `every bind type comes back as it was sent, with 38 digits, year 9999 and raw bytes`() async throws {
    try await offPool {
      let connection = try TestDatabase.make().connect()
      let number = "-12345678901234567890.123456789012345678"
      let year9999: Int64 = 253_402_300_799_999_999
      let rows = try connection.execute(
        Statement(
          "round trip",
          """
          select $1 as t, $2 as i, $3 as b, $4 as n, $5 as at, $6 as raw, $7::text as missing,
                 $8::timestamptz as old, $9::int8 as least
          """,
          [
            .text("'); drop table x;-- \u{1F4A9}\\"), .int64(.max), .bool(true), .numeric(number),
            .timestamp(microseconds: year9999), .bytes([0, 255, 0, 92]), .null, .timestamp(microseconds: 1),
            .int64(.min),
          ]))
      let row = rows[0]
      #expect(try row.value("t", as: String.self) == "'); drop table x;-- \u{1F4A9}\\")
      #expect(try row.value("i", as: Int64.self) == .max)
      #expect(try row.value("least", as: Int64.self) == .min)
      #expect(try row.value("b", as: Bool.self))
      #expect(try row.value("n", as: NumericText.self).text == number)
      #expect(try row.value("at", as: TimestampText.self).microseconds == year9999)
      #expect(try row.value("old", as: TimestampText.self).microseconds == 1)
      #expect(try row.value("raw", as: ByteString.self).bytes == [0, 255, 0, 92])
      #expect(try row.optional("missing", as: String.self) == nil)
    }
  }

  @Test func `arrays of every type unnest to the same rows, nulls included`() async throws {
    try await offPool {
      let connection = try TestDatabase.make().connect()
      var texts = BindArray(.text)
      var numbers = BindArray(.int64)
      var flags = BindArray(.bool)
      var money = BindArray(.numeric)
      var moments = BindArray(.timestamp)
      var blobs = BindArray(.bytes)
      texts.append("{\"a\",NULL}\\")
      texts.append(nil as String?)
      numbers.append(-1)
      numbers.append(nil as Int64?)
      flags.append(false)
      flags.append(nil as Bool?)
      money.append(numeric: "0.000000000000000001")
      money.append(numeric: nil)
      moments.append(timestampMicroseconds: 1_763_700_800_000_001)
      moments.append(timestampMicroseconds: nil)
      blobs.append(bytes: [])
      blobs.append(bytes: nil)
      let arrays = [texts, numbers, flags, money, moments, blobs]
      let rows = try connection.execute(
        Statement(
          "unnest", "select * from unnest($1, $2, $3, $4, $5, $6) as u (t, i, b, n, at, raw)",
          arrays.map { .array($0) }))
      #expect(rows.count == 2)
      #expect(try rows[0].value("t", as: String.self) == "{\"a\",NULL}\\")
      #expect(try rows[0].value("i", as: Int64.self) == -1)
      #expect(try rows[0].value("b", as: Bool.self) == false)
      #expect(try rows[0].value("n", as: NumericText.self).text == "0.000000000000000001")
      #expect(try rows[0].value("at", as: TimestampText.self).microseconds == 1_763_700_800_000_001)
      #expect(try rows[0].value("raw", as: ByteString.self).bytes.isEmpty)
      for column in rows.columnNames { #expect(try rows[1].optional(column, as: String.self) == nil) }
      let empty = try connection.execute(
        Statement(
          "unnest nothing", "select * from unnest($1, $2)", [.array(BindArray(.text)), .array(BindArray(.numeric))]))
      #expect(empty.isEmpty)
    }
  }

  @Test func `a NUL in a text or a word among numbers is refused before it is sent`() async throws {
    try await offPool {
      let database = try TestDatabase.make()
      for value in [
        BindValue.text("a\0b"), .array(BindArray(text: ["a\0"])), .array(BindArray(numeric: ["1,2"])),
        .array(BindArray(numeric: ["NULL"])),
      ] {
        let connection = try database.connect()
        let error = #expect(throws: PostgresError.self) {
          try connection.execute(Statement("bad", "select $1", [value]))
        }
        #expect(error?.category == .badData)
      }
    }
  }

  @Test func `a decoding error names the column and not the value`() async throws {
    try await offPool {
      let connection = try TestDatabase.make().connect()
      let rows = try connection.execute(Statement("read", "select 'secret' as amount, null::int8 as missing"))
      let error = #expect(throws: PostgresError.self) { try rows[0].value("amount", as: Int64.self) }
      #expect(error?.category == .badData)
      #expect(error?.description.contains("amount") == true)
      #expect(error.map { String(reflecting: $0).contains("secret") } == false)
      #expect(throws: PostgresError.self) { try rows[0].value("missing", as: Int64.self) }
      let unknown = #expect(throws: PostgresError.self) { try rows[0].value("nothing", as: Int64.self) }
      #expect(unknown?.category == .schemaMismatch)
    }
  }

  @Test func `an error discards the connection, names the constraint and hides the values`() async throws {
    try await offPool {
      let database = try TestDatabase.make()
      let connection = try database.connect()
      try connection.execute(Statement("make", "create table pets (name text primary key)"))
      let insert = Statement("add pet", "insert into pets values ($1)", [.text("rex-the-secret")])
      try connection.execute(insert)
      let error = #expect(throws: PostgresError.self) { try connection.execute(insert) }
      #expect(error?.category == .uniqueViolation)
      #expect(error?.sqlState == "23505")
      #expect(error?.description.contains("pets_pkey") == true)
      #expect(error?.description.contains("rex-the-secret") == false)
      #expect(!connection.isOpen)
      let next = #expect(throws: PostgresError.self) { try connection.execute(Statement("next", "select 1")) }
      #expect(next?.category == .connectionLost)
    }
  }

  @Test func `a pipeline is all or nothing and its error is the failing statement's`() async throws {
    try await offPool {
      let database = try TestDatabase.make()
      let connection = try database.connect()
      try connection.execute(Statement("make", "create table n (v int8 primary key)"))
      let one = Statement("insert one", "insert into n values (1) returning v")
      let many = (2...500).map { Statement("insert", "insert into n values ($1)", [.int64(Int64($0))]) }
      #expect(try connection.pipeline([one] + many).count == 500)
      let error = #expect(throws: PostgresError.self) {
        try connection.pipeline([
          Statement("insert 501", "insert into n values (501)"), one, Statement("x", "select 1"),
        ])
      }
      #expect(error?.category == .uniqueViolation)
      #expect(error?.operation == "insert one")
      let rows = try database.connect().execute(Statement("count", "select count(*) as n from n"))
      #expect(try rows[0].value("n", as: Int.self) == 500)
    }
  }

  @Test func `COPY brings in 20000 rows with every character that its format escapes`() async throws {
    try await offPool {
      let connection = try TestDatabase.make().connect()
      try connection.execute(Statement("make", "create table c (id int8, t text)"))
      var text = CopyText()
      for number in 0..<20_000 {
        text.append(Int64(number))
        text.append(number == 7 ? nil : "tab\t line\n return\r back\\ \(number)")
        text.endRow()
      }
      #expect(try connection.copyIn(Statement("copy", "copy c from stdin"), text) == 20_000)
      let rows = try connection.execute(Statement("read", "select t from c where id in (7, 9) order by id"))
      #expect(try rows[0].optional("t", as: String.self) == nil)
      #expect(try rows[1].value("t", as: String.self) == "tab\t line\n return\r back\\ 9")
    }
  }

  @Test func `a statement over its time-out is cancelled by the server and reported as a time-out`() async throws {
    try await offPool {
      var configuration = try TestDatabase.make().configuration
      configuration.statementTimeoutMilliseconds = 50
      let connection = try PostgresConnection(configuration)
      let error = #expect(throws: PostgresError.self) {
        try connection.execute(Statement("slow", "select pg_sleep(30)"))
      }
      #expect(error?.category == .timeout)
    }
  }

  @Test func `a read-only database is refused at connect`() async throws {
    try await offPool {
      let database = try TestDatabase.make()
      try database.connect().execute(
        Statement(file: "set", text: "alter database \(database.name) set default_transaction_read_only = on"))
      let error = #expect(throws: PostgresError.self) { try database.connect() }
      #expect(error?.category == .readOnly)
      #expect(throws: MigrationError.self) { try Migrator([]).migrate(database.configuration) }
    }
  }

  @Test(arguments: [
    ("host=/nonexistent-socket-folder", PostgresError.Category.connectionLost),
    ("postgresql://me:hunter2@127.0.0.1:1/x", .connectionLost), ("host='unterminated hunter2", .configuration),
  ])
  func `a server that is not there gives a category and never the password`(
    conninfo: String, category: PostgresError.Category
  ) async throws {
    try await offPool {
      let error = #expect(throws: PostgresError.self) {
        try PostgresConnection(PostgresConfiguration(conninfo: conninfo))
      }
      #expect(error?.category == category)
      #expect(error.map { String(reflecting: $0).contains("hunter2") } == false)
      #expect(!String(reflecting: PostgresConfiguration(conninfo: conninfo)).contains("hunter2"))
    }
  }

  @Test func `notifications arrive with their payload`() async throws {
    try await offPool {
      let database = try TestDatabase.make()
      let listener = try database.connect()
      try listener.execute(Statement("listen", "listen news"))
      try database.connect().execute(Statement("notify", "select pg_notify('news', $1)", [.text("{\"a\":1}")]))
      let found = try listener.notifications(waitingMilliseconds: 10_000)
      #expect(found.map(\.channel) == ["news"])
      #expect(found.map(\.payload) == ["{\"a\":1}"])
    }
  }
}
