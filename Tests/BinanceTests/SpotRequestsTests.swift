import Foundation
import Testing
import Trading
import Venue

@testable import Binance

/// What each command and read looks like on the wire, on both ways.
struct SpotRequestsTests {
  private let requests = SpotRequests(credential: ExampleKey.transparent)
  private let now = Timestamp(milliseconds: 1_763_700_000_000)

  private let oco = VenueCommand.placeOCO(
    OCOPlacement(
      symbol: "BTCUSDT", listClientOrderID: "L1", quantity: "0.00049",
      takeProfit: LegTerms(clientOrderID: "T1", type: .takeProfit, triggerPrice: "60600"),
      stop: LegTerms(clientOrderID: "S1", type: .stopLoss, triggerPrice: "59400.5")))

  private func frameText(_ call: SpotCall, _ authentication: SpotRequests.Authentication = .session) throws -> String {
    String(
      decoding: try requests.frame(call, id: .number(7), at: now, authentication: authentication).text, as: UTF8.self)
  }

  private func parameters(_ call: SpotCall) throws -> [String: String] {
    let object = try JSONSerialization.jsonObject(with: Data(frameText(call).utf8)) as? [String: Any]
    let params = try #require(object?["params"] as? [String: Any])
    return params.mapValues { "\($0)" }
  }

  @Test func `an order list of two trigger legs, above and below, byte for byte`() throws {
    #expect(
      try frameText(.command(oco))
        == #"{"id":7,"method":"orderList.place.oco","params":{"aboveClientOrderId":"T1","aboveStopPrice":"60600","#
        + #""aboveType":"TAKE_PROFIT","belowClientOrderId":"S1","belowStopPrice":"59400.5","belowType":"STOP_LOSS","#
        + #""listClientOrderId":"L1","newOrderRespType":"FULL","quantity":"0.00049","side":"SELL","symbol":"BTCUSDT","#
        + #""timestamp":1763700000000}}"#)
  }

  @Test func `what is signed is sorted and is what the frame says`() throws {
    let text = try frameText(.command(oco), .signature)
    let payload =
      "aboveClientOrderId=T1&aboveStopPrice=60600&aboveType=TAKE_PROFIT&apiKey=\(ExampleKey.apiKey)&belowClientOrderId=S1"
      + "&belowStopPrice=59400.5&belowType=STOP_LOSS&listClientOrderId=L1&newOrderRespType=FULL&quantity=0.00049&side=SELL"
      + "&symbol=BTCUSDT&timestamp=1763700000000"
    #expect(text.contains("\"signature\":\"\(payload)\""))
    #expect(text.contains("\"apiKey\":\"\(ExampleKey.apiKey)\""))
  }

  @Test func `a logged-on session needs no key and no signature`() throws {
    let text = try frameText(.command(oco), .session)
    #expect(!text.contains("apiKey") && !text.contains("signature"))
  }

  @Test func `maker and limit legs carry their prices and how long they stay`() throws {
    let command = VenueCommand.placeOCO(
      OCOPlacement(
        symbol: "BTCUSDT", listClientOrderID: "L1", quantity: "1",
        takeProfit: LegTerms(clientOrderID: "T1", type: .limitMaker, limitPrice: "60600"),
        stop: LegTerms(clientOrderID: "S1", type: .stopLossLimit, triggerPrice: "59400", limitPrice: "59000")))
    let sent = try parameters(.command(command))
    #expect(sent["aboveType"] == "LIMIT_MAKER")
    #expect(sent["abovePrice"] == "60600")
    #expect(sent["aboveStopPrice"] == nil)
    #expect(sent["aboveTimeInForce"] == nil)
    #expect(sent["belowType"] == "STOP_LOSS_LIMIT")
    #expect(sent["belowPrice"] == "59000")
    #expect(sent["belowStopPrice"] == "59400")
    #expect(sent["belowTimeInForce"] == "GTC")
  }

  @Test(arguments: [
    (LegTerms(clientOrderID: "A", type: .stopLoss, triggerPrice: "5"), ["type": "STOP_LOSS", "stopPrice": "5"]),
    (LegTerms(clientOrderID: "A", type: .market), ["type": "MARKET"]),
    (
      LegTerms(clientOrderID: "A", type: .takeProfitLimit, triggerPrice: "5", limitPrice: "4"),
      ["type": "TAKE_PROFIT_LIMIT", "stopPrice": "5", "price": "4", "timeInForce": "GTC"]
    ),
    (LegTerms(clientOrderID: "A", type: .limitMaker, limitPrice: "4"), ["type": "LIMIT_MAKER", "price": "4"]),
  ])
  func `a single leg sells with exactly the parameters of its type`(
    _ terms: LegTerms, _ expected: [String: String]
  ) throws {
    let sent = try parameters(.command(.placeLeg(LegPlacement(symbol: "BTCUSDT", quantity: "2", terms: terms))))
    let common = [
      "newClientOrderId": "A", "newOrderRespType": "FULL", "quantity": "2", "side": "SELL", "symbol": "BTCUSDT",
      "timestamp": "1763700000000",
    ]
    #expect(sent == common.merging(expected) { $1 })
  }

  @Test func `an amend sends its own id again (OL16)`() throws {
    let amendment = Amendment(symbol: "BTCUSDT", venueOrderID: 12, clientOrderID: "S1", newQuantity: "0.3")
    let sent = try parameters(.command(.amend(amendment)))
    #expect(
      sent == [
        "newClientOrderId": "S1", "newQty": "0.3", "orderId": "12", "symbol": "BTCUSDT", "timestamp": "1763700000000",
      ])
  }

  @Test func `a market entry may be sized in quote units`() throws {
    let entry = EntryPlacement(
      symbol: "BTCUSDT", clientOrderID: "E1", side: .buy, type: .market, quantity: 0, quoteQuantity: "50")
    let sent = try parameters(.command(.placeEntry(entry)))
    #expect(sent["quoteOrderQty"] == "50")
    #expect(sent["quantity"] == nil)
    #expect(sent["timeInForce"] == nil)
    #expect(sent["side"] == "BUY")
    #expect(SpotCall.command(.placeEntry(entry)).purpose == .reconcile)
  }

  @Test func `a text that needs escaping stays one JSON string`() throws {
    let cancelled = LegTerms(clientOrderID: "a\"\\\n\u{1}é", type: .market)
    let sent = try parameters(.command(.placeLeg(LegPlacement(symbol: "这是", quantity: "2", terms: cancelled))))
    #expect(sent["newClientOrderId"] == "a\"\\\n\u{1}é")
    #expect(sent["symbol"] == "这是")
  }

  @Test func `every write goes by REST under its own verb and path, and is never called a read`() throws {
    let calls: [(VenueCommand, HTTPRequest.Method, String, Int)] = [
      (oco, .post, "/api/v3/orderList/oco", 1),
      (
        .placeLeg(
          LegPlacement(symbol: "BTCUSDT", quantity: 1, terms: LegTerms(clientOrderID: "A", type: .market))),
        .post, "/api/v3/order", 1
      ),
      (
        .amend(Amendment(symbol: "BTCUSDT", venueOrderID: 1, clientOrderID: "A", newQuantity: 1)), .put,
        "/api/v3/order/amend/keepPriority", 4
      ),
      (.cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 1)), .delete, "/api/v3/order", 1),
      (.cancelList(ListCancel(symbol: "BTCUSDT", orderListID: 1)), .delete, "/api/v3/orderList", 1),
    ]
    for (command, method, path, weight) in calls {
      let request = try requests.request(.command(command), at: now)
      #expect(request.method == method)
      #expect(request.target.prefix { $0 != "?" } == path)
      #expect(request.weight == weight)
      #expect(request.purpose == .protect)
      #expect(!request.isRead)
      #expect(request.label == method.rawValue + " " + path)
    }
  }

  @Test func `a form carries a POST's parameters, a query a DELETE's`() throws {
    let post = try requests.request(.command(oco), at: now)
    #expect(post.target == "/api/v3/orderList/oco")
    #expect(String(decoding: post.body, as: UTF8.self).hasPrefix("aboveClientOrderId=T1&"))
    #expect(post.headers.contains(HTTPRequest.Header("Content-Type", "application/x-www-form-urlencoded")))
    let delete = try requests.request(.command(.cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 9))), at: now)
    #expect(delete.body.isEmpty)
    #expect(delete.target.hasPrefix("/api/v3/order?orderId=9&symbol=BTCUSDT&timestamp=1763700000000&signature="))
  }
}

/// Reads: where they start, what they cost, and that they are open or signed as the venue wants.
struct SpotReadRequestsTests {
  private let requests = SpotRequests(credential: ExampleKey.transparent)
  private let now = Timestamp(milliseconds: 5)

  private func target(_ call: SpotCall) throws -> String {
    String(try requests.request(call, at: now).target.prefix { $0 != "%" }.split(separator: "&signature")[0])
  }

  @Test func `reads state their target and weight`() throws {
    let since = HistoryRequest(symbol: "BTCUSDT", since: Timestamp(milliseconds: 3))
    let from = HistoryRequest(symbol: "BTCUSDT", fromTradeID: 8, since: Timestamp(milliseconds: 3))
    let table: [(SpotCall, String, Int)] = [
      (
        .order(OrderQuery(symbol: "BTCUSDT", reference: .client("E1"))),
        "/api/v3/order?origClientOrderId=E1&symbol=BTCUSDT&timestamp=5", 4
      ),
      (
        .order(OrderQuery(symbol: "BTCUSDT", reference: .venue(3))),
        "/api/v3/order?orderId=3&symbol=BTCUSDT&timestamp=5", 4
      ),
      (.account, "/api/v3/account?timestamp=5", 20),
      (.openOrders(), "/api/v3/openOrders?timestamp=5", 80),
      (.openOrders("BTCUSDT"), "/api/v3/openOrders?symbol=BTCUSDT&timestamp=5", 6),
      (.openOrderLists, "/api/v3/openOrderList?timestamp=5", 6),
      (.trades(since), "/api/v3/myTrades?limit=1000&symbol=BTCUSDT&startTime=3&timestamp=5", 20),
      (.trades(from), "/api/v3/myTrades?limit=1000&symbol=BTCUSDT&fromId=8&timestamp=5", 20),
      (
        .trades(of: OrderKey("BTCUSDT", 4)), "/api/v3/myTrades?limit=1000&orderId=4&symbol=BTCUSDT&timestamp=5", 5
      ),
      (
        .orders("BTCUSDT", since: Timestamp(milliseconds: 3)),
        "/api/v3/allOrders?limit=1000&startTime=3&symbol=BTCUSDT&timestamp=5", 20
      ),
      (.orders("BTCUSDT", from: 4), "/api/v3/allOrders?limit=1000&orderId=4&symbol=BTCUSDT&timestamp=5", 20),
      (.exchangeInfo(["BTCUSDT"]), "/api/v3/exchangeInfo?symbol=BTCUSDT", 20),
      (.time, "/api/v3/time", 1),
      (.prices(["BTCUSDT"]), "/api/v3/ticker/price?symbol=BTCUSDT", 2),
    ]
    for (call, expected, weight) in table {
      #expect(try target(call) == expected)
      #expect(call.weight == weight)
      #expect(call.isRead)
    }
  }

  @Test func `several symbols are one list, encoded for REST and plain in a frame`() throws {
    let call = SpotCall.prices(["BTCUSDT", "这"])
    #expect(
      try requests.request(call, at: now).target == "/api/v3/ticker/price?symbols=%5B%22BTCUSDT%22%2C%22%E8%BF%99%22%5D"
    )
    let frame = try requests.frame(call, id: .text("x"), at: now)
    #expect(
      String(decoding: frame.text, as: UTF8.self)
        == #"{"id":"x","method":"ticker.price","params":{"symbols":["BTCUSDT","这"]}}"#)
  }

  @Test func `an open read carries no key`() throws {
    #expect(try requests.request(.time, at: now).headers.isEmpty)
  }

  @Test func `session calls exist on the WebSocket API only`() {
    #expect(throws: SpotRequests.Refusal.webSocketOnly("session.logon")) { try requests.request(.logon, at: now) }
  }
}
