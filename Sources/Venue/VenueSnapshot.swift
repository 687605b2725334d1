public import Trading

/// What to read from the venue.
public struct SnapshotScope: Hashable, Sendable {
  /// Symbols whose order and trade history is read as well, with where to start.
  public var histories: [HistoryRequest]
  /// Symbols whose last price is read.
  public var prices: [Symbol]
  /// `false`: balances and open orders are not wanted (a price sample), and their absence from the answer is no
  /// failure.
  public var readsAccount: Bool

  public init(histories: [HistoryRequest] = [], prices: [Symbol] = [], readsAccount: Bool = true) {
    self.histories = histories
    self.prices = prices
    self.readsAccount = readsAccount
  }
}

/// Where to start reading a symbol's own trades and orders.
public struct HistoryRequest: Hashable, Sendable {
  public var symbol: Symbol
  /// First trade wanted; `nil`: from `since`.
  public var fromTradeID: TradeID?
  /// Venue time; used while no trade id is known.
  public var since: Timestamp

  public init(symbol: Symbol, fromTradeID: TradeID? = nil, since: Timestamp) {
    self.symbol = symbol
    self.fromTradeID = fromTradeID
    self.since = since
  }
}

/// One reading of the account. Its parts are not atomic across each other, so it carries the bounds of when it was
/// taken.
public struct VenueSnapshot: Hashable, Sendable {
  /// When the first request left; a fact younger than this beats the snapshot (fault ST10).
  public var requestedAt: Instant
  /// Venue clock at the start, for comparison with event times.
  public var venueTimeAtStart: Timestamp
  /// `nil` when the read failed or was not wanted. *Absence is not evidence*: a failed read means unknown, never empty.
  public var balances: [Balance]?
  /// Every open order of the account, or `nil` when the read failed.
  public var openOrders: [Order]?
  public var histories: [SymbolHistory]
  public var prices: [Symbol: FixedDecimal]
  /// What failed, for people; empty when complete.
  public var failures: [String]

  public init(
    requestedAt: Instant, venueTimeAtStart: Timestamp, balances: [Balance]?, openOrders: [Order]?,
    histories: [SymbolHistory] = [], prices: [Symbol: FixedDecimal] = [:], failures: [String] = []
  ) {
    self.requestedAt = requestedAt
    self.venueTimeAtStart = venueTimeAtStart
    self.balances = balances
    self.openOrders = openOrders
    self.histories = histories
    self.prices = prices
    self.failures = failures
  }

  public var isComplete: Bool { balances != nil && openOrders != nil && failures.isEmpty }
}

/// One symbol's orders and fills from its history.
public struct SymbolHistory: Hashable, Sendable {
  public var request: HistoryRequest
  public var orders: [Order]
  /// In trade-id order.
  public var fills: [Fill]
  /// `false`: pages are missing, so nothing may be concluded from absence.
  public var isComplete: Bool

  public init(request: HistoryRequest, orders: [Order], fills: [Fill], isComplete: Bool) {
    self.request = request
    self.orders = orders
    self.fills = fills
    self.isComplete = isComplete
  }
}

/// A question about one order.
public struct OrderQuery: Hashable, Sendable {
  public var symbol: Symbol
  public var reference: Reference

  public init(symbol: Symbol, reference: Reference) {
    self.symbol = symbol
    self.reference = reference
  }

  public enum Reference: Hashable, Sendable {
    case client(ClientOrderID)
    case venue(VenueOrderID)
  }
}

/// The answer to an `OrderQuery`.
public enum QueryResult: Hashable, Sendable {
  case found(Order)
  /// The venue says that it does not exist. Soon after a placement this is no proof (binance.md §6.2).
  case absent
  case failed(String)
}
