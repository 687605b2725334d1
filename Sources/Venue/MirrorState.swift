public import Trading

/// What the mirror gives back at start-up: the account as of the last committed batch. The venue's snapshot corrects it.
public struct MirrorState: Hashable, Sendable {
  /// When protection began for the account; `nil` on the very first start.
  public var protectedSince: Timestamp?
  /// Lots that were open, oldest first.
  public var lots: [Lot]
  /// Legs of those lots, every generation.
  public var legs: [Leg]
  /// Orders that were open, the entries and legs of open lots.
  public var orders: [Order]
  /// Fills of open lots, and the newest fills of each symbol (for de-duplication), oldest first.
  public var fills: [AttributedFill]
  public var brackets: [BracketRegistration]
  public var balances: [Balance]
  public var residuals: [Asset: FixedDecimal]
  public var tradeCursors: [Symbol: TradeID]
  /// Largest action, sweep and naked-interval ids given out, so that new ones do not collide.
  public var lastID: Int64

  public init(
    protectedSince: Timestamp? = nil, lots: [Lot] = [], legs: [Leg] = [], orders: [Order] = [],
    fills: [AttributedFill] = [], brackets: [BracketRegistration] = [], balances: [Balance] = [],
    residuals: [Asset: FixedDecimal] = [:], tradeCursors: [Symbol: TradeID] = [:], lastID: Int64 = 0
  ) {
    self.protectedSince = protectedSince
    self.lots = lots
    self.legs = legs
    self.orders = orders
    self.fills = fills
    self.brackets = brackets
    self.balances = balances
    self.residuals = residuals
    self.tradeCursors = tradeCursors
    self.lastID = lastID
  }

  /// A recorded fill with the lot it opened or closed.
  public struct AttributedFill: Hashable, Sendable {
    public var fill: Fill
    public var lot: LotID?
    public var closing: CloseReason?

    public init(fill: Fill, lot: LotID?, closing: CloseReason?) {
      self.fill = fill
      self.lot = lot
      self.closing = closing
    }
  }
}
