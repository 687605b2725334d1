import Postgres
import TestSupport
import Testing

@Suite struct PostgresSessionTests {
  @Test func `after a killed backend the next transaction runs on a fresh connection`() async throws {
    try await offPool {
      let database = try TestDatabase.make()
      let session = PostgresSession(database.configuration)
      let pid = try session.execute(Statement("pid", "select pg_backend_pid()::int8 as pid"))[0].value(
        "pid", as: Int64.self)
      try database.connect().execute(
        Statement("terminate", "select pg_terminate_backend($1::int8::int4)", [.int64(pid)]))
      let error = #expect(throws: PostgresError.self) {
        // The termination may reach us with the first or the second statement.
        for _ in 0..<1000 { try session.execute(Statement("poll", "select pg_sleep(0.01)")) }
      }
      #expect(error?.category == .connectionLost)
      let fresh = try session.execute(Statement("pid", "select pg_backend_pid()::int8 as pid"))[0]
      #expect(try fresh.value("pid", as: Int64.self) != pid)
    }
  }

  @Test func `a serialization failure runs the body again, at most 5 times`() async throws {
    try await offPool {
      let session = PostgresSession(try TestDatabase.make().configuration)
      var runs = 0
      let value = try session.transaction("contended") { connection throws(PostgresError) in
        runs += 1
        if runs < 5 {
          try connection.execute(
            Statement("conflict", "do $$ begin raise exception using errcode = '40001'; end $$"))
        }
        return try connection.execute(Statement("read", "select 42::int8 as n"))[0].value("n", as: Int64.self)
      }
      #expect(value == 42)
      #expect(runs == 5)
      var failures = 0
      let error = #expect(throws: PostgresError.self) {
        try session.transaction("hopeless") { connection throws(PostgresError) in
          failures += 1
          try connection.execute(
            Statement("deadlock", "do $$ begin raise exception using errcode = '40P01'; end $$"))
        }
      }
      #expect(error?.category == .retryable)
      #expect(failures == 5)
    }
  }

  @Test func `a failed body leaves nothing behind`() async throws {
    try await offPool {
      let session = PostgresSession(try TestDatabase.make().configuration)
      try session.execute(Statement("make", "create table t (n int8)"))
      #expect(throws: PostgresError.self) {
        try session.transaction("half") { connection throws(PostgresError) in
          try connection.execute(Statement("one", "insert into t values (1)"))
          try connection.execute(Statement("two", "insert into nowhere values (1)"))
        }
      }
      #expect(try session.execute(Statement("read", "select * from t")).isEmpty)
    }
  }
}
