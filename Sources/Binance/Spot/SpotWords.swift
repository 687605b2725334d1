import Trading
import Venue

// Binance's words for the closed vocabularies of an order, both ways (binance.md §3.1). A word that is not listed is
// kept as `.unknown(word)`: it proves neither life nor death (fault ST20).

extension OrderType {
  init(spot word: JSONText) {
    switch word {
    case "LIMIT": self = .limit
    case "MARKET": self = .market
    case "LIMIT_MAKER": self = .limitMaker
    case "STOP_LOSS": self = .stopLoss
    case "STOP_LOSS_LIMIT": self = .stopLossLimit
    case "TAKE_PROFIT": self = .takeProfit
    case "TAKE_PROFIT_LIMIT": self = .takeProfitLimit
    default: self = .unknown(word.string)
    }
  }

  var spotWord: String {
    switch self {
    case .limit: "LIMIT"
    case .market: "MARKET"
    case .limitMaker: "LIMIT_MAKER"
    case .stopLoss: "STOP_LOSS"
    case .stopLossLimit: "STOP_LOSS_LIMIT"
    case .takeProfit: "TAKE_PROFIT"
    case .takeProfitLimit: "TAKE_PROFIT_LIMIT"
    case .unknown(let word): word
    }
  }
}

extension TimeInForce {
  init(spot word: JSONText) {
    switch word {
    case "GTC": self = .goodTilCanceled
    case "IOC": self = .immediateOrCancel
    case "FOK": self = .fillOrKill
    default: self = .unknown(word.string)
    }
  }

  var spotWord: String {
    switch self {
    case .goodTilCanceled: "GTC"
    case .immediateOrCancel: "IOC"
    case .fillOrKill: "FOK"
    case .unknown(let word): word
    }
  }
}

extension OrderStatus {
  init(spot word: JSONText) {
    switch word {
    case "NEW": self = .new
    case "FILLED": self = .filled
    case "PARTIALLY_FILLED": self = .partiallyFilled
    case "CANCELED": self = .canceled
    case "EXPIRED": self = .expired
    case "PENDING_NEW": self = .pendingNew
    case "REJECTED": self = .rejected
    case "EXPIRED_IN_MATCH": self = .expiredInMatch
    default: self = .unknown(word.string)
    }
  }
}

extension ExecutionType {
  init(spot word: JSONText) {
    switch word {
    case "NEW": self = .new
    case "TRADE": self = .trade
    case "CANCELED": self = .canceled
    case "EXPIRED": self = .expired
    case "REPLACED": self = .replaced
    case "REJECTED": self = .rejected
    case "TRADE_PREVENTION": self = .tradePrevention
    default: self = .unknown(word.string)
    }
  }
}

extension TradingStatus {
  init(spot word: JSONText) {
    switch word {
    case "TRADING": self = .trading
    case "CANCEL_ONLY": self = .cancelOnly
    case "HALT", "BREAK", "END_OF_DAY": self = .halted
    default: self = .unknown(word.string)
    }
  }
}

extension Side {
  var spotWord: String { self == .buy ? "BUY" : "SELL" }
}

extension JSONReader {
  mutating func side() throws(MalformedMessage) -> Side {
    switch try text() {
    case "BUY": return .buy
    case "SELL": return .sell
    default: throw defect(.unknownSide)
    }
  }

  mutating func symbol() throws(MalformedMessage) -> Symbol { Symbol(try text().string) }
  mutating func asset() throws(MalformedMessage) -> Asset { Asset(try text().string) }

  /// A list id; the venue writes −1 for an order that is in none.
  mutating func orderListID() throws(MalformedMessage) -> OrderListID? {
    let number = try integer()
    return number < 0 ? nil : OrderListID(number)
  }

  /// A reason word; the venue writes `NONE` for no reason.
  mutating func reason() throws(MalformedMessage) -> String? {
    if try skipNull() { return nil }
    let word = try text()
    switch word {
    case "NONE", "": return nil
    default: return word.string
    }
  }
}
