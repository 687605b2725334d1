// The closed vocabularies of an order. A value that we do not know is kept with its text and never guessed (fault
// ST20): unknown is neither proof of life nor of death.

public enum Side: String, Hashable, Sendable {
  case buy, sell
}

public enum OrderType: Hashable, Sendable {
  case limit, market, limitMaker
  case stopLoss, stopLossLimit
  case takeProfit, takeProfitLimit
  case unknown(String)

  /// Waits for a trigger price; the venue counts it as an algo order.
  public var isConditional: Bool {
    switch self {
    case .stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit: true
    case .limit, .market, .limitMaker, .unknown: false
    }
  }

  public var isStop: Bool { self == .stopLoss || self == .stopLossLimit }

  /// Snake-case name for rows and people.
  public var name: String {
    switch self {
    case .limit: "limit"
    case .market: "market"
    case .limitMaker: "limit_maker"
    case .stopLoss: "stop_loss"
    case .stopLossLimit: "stop_loss_limit"
    case .takeProfit: "take_profit"
    case .takeProfitLimit: "take_profit_limit"
    case .unknown(let text): text
    }
  }
}

public enum TimeInForce: Hashable, Sendable {
  case goodTilCanceled, immediateOrCancel, fillOrKill
  case unknown(String)

  public var name: String {
    switch self {
    case .goodTilCanceled: "gtc"
    case .immediateOrCancel: "ioc"
    case .fillOrKill: "fok"
    case .unknown(let text): text
    }
  }
}

/// An order's state as the venue names it.
public enum OrderStatus: Hashable, Sendable {
  /// A pending leg of an order list: not at work, protects nothing.
  case pendingNew
  case new, partiallyFilled
  case filled, canceled, rejected, expired
  /// Ended by self-trade prevention.
  case expiredInMatch
  case unknown(String)

  /// The order can never trade again.
  public var isTerminal: Bool {
    switch self {
    case .filled, .canceled, .rejected, .expired, .expiredInMatch: true
    case .pendingNew, .new, .partiallyFilled, .unknown: false
    }
  }

  /// How far along its life a status is: of two reports about one order the higher rank is the newer (fault ST09).
  /// Terminal states share a rank because an order reaches only one of them.
  public var rank: Int {
    switch self {
    case .unknown: 0
    case .pendingNew: 1
    case .new: 2
    case .partiallyFilled: 3
    case .filled, .canceled, .rejected, .expired, .expiredInMatch: 4
    }
  }

  public var name: String {
    switch self {
    case .pendingNew: "pending_new"
    case .new: "new"
    case .partiallyFilled: "partially_filled"
    case .filled: "filled"
    case .canceled: "canceled"
    case .rejected: "rejected"
    case .expired: "expired"
    case .expiredInMatch: "expired_in_match"
    case .unknown(let text): text
    }
  }
}
