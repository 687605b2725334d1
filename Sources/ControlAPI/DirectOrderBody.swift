import Trading
import Venue

/// The body of `POST /v1/orders`.
struct DirectOrderBody: Hashable, Sendable {
  var account: AccountID?
  var entry: EntryPlacement
  var bracket: Bracket?
  var strategy: StrategyID?

  init(_ bytes: [UInt8]) throws(ControlRefusal) {
    var reader = try BodyReader(bytes: bytes)
    account = try reader.text("account").map { AccountID($0) }
    let symbol = Symbol(try reader.requiredText("symbol", bytesMax: 40))
    guard let side = try reader.choice("side", [("buy", Side.buy), ("sell", Side.sell)]) else {
      throw reader.missing("side")
    }
    guard let type = try reader.choice("type", [("market", OrderType.market), ("limit", OrderType.limit)]) else {
      throw reader.missing("type")
    }
    let timeInForce = try reader.choice(
      "time_in_force",
      [("gtc", TimeInForce.goodTilCanceled), ("ioc", .immediateOrCancel), ("fok", .fillOrKill)])
    let quantity = try reader.decimal("quantity")
    let quoteQuantity = try reader.decimal("quote_quantity")
    let price = try reader.decimal("price")
    let clientOrderID = try Self.clientOrderID(&reader)
    strategy = try reader.text("strategy").map { StrategyID($0) }
    bracket = try reader.bracket("bracket")
    try reader.finish()
    try Self.check(type, quantity, quoteQuantity, price, timeInForce)
    entry = EntryPlacement(
      symbol: symbol, clientOrderID: clientOrderID, side: side, type: type,
      timeInForce: timeInForce ?? .goodTilCanceled, quantity: quantity ?? .zero, quoteQuantity: quoteQuantity ?? .zero,
      price: price ?? .zero)
  }

  /// Required, because it is what tells a repetition of a request whose answer got lost from a second order.
  static func clientOrderID(_ reader: inout BodyReader) throws(ControlRefusal) -> ClientOrderID {
    let text = try reader.requiredText("client_order_id", bytesMax: 36)
    let isLegal = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"),
        UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isLegal else {
      throw BodyReader.defect(
        "client_order_id", "has a character that the venue refuses", "use at most 36 of A-Z a-z 0-9 . : / _ -")
    }
    return ClientOrderID(text)
  }

  private static func check(
    _ type: OrderType, _ quantity: FixedDecimal?, _ quoteQuantity: FixedDecimal?, _ price: FixedDecimal?,
    _ timeInForce: TimeInForce?
  ) throws(ControlRefusal) {
    guard (quantity == nil) != (quoteQuantity == nil) else {
      throw BodyReader.defect("quantity", "and quote_quantity: exactly one is needed", "give one of the two")
    }
    if type == .market {
      if price != nil { throw BodyReader.defect("price", "stands in a market order", "remove it, or use type limit") }
      if timeInForce != nil {
        throw BodyReader.defect("time_in_force", "stands in a market order", "remove it, or use type limit")
      }
    } else {
      if price == nil { throw BodyReader.defect("price", "is missing in a limit order", "add it") }
      if quoteQuantity != nil {
        throw BodyReader.defect("quote_quantity", "stands in a limit order", "use quantity, or type market")
      }
    }
  }
}

/// The body of `POST /v1/brackets`.
struct BracketBody: Hashable, Sendable {
  var account: AccountID?
  var registration: BracketRegistration

  init(_ bytes: [UInt8]) throws(ControlRefusal) {
    var reader = try BodyReader(bytes: bytes)
    account = try reader.text("account").map { AccountID($0) }
    let clientOrderID = try DirectOrderBody.clientOrderID(&reader)
    let symbol = try reader.text("symbol", bytesMax: 40).map { Symbol($0) }
    let strategy = try reader.text("strategy").map { StrategyID($0) }
    guard let bracket = try reader.bracket("bracket") else { throw reader.missing("bracket") }
    try reader.finish()
    registration = BracketRegistration(
      entryClientOrderID: clientOrderID, symbol: symbol, bracket: bracket, strategy: strategy)
  }
}
