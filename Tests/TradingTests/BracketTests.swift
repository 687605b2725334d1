import Testing
import Trading

/// What can be wrong with a bracket, and where its prices lie.
struct BracketTests {
  private func bracket(_ stop: Bracket.Level?, _ targets: [(Bracket.Level, FixedDecimal)]) -> Bracket {
    Bracket(stop: stop, takeProfits: targets.map { Bracket.TakeProfit($0.0, share: $0.1) })
  }

  @Test func `the standard bracket, stop only, and take-profit only are sound`() {
    #expect(Bracket.standard.defect == nil)
    #expect(bracket(.percent("0.5"), []).defect == nil)
    #expect(bracket(nil, [(.price(5), 1)]).defect == nil)
    #expect(bracket(.percent("99.9"), [(.percent(10_000), 1)]).defect == nil)
  }

  @Test func `each defect is told apart`() {
    #expect(bracket(nil, []).defect == .empty)
    #expect(bracket(.percent(0), []).defect == .percentOutOfRange(0))
    #expect(bracket(.percent(-1), []).defect == .percentOutOfRange(-1))
    #expect(bracket(.percent(100), []).defect == .percentOutOfRange(100))
    #expect(bracket(nil, [(.percent(10_001), 1)]).defect == .percentOutOfRange(10_001))
    #expect(bracket(.price(0), []).defect == .priceNotPositive(0))
    #expect(bracket(nil, [(.percent(1), 0)]).defect == .shareOutOfRange(0))
    #expect(bracket(nil, [(.percent(1), "1.1")]).defect == .shareOutOfRange("1.1"))
    #expect(bracket(nil, [(.percent(1), "0.5"), (.percent(2), "0.4")]).defect == .sharesDoNotSumToOne("0.9"))
    #expect(bracket(nil, Array(repeating: (.percent(1), "0.1"), count: 10)).defect == .tooManyTakeProfits(10))
  }

  @Test func `three shares must sum to exactly one`() {
    let thirds: [(Bracket.Level, FixedDecimal)] = [(.percent(1), "0.33"), (.percent(2), "0.33"), (.percent(3), "0.34")]
    #expect(bracket(nil, thirds).defect == nil)
  }

  @Test func `prices must lie on their side of the entry`() {
    #expect(bracket(.price(100), []).defect(longEntryAt: 100) == .stopOnWrongSide(stop: 100, entry: 100))
    #expect(bracket(.price(99), [(.price(101), 1)]).defect(longEntryAt: 100) == nil)
    #expect(
      bracket(nil, [(.price(99), 1)]).defect(longEntryAt: 100) == .takeProfitOnWrongSide(takeProfit: 99, entry: 100))
  }

  @Test func `a percentage is a distance from the entry`() {
    #expect(Bracket.Level.percent(1).below(60_000) == 59_400)
    #expect(Bracket.Level.percent("2.5").above(60_000) == 61_500)
    #expect(Bracket.Level.price(7).below(60_000) == 7)
  }

  @Test func `every defect says what to change`() {
    let defects: [Bracket.Defect] = [
      .empty, .percentOutOfRange(0), .priceNotPositive(0), .shareOutOfRange(0), .sharesDoNotSumToOne("0.9"),
      .stopOnWrongSide(stop: 2, entry: 1), .takeProfitOnWrongSide(takeProfit: 1, entry: 2), .tooManyTakeProfits(10),
    ]
    #expect(Set(defects.map(\.description)).count == defects.count)
  }
}

/// Where an entry's bracket comes from when the bot registered none.
struct BracketPolicyTests {
  private let policy = BracketPolicy(rules: [
    BracketRule(name: "hands off", clientOrderIDPrefix: "web_", treatment: .ignore),
    BracketRule(
      name: "tight", symbols: ["ETHUSDT"], side: .buy,
      treatment: .protect(Bracket(stop: .percent("0.5"), takeProfits: []))),
    BracketRule(name: "late", symbols: ["ETHUSDT"], treatment: .ignore),
  ])

  @Test func `the first rule that matches wins, then the default`() {
    let byPrefix = policy.treatment(symbol: "BTCUSDT", side: .buy, clientOrderID: "web_1", strategy: nil)
    #expect(byPrefix.treatment == .ignore)
    #expect(byPrefix.origin.name == "policy:hands off")
    let bySymbol = policy.treatment(symbol: "ETHUSDT", side: .buy, clientOrderID: "x", strategy: nil)
    #expect(bySymbol.origin == .policy("tight"))
    let otherwise = policy.treatment(symbol: "BTCUSDT", side: .buy, clientOrderID: "x", strategy: "s")
    #expect(otherwise.treatment == .protect(.standard))
    #expect(otherwise.origin == .accountDefault)
  }
}
