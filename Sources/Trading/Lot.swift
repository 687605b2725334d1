/// One entry order's filled quantity, net of base-asset fees, minus what has closed it: the one idea that protection,
/// attribution and analytics share (DESIGN §3 "Lots").
public struct Lot: Hashable, Sendable {
  /// The entry order.
  public let id: LotID
  public var entryClientOrderID: ClientOrderID
  public var strategy: StrategyID?
  public var bracket: Bracket
  public var bracketOrigin: BracketOrigin
  /// `false`: an `ignore` policy chose not to protect it. It is still listed.
  public var isProtected: Bool
  /// Cumulative executed quantity of the entry, base units.
  public var filledQuantity: FixedDecimal
  /// Cumulative quote paid.
  public var filledQuote: FixedDecimal
  /// Base-asset commission taken out of the filled quantity.
  public var baseFee: FixedDecimal
  /// Base units that closing fills took away.
  public var closedQuantity: FixedDecimal
  /// Exact profit and loss of what was closed, in quote units; see `Ledger` for the formula.
  public var realizedProfit: FixedDecimal
  public var closeReason: CloseReason?
  /// The layer that supplied the newest growth.
  public var source: Source
  public var openedAt: Timestamp
  public var closedAt: Timestamp?
  public var entryIsOpen: Bool

  public init(
    id: LotID, entryClientOrderID: ClientOrderID, strategy: StrategyID? = nil, bracket: Bracket,
    bracketOrigin: BracketOrigin, isProtected: Bool = true, filledQuantity: FixedDecimal = .zero,
    filledQuote: FixedDecimal = .zero, baseFee: FixedDecimal = .zero, closedQuantity: FixedDecimal = .zero,
    realizedProfit: FixedDecimal = .zero, closeReason: CloseReason? = nil, source: Source, openedAt: Timestamp,
    closedAt: Timestamp? = nil, entryIsOpen: Bool = true
  ) {
    self.id = id
    self.entryClientOrderID = entryClientOrderID
    self.strategy = strategy
    self.bracket = bracket
    self.bracketOrigin = bracketOrigin
    self.isProtected = isProtected
    self.filledQuantity = filledQuantity
    self.filledQuote = filledQuote
    self.baseFee = baseFee
    self.closedQuantity = closedQuantity
    self.realizedProfit = realizedProfit
    self.closeReason = closeReason
    self.source = source
    self.openedAt = openedAt
    self.closedAt = closedAt
    self.entryIsOpen = entryIsOpen
  }

  public var symbol: Symbol { id.symbol }
  public var openQuantity: FixedDecimal { FixedDecimal.max(.zero, filledQuantity - baseFee - closedQuantity) }
  public var averagePrice: FixedDecimal? { filledQuote.divided(by: filledQuantity) }
  public var isClosed: Bool { closedAt != nil }
}

/// Which layer supplied a fact (DESIGN §1).
public enum Source: String, Hashable, Sendable, CaseIterable {
  case stream, sweep, direct
}

public enum BracketOrigin: Hashable, Sendable {
  /// Registered by the bot through SQL, HTTP or the CLI.
  case registered
  /// A rule of the config, by its name.
  case policy(String)
  case accountDefault

  public var name: String {
    switch self {
    case .registered: "registered"
    case .policy(let rule): "policy:" + rule
    case .accountDefault: "default"
    }
  }
}

/// What ended a lot.
public enum CloseReason: String, Hashable, Sendable, CaseIterable {
  case takeProfit = "take_profit"
  case stopLoss = "stop_loss"
  /// Sold at market by the guardian because the stop was already crossed or could not be placed.
  case exit
  case flatten
  /// A sale that no leg made: the bot's own exit or a human.
  case external
  /// Left as dust that no filter lets anyone sell.
  case dust
}
