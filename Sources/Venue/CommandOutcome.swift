public import Trading

/// What became of a command: three outcomes, not two (DESIGN §2).
public enum CommandOutcome: Hashable, Sendable {
  case accepted(CommandReceipt)
  /// Definitely not executed.
  case rejected(Rejection)
  /// It may or may not have been executed: a timeout, a lost connection, a 5xx. Settled by query, never by blind retry.
  case ambiguous(String)
}

/// What the venue said when it accepted.
public struct CommandReceipt: Hashable, Sendable {
  /// The orders concerned, as the reply shows them.
  public var orders: [Order]
  /// Fills that the reply carried (a market order's).
  public var fills: [Fill]
  public var orderListID: OrderListID?

  public init(orders: [Order], fills: [Fill] = [], orderListID: OrderListID? = nil) {
    self.orders = orders
    self.fills = fills
    self.orderListID = orderListID
  }
}

/// A definite refusal.
public struct Rejection: Hashable, Sendable {
  public var kind: Kind
  /// The venue's own code, 0 when the refusal is ours.
  public var code: Int
  public var message: String
  /// For `.rateLimited` and `.banned`: how long nothing may be sent.
  public var retryAfter: Duration?

  public init(_ kind: Kind, code: Int = 0, message: String = "", retryAfter: Duration? = nil) {
    self.kind = kind
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
  }

  /// What a refusal means for the next step; the venue's codec maps its codes to these (binance.md §6).
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Never left this machine: no connection, or the request budget said no.
    case notSent = "not_sent"
    case insufficientBalance = "insufficient_balance"
    /// The price is already through the trigger (fault OL07).
    case wouldTriggerImmediately = "would_trigger_immediately"
    /// A maker order would take.
    case wouldMatchImmediately = "would_match_immediately"
    /// OCO prices are not on both sides of the market.
    case badPriceRelation = "bad_price_relation"
    /// An open order has this client id already: evidence that an earlier attempt is live (fault OL32).
    case duplicateClientOrderID = "duplicate_client_order_id"
    case filter
    /// Too many open orders, algo orders or lists on the symbol (fault OL31).
    case openOrderLimit = "open_order_limit"
    /// Cancel, amend or query of something the venue does not know (any more); proves nothing by itself (fault RS12).
    case unknownOrder = "unknown_order"
    case nothingToChange = "nothing_to_change"
    case amendRefused = "amend_refused"
    case rateLimited = "rate_limited"
    case banned
    /// Timestamp outside the venue's window: measure the clock again, then one retry (fault RS05).
    case clockSkew = "clock_skew"
    case marketClosed = "market_closed"
    /// Key, signature, IP or permission: nothing will work until a human acts.
    case unauthorized
    /// Blocked before the venue's backend (WAF).
    case blocked
    case overloaded
    /// Malformed or unsupported: never retry as is.
    case invalid
  }
}
