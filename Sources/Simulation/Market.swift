import PaperVenue
import Trading

/// One symbol of a world: its rules and prices, what is so on it, and who judges that.
struct Market: Sendable {
  private let fixed: FixedOptions
  var truth: Truth
  var referee: Referee
  /// Orders of the bot that may still fill.
  var restingEntries: [OrderKey] = []

  /// The world's, with this symbol's rules and only the faults that can strike it.
  var options: WorldOptions { _read { yield fixed.value } }
  var symbol: Symbol { options.rules.symbol }

  private init(_ options: WorldOptions) {
    fixed = FixedOptions(options)
    truth = Truth(options.rules)
    referee = Referee(fixed)
  }

  /// The symbols of a world.
  static func all(_ options: WorldOptions) -> [Market] {
    guard let second = options.extras.secondMarket else { return [Market(options)] }
    return [Market(options), Market(options.elsewhere(second))]
  }

  mutating func judgeCover(_ exchange: PaperExchange, at now: Instant, phase: World.Phase) {
    referee.judgeCover(exchange, truth, at: now, phase: phase)
  }
}

extension WorldOptions {
  /// The same world as it looks on its second symbol.
  fileprivate func elsewhere(_ second: WorldExtras.SecondMarket) -> WorldOptions {
    var other = self
    other.rules = .ether
    other.rules.filters.algoOrdersMax = rules.filters.algoOrdersMax
    other.rules.filters.notionalMin = rules.filters.notionalMin
    other.startPrice = "3000"
    other.initialBase = initialBase.isPositive ? "0.7" : .zero
    other.depth = .unlimited
    if second == .healthy { other.faults = faults.filter { !$0.key.strikesOneSymbol } }
    return other
  }
}

// MARK: - Where the world looks

extension World {
  /// Does something with another symbol in view.
  mutating func look(at index: Int, _ body: (inout World) -> Void) {
    let before = place
    place = index
    body(&self)
    place = before
  }

  mutating func look(at symbol: Symbol, _ body: (inout World) -> Void) {
    look(at: markets.firstIndex { $0.symbol == symbol } ?? 0, body)
  }

  /// Does something on every symbol in turn.
  mutating func everywhere(_ body: (inout World) -> Void) {
    if markets.count == 1 { return body(&self) }
    for index in markets.indices { look(at: index, body) }
  }

  /// An act on the symbol in view.
  func here(_ act: Act) -> Happening { place == 0 ? .actor(act) : .elsewhere(act) }
}
