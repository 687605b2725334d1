public import Trading

/// A validated configuration file: what one process guards, where, and how. Holds no secret, only where to find them.
public struct BackstopConfiguration: Hashable, Sendable {
  public var environment: VenueEnvironment
  public var venue: VenueConfiguration
  public var database: DatabaseConfiguration
  /// Absolute. Holds the tag keys, the control token, and the embedded database when no other is named.
  public var stateDirectory: String
  public var control: ControlConfiguration
  public var log: LogConfiguration
  /// At least one; names are unique.
  public var accounts: [AccountConfiguration]

  public init(
    environment: VenueEnvironment, venue: VenueConfiguration, database: DatabaseConfiguration, stateDirectory: String,
    control: ControlConfiguration, log: LogConfiguration, accounts: [AccountConfiguration]
  ) {
    self.environment = environment
    self.venue = venue
    self.database = database
    self.stateDirectory = stateDirectory
    self.control = control
    self.log = log
    self.accounts = accounts
  }
}

/// Which venue, and for the paper environment where it listens. All other environments have fixed hosts, which is how a
/// test key cannot reach a live host by a typing mistake (fault CF03).
public struct VenueConfiguration: Hashable, Sendable {
  public enum Name: String, Hashable, Sendable, CaseIterable {
    case binance
  }

  public enum Market: String, Hashable, Sendable, CaseIterable {
    case spot
  }

  public struct Endpoints: Hashable, Sendable {
    /// `https://host:port`.
    public var rest: String
    /// `wss://host:port/path`.
    public var webSocketAPI: String
    /// PEM file with the certificate authority to trust instead of the system's; absolute.
    public var certificateAuthorityFile: String?

    public init(rest: String, webSocketAPI: String, certificateAuthorityFile: String?) {
      self.rest = rest
      self.webSocketAPI = webSocketAPI
      self.certificateAuthorityFile = certificateAuthorityFile
    }
  }

  public var name: Name
  public var market: Market
  /// Present exactly for the paper environment.
  public var endpoints: Endpoints?

  public init(name: Name, market: Market, endpoints: Endpoints?) {
    self.name = name
    self.market = market
    self.endpoints = endpoints
  }
}

/// Where the mirror lives.
public enum DatabaseConfiguration: Hashable, Sendable {
  /// A private server in the state directory.
  case embedded
  /// A `postgresql://` address, or libpq's `host=… dbname=…`, without a password (a password belongs into `PGPASSWORD`,
  /// `.pgpass` or `url_env`).
  case url(String)
  /// The environment variable that holds the address.
  case urlVariable(String)
}

/// The HTTP interface for people, scrapers and bots.
public struct ControlConfiguration: Hashable, Sendable {
  public var host: String
  /// 0: any free port.
  public var port: Int
  /// Absolute. Made at the first start when it does not exist, readable by its owner only.
  public var tokenFile: String

  public init(host: String, port: Int, tokenFile: String) {
    self.host = host
    self.port = port
    self.tokenFile = tokenFile
  }
}

public struct LogConfiguration: Hashable, Sendable {
  public enum Format: String, Hashable, Sendable, CaseIterable {
    case text, json
  }

  public enum Level: String, Hashable, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  public var format: Format
  public var level: Level

  public init(format: Format = .text, level: Level = .info) {
    self.format = format
    self.level = level
  }
}
