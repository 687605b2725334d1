import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct EmbeddedServerTests {
  @Test func `a second start finds the running server and keeps its data`() async throws {
    try await offPool {
      let configuration = try EmbeddedServer.Configuration.temporary()
      let first = try EmbeddedServer.start(configuration)
      #expect(!first.wasAlreadyRunning)
      let connection = try PostgresConnection(PostgresConfiguration(conninfo: first.conninfo()))
      try connection.execute(Statement("make", "create table kept (n int8)"))
      let second = try EmbeddedServer.start(configuration)
      #expect(second.wasAlreadyRunning)
      #expect(second.processID == first.processID)
      try first.stop()
      #expect(!second.isRunning)
      try second.stop()
    }
  }

  @Test func `the guard that ends a server with us is no child of ours, so it leaves no zombie`() async throws {
    try await offPool {
      let server = try EmbeddedServer.start(.temporary())
      let pid = String(server.processID)
      let guards = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { entry in
        guard let data = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline") else { return false }
        let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return words.contains("backstop-postgres-watch") && words.contains(pid)
      }
      #expect(guards.count == 1)
      for found in guards {
        let status = try String(contentsOfFile: "/proc/\(found)/status", encoding: .utf8)
        #expect(!status.contains("PPid:\t\(getpid())\n"))
      }
      try server.stop()
    }
  }

  @Test func `a server killed with SIGKILL starts again and has what was committed`() async throws {
    try await offPool {
      var configuration = try EmbeddedServer.Configuration.temporary()
      configuration.durability = .durable
      configuration.lifetime = .untilStopped
      let first = try EmbeddedServer.start(configuration)
      let connection = try PostgresConnection(PostgresConfiguration(conninfo: first.conninfo()))
      try connection.execute(Statement("make", "create table kept as select 7::int8 as n"))
      kill(first.processID, SIGKILL)
      configuration.lifetime = .withThisProcess
      let second = try EmbeddedServer.start(configuration)
      #expect(!second.wasAlreadyRunning)
      let again = try PostgresConnection(PostgresConfiguration(conninfo: second.conninfo()))
      #expect(try again.execute(Statement("read", "select n from kept"))[0].value("n", as: Int64.self) == 7)
      #expect(throws: PostgresError.self) { try connection.execute(Statement("old session", "select 1")) }
      try second.stop(.immediate)
      #expect(!second.isRunning)
    }
  }

  @Test func `a state folder with a path too long for a socket still works`() async throws {
    try await offPool {
      var configuration = try EmbeddedServer.Configuration.temporary()
      configuration.stateDirectory += "/" + String(repeating: "long", count: 30)
      let server = try EmbeddedServer.start(configuration)
      #expect(server.socketDirectory.utf8.count < 40)
      let connection = try PostgresConnection(PostgresConfiguration(conninfo: server.conninfo()))
      #expect(connection.serverVersion >= 140_000)
      connection.close()
      try server.stop()
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root runs the server as somebody else"))
  func `a state folder that the unprivileged user cannot reach gets its data folder elsewhere, the same each time`()
    async throws
  {
    try await offPool {
      let hidden = try temporaryDirectory()
      #expect(chmod(hidden, 0o700) == 0)
      let configuration = EmbeddedServer.Configuration(
        stateDirectory: hidden + "/state", durability: .volatile, lifetime: .withThisProcess)
      let first = try EmbeddedServer.start(configuration)
      #expect(first.socketDirectory.hasPrefix("/var/lib/backstop/postgres-"))
      let second = try EmbeddedServer.start(configuration)
      #expect(second.wasAlreadyRunning)
      try first.stop()
      try second.stop()
      #expect(rmdir(hidden + "/state") == 0)
      #expect(rmdir(hidden) == 0)
    }
  }

  @Test func `the state folder being a file is a clear error and changes nothing`() async throws {
    try await offPool {
      let path = try temporaryDirectory() + "/file"
      let file = fopen(path, "w")
      fclose(file)
      let configuration = EmbeddedServer.Configuration(stateDirectory: path)
      #expect(throws: EmbeddedServerError.self) { try EmbeddedServer.start(configuration) }
      #expect(unlink(path) == 0)
      #expect(rmdir(String(path.dropLast("/file".count))) == 0)
    }
  }
}
