import PaperServer
import PaperVenue
import Trading

/// The paper venue of the demo: one symbol per scene, so that no scene can lean on another.
enum DemoVenue {
  static let account: AccountID = "main"

  /// Filters and prices close to the real symbols'.
  static func configuration(directory: String) -> PaperServerConfiguration {
    var exchange = PaperExchange()
    exchange.list(.bitcoin, price: "60000")
    exchange.list(.ether, price: "3000")
    exchange.list(.binanceCoin, price: "600")
    exchange.list(coin("SOL", step: "0.001", tick: "0.01"), price: "150")
    exchange.list(coin("XRP", step: "0.1", tick: "0.0001"), price: "2.5")
    exchange.list(coin("ADA", step: "0.1", tick: "0.0001"), price: "0.8")
    exchange.list(coin("LTC", step: "0.001", tick: "0.01"), price: "90")
    exchange.openAccount(account)
    _ = exchange.adjust(account, "USDT", by: "100000", at: VenueClock.system.now)
    return PaperServerConfiguration(
      directory: directory, exchange: exchange,
      keys: [
        .init(account: account, kind: .ed25519, label: "guardian"),
        .init(account: account, kind: .hmacSHA256, label: "bot"),
      ])
  }

  private static func coin(_ base: String, step: FixedDecimal, tick: FixedDecimal) -> SymbolRules {
    var rules = SymbolRules(symbol: Symbol(base + "USDT"), base: Asset(base), quote: "USDT")
    rules.filters.stepSize = step
    rules.filters.quantityMin = step
    rules.filters.quantityMax = "900000"
    rules.filters.marketQuantityMax = "0"
    rules.filters.tickSize = tick
    rules.filters.priceMin = tick
    return rules
  }
}
