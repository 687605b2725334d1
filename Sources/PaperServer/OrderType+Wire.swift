import PaperVenue
import Trading

// The wire's words for the closed vocabularies, both ways.

extension Side {
  var wire: String { self == .buy ? "BUY" : "SELL" }

  init?(wire: String) {
    switch wire {
    case "BUY": self = .buy
    case "SELL": self = .sell
    default: return nil
    }
  }
}

extension OrderType {
  static let wireTable: [(OrderType, String)] = [
    (.limit, "LIMIT"), (.market, "MARKET"), (.limitMaker, "LIMIT_MAKER"), (.stopLoss, "STOP_LOSS"),
    (.stopLossLimit, "STOP_LOSS_LIMIT"), (.takeProfit, "TAKE_PROFIT"), (.takeProfitLimit, "TAKE_PROFIT_LIMIT"),
  ]

  var wire: String { Self.wireTable.first { $0.0 == self }?.1 ?? name }

  init?(wire: String) {
    guard let row = Self.wireTable.first(where: { $0.1 == wire }) else { return nil }
    self = row.0
  }
}

extension TimeInForce {
  var wire: String {
    switch self {
    case .goodTilCanceled: "GTC"
    case .immediateOrCancel: "IOC"
    case .fillOrKill: "FOK"
    case .unknown(let text): text
    }
  }

  init?(wire: String) {
    switch wire {
    case "GTC": self = .goodTilCanceled
    case "IOC": self = .immediateOrCancel
    case "FOK": self = .fillOrKill
    default: return nil
    }
  }
}

extension OrderStatus {
  var wire: String {
    switch self {
    case .pendingNew: "PENDING_NEW"
    case .new: "NEW"
    case .partiallyFilled: "PARTIALLY_FILLED"
    case .filled: "FILLED"
    case .canceled: "CANCELED"
    case .rejected: "REJECTED"
    case .expired: "EXPIRED"
    case .expiredInMatch: "EXPIRED_IN_MATCH"
    case .unknown(let text): text
    }
  }
}
