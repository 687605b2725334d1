import Settings
import Foundation
import Testing
import Trading
import Venue

@Suite struct ValidConfigurationTests {
  @Test func `the commented example file parses and says what its comments say`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../ops/backstop.example.yml")
    let text = try String(contentsOf: file, encoding: .utf8)
    let configuration = try BackstopConfiguration.parse(text, directory: "/etc/backstop")
    #expect(configuration.environment == .paper)
    #expect(configuration.stateDirectory == "/etc/backstop/state")
    #expect(configuration.venue.endpoints?.certificateAuthorityFile == "/etc/backstop/venue/ca.pem")
    #expect(configuration.database == .embedded)
    let account = try #require(configuration.accounts.first)
    #expect(account.brackets.standard == .standard)
    #expect(account.brackets.rules.map(\.name) == ["swing", "runner", "by-hand"])
    #expect(
      account.brackets.rules[0].treatment
        == .protect(
          Bracket(stop: .price("20000"), takeProfits: [.init(.percent("10"), share: "1")])))
    #expect(account.brackets.rules[1].treatment == .protect(Bracket(stop: .percent("3"), takeProfits: [])))
    #expect(account.brackets.rules[2].treatment == .ignore)
    #expect(account.timing == ProtectionTiming(), "the example shows the defaults")
    #expect(
      account.risk == RiskLimits(orderNotionalMax: "5000", openNotionalMax: "20000", symbols: ["BTCUSDT", "ETHUSDT"]))
    #expect(account.tagKeyFile == "/etc/backstop/state/main.tagkey")
    #expect(configuration.control.tokenFile == "/etc/backstop/state/control.token")
  }

  @Test func `a key left out takes its documented default`() throws {
    let configuration = try BackstopConfiguration.parse(ConfigurationText.paper, directory: "/etc")
    #expect(
      configuration.control
        == ControlConfiguration(host: "127.0.0.1", port: 9180, tokenFile: "/etc/state/control.token"))
    #expect(configuration.log == LogConfiguration(format: .text, level: .info))
    #expect(configuration.accounts.map(\.isArmed) == [true])
    #expect(configuration.accounts.map(\.adoptWindow) == [.seconds(86_400)])
  }

  @Test func `a live account without the word armed only watches`() throws {
    let configuration = try BackstopConfiguration.parse(ConfigurationText.live, directory: "/")
    #expect(configuration.accounts.map(\.isArmed) == [false])
  }

  @Test func `a live account is armed by two deliberate words`() throws {
    let text = "i_understand_live: true\n" + ConfigurationText.live + "\n    armed: true"
    #expect(try BackstopConfiguration.parse(text, directory: "/").accounts.map(\.isArmed) == [true])
  }

  @Test func `a take-profit-only bracket says that it has no stop`() throws {
    let text = ConfigurationText.paper.replacing("stop: 1%", with: "stop: none")
    let bracket = try BackstopConfiguration.parse(text, directory: "/").accounts[0].brackets.standard
    #expect(bracket.stop == nil)
    #expect(bracket.takeProfits.count == 2)
  }

  @Test(arguments: [
    ("400ms", Duration.milliseconds(400)), ("15s", .seconds(15)), ("10m", .seconds(600)), ("24h", .seconds(86_400)),
  ])
  func `a length of time is read with its unit`(text: String, expected: Duration) throws {
    let source = ConfigurationText.paper + "\n    adopt_window: \(text)"
    #expect(try BackstopConfiguration.parse(source, directory: "/").accounts[0].adoptWindow == expected)
  }

  @Test func `the policy for the core carries everything that the operator decided`() throws {
    let text = ConfigurationText.paper + "\n    allow_market_exit: false\n    armed: false"
    let configuration = try BackstopConfiguration.parse(text, directory: "/")
    let policy = configuration.accounts[0].policy(environment: .paper, tagKey: TagKey(high: 1, low: 2))
    #expect(policy.account == "main")
    #expect(policy.environment == .paper)
    #expect(!policy.isArmed)
    #expect(!policy.allowsExit)
    #expect(policy.tagKey == TagKey(high: 1, low: 2))
  }
}
