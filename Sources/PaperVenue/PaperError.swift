/// A refusal as the venue words it: HTTP status, code and message exactly as on the wire (binance.md §6).
public struct PaperError: Error, Hashable, Sendable, CustomStringConvertible {
  public var status: Int
  public var code: Int
  public var message: String
  /// Seconds until the caller may try again (429 and 418).
  public var retryAfterSeconds: Int?

  public init(status: Int = 400, code: Int, message: String, retryAfterSeconds: Int? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.retryAfterSeconds = retryAfterSeconds
  }

  public var description: String { "\(code) \(message)" }
}

// MARK: - Refusals before the matching engine

extension PaperError {
  /// A name of a filter, as it stands in `Filter failure: NAME`.
  public enum Filter: String, Hashable, Sendable {
    case price = "PRICE_FILTER"
    case percentPrice = "PERCENT_PRICE_BY_SIDE"
    case lotSize = "LOT_SIZE"
    case marketLotSize = "MARKET_LOT_SIZE"
    case notional = "NOTIONAL"
    case ordersMax = "MAX_NUM_ORDERS"
    case algoOrdersMax = "MAX_NUM_ALGO_ORDERS"
    case orderListsMax = "MAX_NUM_ORDER_LISTS"
    case positionMax = "MAX_POSITION"
  }

  public static func filterFailure(_ filter: Filter) -> PaperError {
    PaperError(code: -1013, message: "Filter failure: \(filter.rawValue)")
  }
  public static func missingParameter(_ name: String) -> PaperError {
    PaperError(code: -1102, message: "Mandatory parameter '\(name)' was not sent, was empty/null, or malformed.")
  }
  public static func unexpectedParameter(_ name: String) -> PaperError {
    PaperError(code: -1106, message: "Parameter '\(name)' sent when not required.")
  }
  public static func illegalCharacters(_ name: String, legal: String) -> PaperError {
    PaperError(code: -1100, message: "Illegal characters found in parameter '\(name)'; legal range is '\(legal)'.")
  }
  public static func precision(_ name: String) -> PaperError {
    PaperError(code: -1111, message: "Parameter '\(name)' has too much precision.")
  }
  public static var preventionNotAllowed: PaperError {
    PaperError(code: -1013, message: "This symbol does not allow the specified self-trade prevention mode.")
  }
  public static var invalidSymbol: PaperError { PaperError(code: -1121, message: "Invalid symbol.") }
  public static var invalidSide: PaperError { PaperError(code: -1117, message: "Invalid side.") }
  public static var invalidType: PaperError { PaperError(code: -1116, message: "Invalid orderType.") }
  public static var invalidTimeInForce: PaperError { PaperError(code: -1115, message: "Invalid timeInForce.") }
  public static var timeInForceNotRequired: PaperError {
    PaperError(code: -1106, message: "Parameter 'timeInForce' sent when not required.")
  }
  public static var windowTooLong: PaperError {
    PaperError(code: -1127, message: "More than 24 hours between startTime and endTime.")
  }
  public static var badCombination: PaperError {
    PaperError(code: -1128, message: "Combination of optional parameters invalid.")
  }
  /// The legs of an OCO do not fit together; the exact number depends on which leg and which part (-1158 … -1199).
  public static func legShape(_ code: Int, _ message: String) -> PaperError { PaperError(code: code, message: message) }
}

// MARK: - Refusals by the matching engine

extension PaperError {
  public static func rejected(_ message: String) -> PaperError { PaperError(code: -2010, message: message) }
  public static var insufficientBalance: PaperError {
    rejected("Account has insufficient balance for requested action.")
  }
  public static var duplicateOrder: PaperError { rejected("Duplicate order sent.") }
  public static var wouldMatch: PaperError { rejected("Order would immediately match and take.") }
  public static var wouldTrigger: PaperError { rejected("Order would trigger immediately.") }
  public static var priceRelation: PaperError {
    rejected("The relationship of the prices for the orders is not correct.")
  }
  public static var marketClosed: PaperError { rejected("Market is closed.") }
  public static var tradingDisabled: PaperError { rejected("This account may not place or cancel orders.") }
  public static var unsupportedCombination: PaperError { rejected("Unsupported order combination") }
  public static func unsupported(_ what: String) -> PaperError {
    rejected("\(what) orders are not supported for this symbol.")
  }

  public static var unknownOrder: PaperError { PaperError(code: -2011, message: "Unknown order sent.") }
  public static var cancelRestricted: PaperError {
    PaperError(code: -2011, message: "Order was not canceled due to cancel restrictions.")
  }
  public static var noSuchOrder: PaperError { PaperError(code: -2013, message: "Order does not exist.") }
  public static var noSuchList: PaperError { PaperError(code: -2018, message: "Order list does not exist.") }
  public static var archived: PaperError {
    PaperError(
      code: -2026, message: "Order was canceled or expired with no executed qty over 90 days ago and has been archived."
    )
  }
  public static func amendRejected(_ message: String) -> PaperError { PaperError(code: -2038, message: message) }
  public static var mismatchedIDs: PaperError {
    PaperError(code: -2039, message: "The client order ID is not correct for this order ID.")
  }
}

// MARK: - Refusals of the request itself

extension PaperError {
  public static var badKeyFormat: PaperError {
    PaperError(status: 401, code: -2014, message: "API-key format invalid.")
  }
  public static var badKey: PaperError {
    PaperError(status: 401, code: -2015, message: "Invalid API-key, IP, or permissions for action.")
  }
  public static var badSignature: PaperError {
    PaperError(code: -1022, message: "Signature for this request is not valid.")
  }
  public static var outsideWindow: PaperError {
    PaperError(code: -1021, message: "Timestamp for this request is outside of the recvWindow.")
  }
  public static var aheadOfServer: PaperError {
    PaperError(code: -1021, message: "Timestamp for this request was 1000ms ahead of the server's time.")
  }
  /// The request may or may not have been executed (fault RS02).
  public static var timeout: PaperError {
    PaperError(
      status: 504, code: -1007,
      message: "Timeout waiting for response from backend server. Send status unknown; execution status unknown.")
  }
  public static var unexpectedResponse: PaperError {
    PaperError(
      status: 502, code: -1006,
      message: "An unexpected response was received from the message bus. Execution status unknown.")
  }
  public static var disconnected: PaperError {
    PaperError(
      status: 500, code: -1001, message: "Internal error; unable to process your request. Please try again.")
  }
  public static var unknown: PaperError {
    PaperError(status: 500, code: -1000, message: "An unknown error occurred while processing the request.")
  }
  public static var overloaded: PaperError {
    PaperError(
      status: 503, code: -1008,
      message: "Server is currently overloaded with other requests. Please try again in a few minutes.")
  }
  public static func tooMuchWeight(limit: Int, retryAfterSeconds: Int) -> PaperError {
    PaperError(
      status: 429, code: -1003,
      message: "Too much request weight used; current limit is \(limit) request weight per 1 MINUTE. "
        + "Please use WebSocket Streams for live updates to avoid polling the API.",
      retryAfterSeconds: retryAfterSeconds)
  }
  public static func banned(untilMilliseconds until: Int64, retryAfterSeconds: Int) -> PaperError {
    PaperError(
      status: 418, code: -1003,
      message: "Way too much request weight used; IP banned until \(until). "
        + "Please use WebSocket Streams for live updates to avoid bans.",
      retryAfterSeconds: retryAfterSeconds)
  }
  public static func tooManyOrders(limit: Int, interval: String, retryAfterSeconds: Int) -> PaperError {
    PaperError(
      status: 429, code: -1015, message: "Too many new orders; current limit is \(limit) orders per \(interval).",
      retryAfterSeconds: retryAfterSeconds)
  }
}
