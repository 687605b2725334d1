import Trading
import Venue
import Yams

/// Reads one entry of `accounts`.
struct AccountSection {
  private let section: Section
  private let environment: VenueEnvironment?
  private let understandsLive: Bool
  private let stateDirectory: String
  private let paths: PathBase

  /// Stands in a PostgreSQL row, file names and metrics.
  static let nameBytesMax = 40

  init?(
    _ node: Node, path: String, environment: VenueEnvironment?, understandsLive: Bool, stateDirectory: String,
    paths: PathBase, problems: ProblemList
  ) {
    let keys = [
      "name", "key", "armed", "tag_key_file", "brackets", "adopt_window", "allow_market_exit", "risk", "timing",
    ]
    guard let section = Section(node, path: path, keys: keys, problems: problems) else { return nil }
    self.section = section
    self.environment = environment
    self.understandsLive = understandsLive
    self.stateDirectory = stateDirectory
    self.paths = paths
  }

  func read() -> AccountConfiguration? {
    section.missing("name", "such as main; it names the account in the database and in logs")
    section.missing("key", "say where the API key is: key: {kind: ed25519, api_key_env: …, secret_file: …}")
    let name = readName()
    let key = readKey()
    let isArmed = readArmed()
    let brackets = BracketsSection(section).read()
    let adoptWindow = section.duration("adopt_window", in: .zero...(.seconds(30 * 86_400))) ?? .seconds(86_400)
    let allowsExit = section.flag("allow_market_exit") ?? true
    let risk = readRisk()
    let timing = readTiming()
    let tagKeyFile = section.text("tag_key_file").map(paths.absolute)
    guard let name, let key else { return nil }
    return AccountConfiguration(
      name: AccountID(name), key: key, isArmed: isArmed, tagKeyFile: tagKeyFile ?? "\(stateDirectory)/\(name).tagkey",
      brackets: brackets, adoptWindow: adoptWindow, allowsExit: allowsExit, risk: risk, timing: timing)
  }

  private func readName() -> String? {
    guard let name = section.text("name") else { return nil }
    let isPlain = name.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
    }
    guard isPlain, name.utf8.count <= Self.nameBytesMax, name.utf8.first != 45 else {
      section.problem(
        "name", "'\(Section.shown(name))' cannot name an account",
        "use at most \(Self.nameBytesMax) of a-z, 0-9, '-' and '_'")
      return nil
    }
    return name
  }

  private func readKey() -> KeyConfiguration? {
    let keys = ["kind", "api_key_env", "api_key_file", "secret_env", "secret_file", "allow_withdrawal"]
    guard let key = section.section("key", keys: keys) else { return nil }
    key.missing("kind", "say which: ed25519 (best), rsa or hmac")
    let kind = key.choice("kind", KeyConfiguration.Kind.self)
    let apiKey = place(in: key, variable: "api_key_env", file: "api_key_file")
    let secret = place(in: key, variable: "secret_env", file: "secret_file")
    let allowsWithdrawal = key.flag("allow_withdrawal") ?? false
    guard let kind, let apiKey, let secret else { return nil }
    return KeyConfiguration(kind: kind, apiKey: apiKey, secret: secret, allowsWithdrawal: allowsWithdrawal)
  }

  private func place(in key: Section, variable: String, file: String) -> KeyConfiguration.Place? {
    if key.has(variable), key.has(file) {
      key.problem(file, "stands beside \(variable)", "keep one of them")
      return nil
    }
    if let path = key.text(file) { return .file(paths.absolute(path)) }
    guard let name = key.text(variable) else {
      if !key.has(variable), !key.has(file) {
        key.missing(variable, "name the environment variable, or the file as \(file)")
      }
      return nil
    }
    let isName = name.utf8.allSatisfy { byte in
      (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
    }
    // A pasted key would pass as a name when it is alphanumeric; names of variables are shorter than keys (64
    // characters).
    guard isName, name.utf8.count < 48 else {
      key.problem(
        variable, "is no name of an environment variable",
        "secrets never stand in this file: put the value into a variable and write the variable's name here")
      return nil
    }
    return .environment(name)
  }

  /// Live money needs two deliberate words; everywhere else a guardian that guards is what one expects.
  private func readArmed() -> Bool {
    let armed = section.flag("armed")
    guard environment == .live else { return armed ?? true }
    if armed == true, !understandsLive {
      section.problem(
        "armed", "real orders would be sent with real money, and i_understand_live is not true",
        "set i_understand_live: true at the top of the file, or armed: false to only watch")
    }
    return armed ?? false
  }

  private func readRisk() -> RiskLimits {
    guard let risk = section.section("risk", keys: ["order_notional_max", "open_notional_max", "symbols"]) else {
      return RiskLimits()
    }
    return RiskLimits(
      orderNotionalMax: risk.amount("order_notional_max") ?? .zero,
      openNotionalMax: risk.amount("open_notional_max") ?? .zero, symbols: risk.symbols("symbols"))
  }

  private func readTiming() -> ProtectionTiming {
    var timing = ProtectionTiming()
    let keys = [
      "query_after", "receive_window", "sweep_exposed", "sweep_idle", "sweep_unproven", "snapshot_deadline",
      "settling_window", "naked_alert_after", "trigger_patience", "retry_max", "instrument_refresh", "duel_pace",
    ]
    guard let section = section.section("timing", keys: keys) else { return timing }
    func set(_ key: String, _ field: WritableKeyPath<ProtectionTiming, Duration>, _ range: ClosedRange<Duration>) {
      if let duration = section.duration(key, in: range) { timing[keyPath: field] = duration }
    }
    set("query_after", \.queryAfter, .milliseconds(50)...(.seconds(10)))
    // The venue accepts at most 60 s; a long window lets a late request act on a changed position (fault PR05).
    set("receive_window", \.receiveWindow, .milliseconds(200)...(.seconds(10)))
    set("sweep_exposed", \.sweepExposed, .milliseconds(500)...(.seconds(300)))
    set("sweep_idle", \.sweepIdle, .milliseconds(500)...(.seconds(3600)))
    set("sweep_unproven", \.sweepUnproven, .milliseconds(500)...(.seconds(60)))
    set("snapshot_deadline", \.snapshotDeadline, .seconds(1)...(.seconds(60)))
    set("settling_window", \.settlingWindow, .milliseconds(100)...(.seconds(30)))
    set("naked_alert_after", \.nakedAlertAfter, .milliseconds(500)...(.seconds(600)))
    set("trigger_patience", \.triggerPatience, .milliseconds(100)...(.seconds(60)))
    set("retry_max", \.retryMax, .seconds(1)...(.seconds(600)))
    set("instrument_refresh", \.instrumentRefresh, .seconds(30)...(.seconds(86_400)))
    set("duel_pace", \.duelPace, .seconds(1)...(.seconds(600)))
    return timing
  }
}
