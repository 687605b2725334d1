public import Settings
import Glibc
public import Logging
public import Postgres

/// The database that the configuration names, or the private server of the state folder.
public struct MirrorDatabase: Sendable {
  public let configuration: PostgresConfiguration
  /// Ours to stop; `nil` when the database is somebody else's.
  public let server: EmbeddedServer?

  /// Finds the database; starts the private server when none is named. Blocks the calling thread for up to seconds.
  ///
  /// - Throws: `StartRefusal`. That a named database cannot be *reached* is found out later, by whoever connects.
  public static func open(_ configuration: BackstopConfiguration) throws(StartRefusal) -> MirrorDatabase {
    switch configuration.database {
    case .embedded:
      do throws(EmbeddedServerError) {
        let server = try EmbeddedServer.start(.init(stateDirectory: configuration.stateDirectory))
        return MirrorDatabase(configuration: PostgresConfiguration(conninfo: server.conninfo()), server: server)
      } catch {
        throw StartRefusal(.unavailable, "the private database cannot be started: \(error)", "")
      }
    case .url(let url): return try named(url)
    case .urlVariable(let name):
      guard let value = getenv(name) else {
        throw StartRefusal(
          .configuration, "database.url_env names the environment variable \(name), which is not set",
          "export it and start again")
      }
      return try named(String(cString: value))
    }
  }

  /// A database by its address.
  public static func named(_ conninfo: String) throws(StartRefusal) -> MirrorDatabase {
    let configuration = PostgresConfiguration(conninfo: conninfo)
    do throws(PostgresError) { try configuration.validate() } catch {
      throw StartRefusal(.configuration, "database.url cannot be used: \(error)", "")
    }
    return MirrorDatabase(configuration: configuration, server: nil)
  }

  /// Says where the private server is and how to look into it. A named database's address may hold a password.
  func tell(_ log: Logger) {
    guard let server else { return }
    log.notice(
      server.wasAlreadyRunning ? "private database found running" : "private database started",
      metadata: ["version": "\(server.version)", "psql": "psql '\(server.conninfo())'"])
  }

  /// Stops the private server, if it is one.
  public func stop(_ log: Logger) {
    guard let server else { return }
    do throws(EmbeddedServerError) { try server.stop() } catch {
      log.warning("private database did not stop", metadata: ["detail": "\(error)"])
    }
  }
}
