import EventLoop
import Glibc

/// A private PostgreSQL server in a state folder: for the demo, for tests, and for `backstop run` without
/// `database.url`.
///
/// It listens on a unix socket in a folder only its user (and root) can enter; a loopback port is an option and asks
/// for a password. It outlives us: after a `kill -9` of the guardian the next start finds the server running and uses
/// it. Every call here blocks for up to seconds: run it on a thread of its own.
public final class EmbeddedServer: Sendable {
  public struct Configuration: Hashable, Sendable {
    /// Holds everything that must survive a restart. Created when missing.
    public var stateDirectory: String
    /// Also listen on 127.0.0.1 at this port.
    public var loopbackPort: UInt16?
    public var durability: Durability
    public var lifetime: Lifetime
    /// Where to look for the server's programs besides Debian's folders.
    public var searchPath: String

    public init(
      stateDirectory: String, loopbackPort: UInt16? = nil, durability: Durability = .durable,
      lifetime: Lifetime = .untilStopped, searchPath: String = ""
    ) {
      self.stateDirectory = stateDirectory
      self.loopbackPort = loopbackPort
      self.durability = durability
      self.lifetime = lifetime
      self.searchPath = searchPath
    }
  }

  public enum Durability: Hashable, Sendable {
    /// Survives a power cut.
    case durable
    /// No fsync: for tests, where the folder is thrown away.
    case volatile
  }

  public enum Lifetime: Hashable, Sendable {
    case untilStopped
    /// Stopped, and its folder removed, as soon as this process ends in whatever way, `kill -9` included.
    case withThisProcess
  }

  public enum StopMode: Sendable {
    /// Disconnects clients, writes everything out.
    case fast
    /// A crash test: the next start recovers from the log.
    case immediate
  }

  /// Role and database that exist on every embedded server.
  public static let role = "backstop"
  public static let database = "backstop"
  static let startSecondsMax = 60
  static let stopSecondsMax = 60

  public let configuration: Configuration
  /// The server was found running, left behind by an earlier process.
  public let wasAlreadyRunning: Bool
  public let processID: Int32
  public let version: String
  public let socketDirectory: String
  /// The number in the socket's file name, and on 127.0.0.1 when a loopback port was asked for.
  public let port: Int
  let dataDirectory: String
  private let watchdog: Locked<Int32>

  init(
    configuration: Configuration, file: PostmasterFile, version: String, dataDirectory: String, wasAlreadyRunning: Bool,
    watchdog: Int32
  ) {
    self.configuration = configuration
    self.wasAlreadyRunning = wasAlreadyRunning
    self.version = version
    self.dataDirectory = dataDirectory
    processID = file.pid
    socketDirectory = file.socketDirectory
    port = file.port
    self.watchdog = Locked(watchdog)
  }

  /// A libpq connection string over the unix socket; paste it after `psql`.
  public func conninfo(database: String = EmbeddedServer.database) -> String {
    "host=\(socketDirectory) port=\(port) user=\(Self.role) dbname=\(database)"
  }

  public var isRunning: Bool {
    PostmasterFile(dataDirectory: dataDirectory)?.isAlive(dataDirectory: dataDirectory) ?? false
  }

  /// Stops the server and waits until it is gone. Harmless when it is not running.
  public func stop(_ mode: StopMode = .fast) throws(EmbeddedServerError) {
    if let file = PostmasterFile(dataDirectory: dataDirectory), file.isAlive(dataDirectory: dataDirectory) {
      kill(file.pid, mode == .fast ? SIGINT : SIGQUIT)
      for _ in 0..<(Self.stopSecondsMax * 100) where file.isAlive(dataDirectory: dataDirectory) { usleep(10_000) }
      guard !file.isAlive(dataDirectory: dataDirectory) else {
        throw .timedOut(step: "stopping PostgreSQL", logDirectory: dataDirectory + "/../log")
      }
    }
    // Closing the pipe is the watchdog's signal; it then removes the folder.
    watchdog.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }

  /// Used when nothing listens over TCP.
  static let socketPort = 5432
}
