/// Where a bracket comes from when the bot registered none: the first matching rule, then the account default (DESIGN
/// §3).
public struct BracketPolicy: Hashable, Sendable {
  public var rules: [BracketRule]
  public var standard: Bracket

  public init(rules: [BracketRule] = [], standard: Bracket = .standard) {
    self.rules = rules
    self.standard = standard
  }

  /// What an entry shall carry, and where that was decided.
  public func treatment(
    symbol: Symbol, side: Side, clientOrderID: ClientOrderID, strategy: StrategyID?
  ) -> (treatment: Treatment, origin: BracketOrigin) {
    for rule in rules where rule.matches(symbol: symbol, side: side, id: clientOrderID, strategy: strategy) {
      return (rule.treatment, .policy(rule.name))
    }
    return (.protect(standard), .accountDefault)
  }

  public enum Treatment: Hashable, Sendable {
    case protect(Bracket)
    /// Left alone by the operator's choice; listed, never silent (fault CF07).
    case ignore
  }
}

/// One rule of the config. Conditions left out match everything.
public struct BracketRule: Hashable, Sendable {
  public var name: String
  public var symbols: [Symbol]
  public var side: Side?
  public var clientOrderIDPrefix: String?
  public var strategy: StrategyID?
  public var treatment: BracketPolicy.Treatment

  public init(
    name: String, symbols: [Symbol] = [], side: Side? = nil, clientOrderIDPrefix: String? = nil,
    strategy: StrategyID? = nil, treatment: BracketPolicy.Treatment
  ) {
    self.name = name
    self.symbols = symbols
    self.side = side
    self.clientOrderIDPrefix = clientOrderIDPrefix
    self.strategy = strategy
    self.treatment = treatment
  }

  func matches(symbol: Symbol, side: Side, id: ClientOrderID, strategy: StrategyID?) -> Bool {
    (symbols.isEmpty || symbols.contains(symbol))
      && (self.side == nil || self.side == side)
      && (clientOrderIDPrefix.map { id.text.hasPrefix($0) } ?? true)
      && (self.strategy == nil || self.strategy == strategy)
  }
}
