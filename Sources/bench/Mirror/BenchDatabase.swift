import EventLoop
import Mirror
import Postgres
import Trading

/// A private PostgreSQL server, durable as in production, with the mirror's schema; gone with this process.
final class BenchDatabase {
  static let account = MirrorAccount(
    account: "bench", environment: .paper, venue: "binance-spot", fingerprint: "binance-spot:paper:1")

  let configuration: PostgresConfiguration
  private let server: EmbeddedServer
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    server = try EmbeddedServer.start(
      EmbeddedServer.Configuration(stateDirectory: folder.path, lifetime: .withThisProcess))
    configuration = PostgresConfiguration(conninfo: server.conninfo())
    try MirrorSchema.migrate(configuration)
  }

  func connect() throws -> PostgresConnection { try PostgresConnection(configuration) }

  func makeWriter() throws -> MirrorWriter {
    let writer = try MirrorWriter(configuration, accounts: [Self.account])
    var waits = 0
    while !writer.status.isConnected {
      waits += 1
      guard waits < 5000 else { throw BenchmarkFailure("the mirror's writer did not connect: \(writer.status.state)") }
      Pause.milliseconds(1)
    }
    return writer
  }

  func empty(_ connection: PostgresConnection) throws {
    try connection.execute(
      Statement("empty the tables", "truncate backstop.orders, backstop.order_events, backstop.fills"))
    try connection.execute(Statement("checkpoint", "checkpoint"))
  }

  func stop() throws { try server.stop() }
}
