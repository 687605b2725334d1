import Testing
import Trading
import Venue

@testable import Binance

/// The venue's words, both ways; a word that is not listed is kept and never guessed (ST20).
struct SpotVocabularyTests {
  private func order(_ replacements: [(String, String)]) throws -> Order {
    var text = try Fixture("Spot/Replies/order-query").text
    for (old, new) in replacements {
      #expect(text.contains(old), "the fixture has no \(old)")
      text = text.replacing(old, with: new)
    }
    return try SpotReplyDecoder().order(bytes(text)[...])
  }

  @Test(arguments: [
    ("LIMIT", OrderType.limit), ("MARKET", .market), ("LIMIT_MAKER", .limitMaker), ("STOP_LOSS", .stopLoss),
    ("STOP_LOSS_LIMIT", .stopLossLimit), ("TAKE_PROFIT", .takeProfit), ("TAKE_PROFIT_LIMIT", .takeProfitLimit),
    ("TRAILING", .unknown("TRAILING")),
  ])
  func `an order's type is read and written in the same word`(word: String, type: OrderType) throws {
    #expect(try order([(#""type":"STOP_LOSS_LIMIT""#, #""type":"\#(word)""#)]).type == type)
    #expect(type.spotWord == word)
  }

  @Test(arguments: [
    ("GTC", TimeInForce.goodTilCanceled), ("IOC", .immediateOrCancel), ("FOK", .fillOrKill), ("GTX", .unknown("GTX")),
  ])
  func `how long an order stays is read and written in the same word`(word: String, stays: TimeInForce) throws {
    #expect(try order([(#""timeInForce":"GTC""#, #""timeInForce":"\#(word)""#)]).timeInForce == stays)
    #expect(stays.spotWord == word)
  }

  @Test(arguments: [
    ("NEW", OrderStatus.new), ("FILLED", .filled), ("PARTIALLY_FILLED", .partiallyFilled), ("CANCELED", .canceled),
    ("EXPIRED", .expired), ("PENDING_NEW", .pendingNew), ("REJECTED", .rejected),
    ("EXPIRED_IN_MATCH", .expiredInMatch), ("PENDING_CANCEL", .unknown("PENDING_CANCEL")),
  ])
  func `an order's status is read`(word: String, status: OrderStatus) throws {
    #expect(try order([(#""status":"NEW""#, #""status":"\#(word)""#)]).status == status)
  }

  @Test(arguments: [
    ("NEW", ExecutionType.new), ("TRADE", .trade), ("CANCELED", .canceled), ("EXPIRED", .expired),
    ("REPLACED", .replaced), ("REJECTED", .rejected), ("TRADE_PREVENTION", .tradePrevention), ("ODD", .unknown("ODD")),
  ])
  func `what happened to an order is read`(word: String, execution: ExecutionType) throws {
    let text = try Fixture("Spot/Events/order-new").text.replacing(#""x":"NEW""#, with: #""x":"\#(word)""#)
    guard case .order(let update) = try SpotEventDecoder().decode(bytes(text)) else {
      Issue.record("no order event")
      return
    }
    #expect(update.execution == execution)
  }

  @Test(arguments: [
    ("TRADING", TradingStatus.trading), ("CANCEL_ONLY", .cancelOnly), ("HALT", .halted), ("BREAK", .halted),
    ("END_OF_DAY", .halted), ("AUCTION_MATCH", .unknown("AUCTION_MATCH")),
  ])
  func `a symbol's state is read, and only TRADING takes orders`(word: String, status: TradingStatus) throws {
    let text = try Fixture("Spot/Replies/exchange-info").text
      .replacing(#""status":"TRADING""#, with: #""status":"\#(word)""#)
    let instrument = try #require(try SpotReplyDecoder().exchangeInfo(bytes(text)[...]).instruments.first)
    #expect(instrument.status == status)
    #expect(instrument.status.acceptsOrders == (status == .trading))
  }

  @Test func `a reason of NONE, an empty one and a null one are no reason`() throws {
    for word in ["\"NONE\"", "\"\"", "null"] {
      var reader = bytes(word)
      let reason = try reader.withUnsafeMutableBytes { buffer -> String? in
        var reader = JSONReader(UnsafeRawBufferPointer(buffer))
        return try reader.reason()
      }
      #expect(reason == nil)
    }
    #expect(
      try order([(#""isWorking":false"#, #""isWorking":false,"expiryReason":"INSUFFICIENT_LIQUIDITY""#)]).expiryReason
        == "INSUFFICIENT_LIQUIDITY")
  }

  @Test func `a percentage filter without sides bounds both`() throws {
    let text = try Fixture("Spot/Replies/exchange-info").text
    let start = try #require(text.firstRange(of: #"{"filterType":"PERCENT_PRICE_BY_SIDE""#))
    let end = try #require(text[start.upperBound...].firstIndex(of: "}"))
    let plain = text.replacingCharacters(
      start.lowerBound...end, with: #"{"filterType":"PERCENT_PRICE","multiplierUp":"1.5","multiplierDown":"0.6"}"#)
    let filters = try #require(try SpotReplyDecoder().exchangeInfo(bytes(plain)[...]).instruments.first).filters
    #expect((filters.bidMultiplierUp, filters.askMultiplierUp) == ("1.5", "1.5"))
    #expect((filters.bidMultiplierDown, filters.askMultiplierDown) == ("0.6", "0.6"))
  }

  @Test func `a rate limit's interval is read in its unit, and an unknown unit is passed over`() throws {
    let text =
      #"{"id":1,"status":200,"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MONTH","intervalNum":1,"limit":1,"count":9},"#
      + #"{"rateLimitType":"RAW_REQUESTS","interval":"HOUR","intervalNum":1,"limit":1,"count":8},"#
      + #"{"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,"limit":1,"count":7},"#
      + #"{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":1,"count":6},"#
      + #"{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":1,"count":5}]}"#
    guard case .reply(let reply) = SpotFrame(bytes(text)) else {
      Issue.record("no reply")
      return
    }
    #expect(reply.usedWeight == 5)
  }

  // MARK: - What the key may do

  @Test(arguments: [
    (
      #"{"ipRestrict":true,"enableWithdrawals":false,"enableSpotAndMarginTrading":true,"createTime":1}"#,
      [false, true, true]
    ),
    (#"{"enableWithdrawals":true,"enableSpotAndMarginTrading":false}"#, [true, false, false]),
  ])
  func `a key's permissions are read, and an address list that is not mentioned is none`(
    text: String, expected: [Bool]
  ) throws {
    let found = try SpotReplyDecoder().keyPermissions(bytes(text)[...])
    #expect([found.canWithdraw, found.canTrade, found.isAddressRestricted] == expected)
  }

  @Test(arguments: ["{}", #"{"enableWithdrawals":false}"#, #"{"enableSpotAndMarginTrading":true}"#])
  func `permissions that are not stated are not guessed (SE10)`(text: String) {
    #expect(throws: MalformedMessage.self) { try SpotReplyDecoder().keyPermissions(bytes(text)[...]) }
  }

  @Test func `the permissions are asked for by REST`() throws {
    let requests = SpotRequests(credential: ExampleKey.transparent)
    let request = try requests.request(.keyPermissions, at: Timestamp(milliseconds: 1))
    #expect(request.target.hasPrefix("/sapi/v1/account/apiRestrictions?timestamp=1&signature="))
    #expect(request.isRead)
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: ClosedRange<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[index(after: range.upperBound)...]
  }
}
