import EventLoop
public import Postgres

/// A database of its own for one test, on one PostgreSQL server per test process.
///
/// The server starts with the first test that asks and is stopped, by pid, when the process ends in whatever way; its
/// folder goes with it. Databases are not dropped one by one.
public struct TestDatabase: Sendable {
  public let name: String
  public let configuration: PostgresConfiguration

  public var conninfo: String { configuration.conninfo }

  /// A new database, copied from a template that `prepare` fills once per process (with migrations, for example).
  ///
  /// Blocks for some 50 ms, the first time for about a second: call it inside `offPool`.
  public static func make(
    template: String = "empty", prepare: (PostgresConfiguration) throws -> Void = { _ in }
  ) throws -> TestDatabase {
    try shared.withLock { cluster in
      let server = try cluster.start()
      if !cluster.templates.contains(template) {
        let source = "template_\(template)"
        try cluster.create(source, from: "template1", on: server)
        try prepare(PostgresConfiguration(conninfo: server.conninfo(database: source)))
        cluster.templates.insert(template)
      }
      cluster.count += 1
      let name = "test_\(cluster.count)"
      try cluster.create(name, from: "template_\(template)", on: server)
      return TestDatabase(name: name, configuration: PostgresConfiguration(conninfo: server.conninfo(database: name)))
    }
  }

  /// A connection with this database's configuration, for the calling thread.
  public func connect() throws -> PostgresConnection { try PostgresConnection(configuration) }

  private struct Cluster {
    var server: EmbeddedServer?
    var templates: Set<String> = []
    var count = 0

    mutating func start() throws -> EmbeddedServer {
      if let server { return server }
      let started = try EmbeddedServer.start(.temporary())
      server = started
      return started
    }

    /// Names are made here, from letters, digits and underscores only.
    func create(_ name: String, from template: String, on server: EmbeddedServer) throws {
      let connection = try PostgresConnection(
        PostgresConfiguration(conninfo: server.conninfo(), statementTimeoutMilliseconds: 60_000))
      defer { connection.close() }
      try connection.execute(Statement(file: "create \(name)", text: "create database \(name) template \(template)"))
    }
  }

  private static let shared = Locked(Cluster())
}

extension EmbeddedServer.Configuration {
  /// A throw-away server in a new folder, gone with this process: for tests that stop and kill their server.
  public static func temporary() throws -> EmbeddedServer.Configuration {
    EmbeddedServer.Configuration(
      stateDirectory: try temporaryDirectory(), durability: .volatile, lifetime: .withThisProcess)
  }
}
