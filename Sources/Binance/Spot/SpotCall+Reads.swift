public import Trading
public import Venue

// Reads (binance.md §4.1, §4.3). Most come from the venue's memory or database and may lag the matching engine: soon
// after a write an empty answer proves nothing (fault RS06).

extension SpotCall {
  /// Rows asked for per page: the venue's most. A full page means that more may follow (fault RS08).
  public static let pageRowsMax = 1000

  public static func order(_ query: OrderQuery) -> SpotCall {
    let reference =
      switch query.reference {
      case .client(let id): RequestParameter("origClientOrderId", id.text)
      case .venue(let id): RequestParameter("orderId", id.number)
      }
    return .read(
      "order.status", "/api/v3/order", weight: 4, [reference, RequestParameter("symbol", query.symbol.text)])
  }

  /// Balances and permissions. Zero balances are listed, so that an asset's absence is never read as zero.
  public static var account: SpotCall { .read("account.status", "/api/v3/account", weight: 20) }

  /// Open orders of the symbol; of the whole account when `nil`, which costs 80.
  public static func openOrders(_ symbol: Symbol? = nil) -> SpotCall {
    .read(
      "openOrders.status", "/api/v3/openOrders", weight: symbol == nil ? 80 : 6,
      symbol.map { [RequestParameter("symbol", $0.text)] } ?? [])
  }

  public static var openOrderLists: SpotCall { .read("openOrderLists.status", "/api/v3/openOrderList", weight: 6) }

  /// The account's trades of a symbol, from an id on or from a time on, oldest first.
  public static func trades(_ history: HistoryRequest) -> SpotCall {
    var parameters = [RequestParameter("limit", Int64(pageRowsMax)), RequestParameter("symbol", history.symbol.text)]
    if let from = history.fromTradeID {
      parameters.append(RequestParameter("fromId", from.number))
    } else {
      parameters.append(RequestParameter("startTime", history.since.milliseconds))
    }
    return .read("myTrades", "/api/v3/myTrades", weight: 20, parameters)
  }

  /// The trades of one order.
  public static func trades(of order: OrderKey) -> SpotCall {
    .read(
      "myTrades", "/api/v3/myTrades", weight: 5,
      [
        RequestParameter("limit", Int64(pageRowsMax)), RequestParameter("orderId", order.venueOrderID.number),
        RequestParameter("symbol", order.symbol.text),
      ])
  }

  /// All orders of a symbol from a time on, oldest first.
  public static func orders(_ symbol: Symbol, since: Timestamp) -> SpotCall {
    orders(symbol, RequestParameter("startTime", since.milliseconds))
  }

  /// All orders of a symbol from an id on, that one included.
  public static func orders(_ symbol: Symbol, from order: VenueOrderID) -> SpotCall {
    orders(symbol, RequestParameter("orderId", order.number))
  }

  private static func orders(_ symbol: Symbol, _ start: RequestParameter) -> SpotCall {
    .read(
      "allOrders", "/api/v3/allOrders", weight: 20,
      [RequestParameter("limit", Int64(pageRowsMax)), start, RequestParameter("symbol", symbol.text)])
  }

  /// Instruments and limits; of all symbols when none are named. One unknown symbol refuses the whole call.
  public static func exchangeInfo(_ symbols: [Symbol] = []) -> SpotCall {
    .read("exchangeInfo", "/api/v3/exchangeInfo", weight: 20, security: .open, named(symbols))
  }

  public static var time: SpotCall { .read("time", "/api/v3/time", weight: 1, security: .open) }

  /// Last prices; of all symbols when none are named.
  public static func prices(_ symbols: [Symbol]) -> SpotCall {
    .read("ticker.price", "/api/v3/ticker/price", weight: symbols.count == 1 ? 2 : 4, security: .open, named(symbols))
  }

  private static func named(_ symbols: [Symbol]) -> [RequestParameter] {
    switch symbols.count {
    case 0: []
    case 1: [RequestParameter("symbol", symbols[0].text)]
    default: [RequestParameter("symbols", symbols.map(\.text))]
    }
  }
}

// MARK: - Session (WebSocket API only, binance.md §2.1)

extension SpotCall {
  /// Authenticates the session; Ed25519 keys only.
  public static var logon: SpotCall { .session("session.logon", security: .alwaysSigned) }

  /// Account events for any kind of key, without a logon.
  public static var subscribeSigned: SpotCall {
    .session("userDataStream.subscribe.signature", security: .alwaysSigned)
  }

  /// Which subscriptions this connection has: the probe that proves them alive (fault ST03).
  public static var subscriptions: SpotCall { .session("session.subscriptions", security: .open) }
}
