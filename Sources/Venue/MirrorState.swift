public import Trading

/// What the mirror gives back at start-up: the account as of the last committed batch. The venue's snapshot corrects
/// it.
public struct MirrorState: Hashable, Sendable {
  /// When protection began for the account; `nil` on the very first start.
  public var protectedSince: Timestamp?
  /// Lots that were open, oldest first.
  public var lots: [Lot]
  /// Closed lots that the newest fills of each symbol have closed, in the order in which they were closed: an older
  /// sale that is heard of late may have been of one of them, and those fills of something else.
  public var closedLots: [Lot]
  /// More of them, older ones, are not given back.
  public static let closedLotsMax = 2000
  /// Legs of those lots, every generation.
  public var legs: [Leg]
  /// Orders that were open, the entries and legs of open lots.
  public var orders: [Order]
  /// Fills of those lots, and the newest fills of each symbol, oldest first: those from its cursor on, and so many of
  /// the newest at the least. What is older than both was read completely and dealt with.
  public var fills: [Fill]
  public var newestFillsPerSymbol = Self.newestFillsPerSymbol
  /// A duplicate from the venue's history is known by its trade id; an hour of a busy bot has fewer.
  public static let newestFillsPerSymbol = 500
  /// More newest fills of a symbol are not given back. Its history is read, and its cursor moves, many times before
  /// there are so many behind it.
  public var fillsPerSymbolMax = Self.fillsPerSymbolMax
  public static let fillsPerSymbolMax = 10_000
  /// What has closed the open lots so far, and all that the newest fills of each symbol have closed.
  public var closures: [LotClosure]
  /// Sales that have closed less than they sold, made since the oldest open lot of their symbol was opened or among its
  /// newest fills.
  public var unmatchedSales: [UnmatchedSale]
  public var brackets: [BracketRegistration]
  public var balances: [Balance]
  public var residuals: [Asset: FixedDecimal]
  public var tradeCursors: [Symbol: TradeID]
  /// Symbols whose orders executed more than the fills that the mirror has of them, each with the creation of the
  /// oldest such order among its `newestFillsPerSymbol` newest: their fills were lost with an earlier life.
  public var unbooked: [Symbol: Timestamp]
  /// Every symbol that the mirror has orders of.
  public var orderedSymbols: Set<Symbol>
  /// Largest action, sweep and naked-interval ids given out, so that new ones do not collide.
  public var lastID: Int64

  public init(
    protectedSince: Timestamp? = nil, lots: [Lot] = [], closedLots: [Lot] = [], legs: [Leg] = [], orders: [Order] = [],
    fills: [Fill] = [], closures: [LotClosure] = [], unmatchedSales: [UnmatchedSale] = [],
    brackets: [BracketRegistration] = [], balances: [Balance] = [], residuals: [Asset: FixedDecimal] = [:],
    tradeCursors: [Symbol: TradeID] = [:],
    unbooked: [Symbol: Timestamp] = [:], orderedSymbols: Set<Symbol> = [], lastID: Int64 = 0
  ) {
    self.protectedSince = protectedSince
    self.lots = lots
    self.closedLots = closedLots
    self.legs = legs
    self.orders = orders
    self.fills = fills
    self.closures = closures
    self.unmatchedSales = unmatchedSales
    self.brackets = brackets
    self.balances = balances
    self.residuals = residuals
    self.tradeCursors = tradeCursors
    self.unbooked = unbooked
    self.orderedSymbols = orderedSymbols
    self.lastID = lastID
  }
}

/// A sale that was written down, and what it has not closed.
public struct UnmatchedSale: Hashable, Sendable {
  public var fill: Fill
  /// Base units.
  public var rest: FixedDecimal

  public init(fill: Fill, rest: FixedDecimal) {
    self.fill = fill
    self.rest = rest
  }
}
