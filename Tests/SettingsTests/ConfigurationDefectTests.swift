import Settings
import Testing

@Suite struct ConfigurationDefectTests {
  /// One defect: what is replaced, by what, on which line the problem must be reported, and a part of what it must say.
  struct Defect: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var line: Int
    var says: String
    var testDescription: String { new }

    init(_ old: String, _ new: String, line: Int, says: String) {
      self.old = old
      self.new = new
      self.line = line
      self.says = says
    }
  }

  static let defects = [
    Defect("state_dir:", "state_dri:", line: 2, says: "did you mean 'state_dir'?"),
    Defect("stop: 1%", "stopp: 1%", line: 16, says: "did you mean 'stop'?"),
    Defect("environment: paper", "environment: papre", line: 1, says: "did you mean 'paper'?"),
    Defect("environment: paper", "environment: prod", line: 1, says: "use one of: paper, testnet, demo, live"),
    Defect("environment: paper", "environment: testnet", line: 5, says: "may only be set for the paper environment"),
    Defect("stop: 1%", "stop: 100%", line: 16, says: "use a percentage above 0% and below 100%"),
    Defect("stop: 1%", "stop: 0%", line: 16, says: "out of range"),
    Defect("stop: 1%", "stop: -1%", line: 16, says: "wrong side"),
    Defect("stop: 1%", "stop: NaN", line: 16, says: "has no unit"),
    Defect("stop: 1%", "stop: .nan", line: 16, says: "has no unit"),
    Defect("stop: 1%", "stop: NaN%", line: 16, says: "is no percentage"),
    Defect("stop: 1%", "stop: 1e2%", line: 16, says: "is no percentage"),
    Defect("stop: 1%", "stop: 0.5", line: 16, says: "write 0.5% for a distance"),
    Defect("stop: 1%", "stop: 57000", line: 16, says: "\"57000\" in quotes for a price"),
    Defect("stop: 1%", "stop: \"-5\"", line: 16, says: "is no price"),
    Defect("stop: 1%", "stop:", line: 16, says: "has no value"),
    Defect("stop: 1%", "stop: [1%]", line: 16, says: "expected one value"),
    Defect("at: 1%", "at: -1%", line: 18, says: "wrong side"),
    Defect("at: 1%", "at: 20000%", line: 18, says: "out of range"),
    Defect("share: 50%", "share: 150%", line: 19, says: "more than the whole lot"),
    Defect("share: 50%", "share: 0.5", line: 19, says: "write it with its unit, such as 50%"),
    Defect("share: 50%", "share: 60%", line: 18, says: "must sum to 100%"),
    Defect("rest: https:", "rest: http:", line: 5, says: "only TLS addresses are spoken to"),
    Defect("websocket_api: wss:", "websocket_api: ws:", line: 6, says: "does not start with wss://"),
    Defect("name: main", "name: Main Account", line: 9, says: "cannot name an account"),
    Defect("kind: hmac", "kind: ed2551", line: 11, says: "did you mean 'ed25519'?"),
    Defect("api_key_env: API_KEY", "api_key: abc", line: 12, says: "unknown key 'api_key'"),
    Defect(
      "api_key_env: API_KEY", "api_key_env: vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
      line: 12, says: "secrets never stand in this file"),
    Defect("secret_env: API_SECRET", "secret_env: S\n      secret_file: f", line: 14, says: "keep one of them"),
    Defect("environment: paper", "environment: paper\ncontrol: {listen: \"0.0.0.0:80\"}", line: 2, says: "no TLS"),
    Defect("environment: paper", "environment: paper\ncontrol: {listen: here}", line: 2, says: "is no address"),
    Defect(
      "environment: paper", "environment: paper\ndatabase: {url: \"postgresql://me:pw@h/x\"}", line: 2,
      says: "carries a password"),
    Defect(
      "environment: paper", "environment: paper\ndatabase: {url: mysql}", line: 2, says: "is no PostgreSQL address"),
    Defect("environment: paper", "environment: paper\nlog: {level: loud}", line: 2, says: "use one of: trace"),
    Defect("environment: paper", "environment: paper\nenvironment: live", line: 1, says: "again on line 2"),
    Defect("- name: main", "- name: main\n    adopt_window: 24", line: 10, says: "with its unit"),
    Defect("- name: main", "- name: main\n    adopt_window: 400d", line: 10, says: "out of range"),
    Defect("- name: main", "- name: main\n    timing: {receive_window: 1h}", line: 10, says: "use 200ms to 10s"),
    Defect("- name: main", "- name: main\n    armed: yes", line: 10, says: "neither true nor false"),
    Defect("- name: main", "- name: main\n    risk: {order_notional_max: -5}", line: 10, says: "is not an amount"),
    Defect("- name: main", "- name: main\n    risk: {symbols: [btcusdt]}", line: 10, says: "write BTCUSDT"),
    Defect("state_dir: state", "state_dir: state\n  nested: x", line: 3, says: "not valid YAML"),
  ]

  @Test(arguments: defects)
  func `a defect is reported on its line with what to do`(defect: Defect) {
    let problems = ConfigurationText.problems(replacing: defect.old, with: defect.new)
    #expect(
      problems.contains { $0.line == defect.line && $0.description.contains(defect.says) },
      "reported: \(problems)")
  }

  @Test func `every problem of a file is reported at once and in its order`() {
    let text = ConfigurationText.paper
      .replacing("environment: paper", with: "environmnt: paper")
      .replacing("stop: 1%", with: "stop: 200%")
      .replacing("kind: hmac", with: "kind: md5")
    let lines = ConfigurationText.problems(text).map(\.line)
    #expect(lines == lines.sorted())
    #expect(Set(lines).isSuperset(of: [1, 11, 16]))
  }

  @Test func `a stop price that is not below every take-profit price is on the wrong side`() {
    let text = ConfigurationText.paper
      .replacing("stop: 1%", with: "stop: \"60000\"")
      .replacing("at: 1%", with: "at: \"59000\"")
    let problems = ConfigurationText.problems(text)
    #expect(problems.map(\.line) == [16])
    #expect(problems.first?.description.contains("wrong side") == true)
  }

  @Test func `armed live without the second word is refused`() {
    let problems = ConfigurationText.problems(ConfigurationText.live + "\n    armed: true")
    #expect(problems.map(\.path) == ["accounts[0].armed"])
    #expect(problems.first?.advice.contains("i_understand_live: true") == true)
  }

  @Test func `a missing required key names the key and an example`() {
    let problems = ConfigurationText.problems("log: {level: info}")
    #expect(Set(problems.map(\.path)) == ["environment", "state_dir", "accounts"])
    #expect(problems.allSatisfy { $0.message == "is missing" && !$0.advice.isEmpty })
  }

  @Test func `two accounts of one name are refused`() {
    let account = "\n  - {name: main, key: {kind: hmac, api_key_env: A, secret_env: B}}"
    let problems = ConfigurationText.problems(ConfigurationText.paper + account)
    #expect(problems.map(\.path) == ["accounts[1].name"])
  }

  @Test(arguments: ["", "# nothing but a comment", "- a\n- list", "just text", "\u{0}"])
  func `a file of another kind is refused`(text: String) {
    #expect(!ConfigurationText.problems(text).isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func `references that multiply 40 times over are refused before they are followed`() {
    let lines = (1...40).map { "x\($0): &a\($0) {? *a\($0 - 1) : *a\($0 - 1), ? [*a\($0 - 1)] : 1}" }
    let problems = ConfigurationText.problems("x0: &a0 {k: v}\n" + lines.joined(separator: "\n"))
    #expect(problems.map(\.message) == ["the file has more than 32 references such as *name"])
  }

  @Test func `a bracket may be written once and referred to`() {
    let rule = "{name: NAME, symbols: [NAMEUSDT], bracket: BRACKET}"
    let first = rule.replacing("BRACKET", with: "&tight {stop: 2%}").replacing("NAME", with: "BTC")
    let second = rule.replacing("BRACKET", with: "*tight").replacing("NAME", with: "ETH")
    let text = ConfigurationText.paper + "\n      rules: [\(first), \(second)]"
    #expect(ConfigurationText.problems(text).map(\.description) == [])
  }

  @Test func `control characters from the file reach no terminal`() {
    let problems = ConfigurationText.problems("\"\\e[2Jenvironment\": paper")
    #expect(!problems.isEmpty)
    #expect(problems.allSatisfy { !$0.description.unicodeScalars.contains("\u{1B}") })
  }

  @Test func `a problem text never quotes what stands where a secret belongs`() {
    let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
    let problems = ConfigurationText.problems(replacing: "secret_env: API_SECRET", with: "secret_env: \(secret)")
    #expect(!problems.isEmpty)
    #expect(problems.allSatisfy { !$0.description.contains(secret.prefix(12)) })
  }
}
