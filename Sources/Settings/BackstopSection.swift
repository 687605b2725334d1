import Trading
import Yams

/// Reads the top level of the file.
struct BackstopSection {
  private let section: Section
  private let paths: PathBase

  init?(_ root: Node, directory: String, problems: ProblemList) {
    let keys = [
      "environment", "i_understand_live", "venue", "database", "state_dir", "control", "log", "accounts",
    ]
    guard let section = Section(root, path: "", keys: keys, problems: problems) else { return nil }
    self.section = section
    paths = PathBase(directory: directory)
  }

  func read() -> BackstopConfiguration? {
    section.missing("environment", "say which one: paper, testnet, demo or live")
    section.missing("state_dir", "name a folder that only this guardian uses")
    section.missing("accounts", "name at least one account to guard")
    let environment = section.choice("environment", VenueEnvironment.self)
    let understandsLive = section.flag("i_understand_live") ?? false
    let stateDirectory = section.text("state_dir").map(paths.absolute)
    let venue = readVenue(environment)
    let database = readDatabase()
    let control = readControl(stateDirectory: stateDirectory ?? "")
    let log = readLog()
    let accounts = readAccounts(environment, understandsLive: understandsLive, stateDirectory: stateDirectory ?? "")
    guard let environment, let venue, let stateDirectory else { return nil }
    return BackstopConfiguration(
      environment: environment, venue: venue, database: database, stateDirectory: stateDirectory, control: control,
      log: log, accounts: accounts)
  }

  private func readVenue(_ environment: VenueEnvironment?) -> VenueConfiguration? {
    guard let venue = section.section("venue", keys: ["name", "market", "endpoints"]) else {
      if environment == .paper {
        section.missing("venue", "the paper venue needs venue.endpoints: `backstop venue` prints them")
      }
      return section.has("venue") ? nil : VenueConfiguration(name: .binance, market: .spot, endpoints: nil)
    }
    let name = venue.choice("name", VenueConfiguration.Name.self) ?? .binance
    let market = venue.choice("market", VenueConfiguration.Market.self) ?? .spot
    let endpoints = readEndpoints(venue)
    if environment == .paper {
      venue.missing(
        "endpoints", "the paper venue listens where you started it: `backstop venue` prints the lines to put here")
    } else if let environment, venue.has("endpoints") {
      venue.problem(
        "endpoints", "may only be set for the paper environment",
        "remove it: the hosts of '\(environment.rawValue)' are fixed so that environments cannot be mixed")
    }
    return VenueConfiguration(name: name, market: market, endpoints: endpoints)
  }

  private func readEndpoints(_ venue: Section) -> VenueConfiguration.Endpoints? {
    guard let endpoints = venue.section("endpoints", keys: ["rest", "websocket_api", "ca_file"]) else { return nil }
    endpoints.missing("rest", "such as https://127.0.0.1:8443")
    endpoints.missing("websocket_api", "such as wss://127.0.0.1:8443/ws-api/v3")
    let rest = endpoints.address("rest", scheme: "https://")
    let socket = endpoints.address("websocket_api", scheme: "wss://")
    let authority = endpoints.text("ca_file").map(paths.absolute)
    guard let rest, let socket else { return nil }
    return VenueConfiguration.Endpoints(rest: rest, webSocketAPI: socket, certificateAuthorityFile: authority)
  }

  private func readDatabase() -> DatabaseConfiguration {
    guard let database = section.section("database", keys: ["url", "url_env"]) else { return .embedded }
    let url = database.text("url")
    let variable = database.text("url_env")
    if database.has("url"), database.has("url_env") {
      database.problem("url_env", "stands beside url", "keep one of them")
    }
    if let url {
      let isKeywords = url.hasPrefix("host=") || url.hasPrefix("dbname=") || url.hasPrefix("service=")
      guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") || isKeywords else {
        database.problem(
          "url", "is no PostgreSQL address", "write postgresql://user@host:5432/name, or host=… dbname=…")
        return .embedded
      }
      if Self.carriesPassword(url) {
        database.problem(
          "url", "carries a password", "put the whole address into an environment variable and name it as url_env")
      }
      return .url(url)
    }
    return variable.map { .urlVariable($0) } ?? .embedded
  }

  private static func carriesPassword(_ url: String) -> Bool {
    let rest = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let user = authority.lastIndex(of: "@").map { authority[..<$0] } ?? ""
    return user.contains(":") || url.contains("password=")
  }

  private func readControl(stateDirectory: String) -> ControlConfiguration {
    var control = ControlConfiguration(host: "127.0.0.1", port: 9180, tokenFile: stateDirectory + "/control.token")
    guard let section = section.section("control", keys: ["listen", "allow_remote", "token_file"]) else {
      return control
    }
    if let file = section.text("token_file") { control.tokenFile = paths.absolute(file) }
    let allowsRemote = section.flag("allow_remote") ?? false
    guard let listen = section.text("listen") else { return control }
    guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
      (0...65_535).contains(port), colon != listen.startIndex
    else {
      section.problem("listen", "'\(Section.shown(listen))' is no address", "write host:port, such as 127.0.0.1:9180")
      return control
    }
    control.host = String(listen[..<colon]).trimmingBrackets
    control.port = port
    if !["127.0.0.1", "::1", "localhost"].contains(control.host), !allowsRemote {
      section.problem(
        "listen", "'\(Section.shown(control.host))' can be reached from other machines, and this interface has no TLS",
        "use 127.0.0.1, or set allow_remote: true behind a proxy that protects it")
    }
    return control
  }

  private func readLog() -> LogConfiguration {
    guard let log = section.section("log", keys: ["format", "level"]) else { return LogConfiguration() }
    return LogConfiguration(
      format: log.choice("format", LogConfiguration.Format.self) ?? .text,
      level: log.choice("level", LogConfiguration.Level.self) ?? .info)
  }

  private func readAccounts(
    _ environment: VenueEnvironment?, understandsLive: Bool, stateDirectory: String
  ) -> [AccountConfiguration] {
    let items = section.list("accounts")
    if items.isEmpty, section.value("accounts")?.sequence != nil {
      section.problem("accounts", "is empty", "name at least one account to guard")
    }
    var accounts: [AccountConfiguration] = []
    for item in items {
      let reader = AccountSection(
        item.node, path: item.path, environment: environment, understandsLive: understandsLive,
        stateDirectory: stateDirectory, paths: paths, problems: section.problems)
      guard let account = reader?.read() else { continue }
      if accounts.contains(where: { $0.name == account.name }) {
        section.problems.add(
          item.node.mark, item.path + ".name", "two accounts are named '\(Section.shown(account.name.text))'",
          "give each its own name")
      }
      accounts.append(account)
    }
    return accounts
  }
}

extension Section {
  /// An address that starts with `scheme`. Plain text would show the key to everybody on the way (fault SE04).
  func address(_ key: String, scheme: String) -> String? {
    guard let text = text(key) else { return nil }
    guard text.hasPrefix(scheme), text.utf8.count > scheme.utf8.count else {
      problem(key, "'\(Self.shown(text))' does not start with \(scheme)", "only TLS addresses are spoken to")
      return nil
    }
    return text
  }
}

/// Makes the file's paths absolute.
struct PathBase {
  let directory: String

  func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : directory + "/" + path
  }
}

extension String {
  /// The host of `[::1]:9180` without its brackets.
  fileprivate var trimmingBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}
