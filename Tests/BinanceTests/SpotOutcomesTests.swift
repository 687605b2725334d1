import Binance
import Testing
import Trading
import Venue

/// The outcome table, row by row: accepted, rejected, ambiguous (RS01, RS02, RS04, RS05, RS12, RS14, RS17).
struct SpotOutcomesTests {
  private let outcomes = SpotOutcomes()
  private let now = Timestamp(milliseconds: 1_763_700_000_000)
  private let cancel = VenueCommand.cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 3))

  private func outcome(_ status: Int, _ body: String, retryAfter: Duration? = nil) -> CommandOutcome {
    let response = HTTPResponse(status: status, body: bytes(body), retryAfter: retryAfter)
    return outcomes.outcome(of: cancel, SpotAnswer(.response(response)), at: now)
  }

  private func kind(_ outcome: CommandOutcome) -> Rejection.Kind? {
    guard case .rejected(let rejection) = outcome else { return nil }
    return rejection.kind
  }

  private func isAmbiguous(_ outcome: CommandOutcome) -> Bool {
    guard case .ambiguous = outcome else { return false }
    return true
  }

  @Test(arguments: [
    (-2010, "Account has insufficient balance for requested action.", Rejection.Kind.insufficientBalance),
    (-2010, "Duplicate order sent.", .duplicateClientOrderID),
    (-2010, "Order would immediately match and take.", .wouldMatchImmediately),
    (-2010, "Order would trigger immediately.", .wouldTriggerImmediately),
    (-2010, "Stop price would trigger immediately.", .wouldTriggerImmediately),
    (-2010, "The relationship of the prices for the orders is not correct.", .badPriceRelation),
    (-2010, "Market is closed.", .marketClosed),
    (-1013, "Market is closed.", .marketClosed),
    (-2010, "This action is disabled on this account.", .unauthorized),
    (-2010, "This account may not place or cancel orders.", .unauthorized),
    (-2010, "Unsupported order combination", .invalid),
    (-2010, "Stop loss orders are not supported for this symbol.", .invalid),
    (-2010, "This symbol is not permitted for this account.", .invalid),
    (-2010, "words that we never saw", .invalid),
    (-1013, "Filter failure: LOT_SIZE", .filter),
    (-1013, "Filter failure: NOTIONAL", .filter),
    (-1013, "Filter failure: PERCENT_PRICE_BY_SIDE", .filter),
    (-1013, "Filter failure: MAX_NUM_ALGO_ORDERS", .openOrderLimit),
    (-1013, "Filter failure: MAX_NUM_ORDERS", .openOrderLimit),
    (-1013, "Filter failure: MAX_NUM_ORDER_LISTS", .openOrderLimit),
    (-1013, "Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS", .openOrderLimit),
    (-1013, "This symbol does not allow the specified self-trade prevention mode.", .invalid),
    (-1111, "Parameter 'quantity' has too much precision.", .filter),
    (-1015, "Too many new orders; current limit is 100 orders per 10 SECOND.", .rateLimited),
    (-1003, "Too much request weight used.", .rateLimited),
    (-1034, "Too many connections.", .rateLimited),
    (-1008, "Server is currently overloaded with other requests.", .overloaded),
    (-1016, "This service is no longer available.", .overloaded),
    (-1021, "Timestamp for this request is outside of the recvWindow.", .clockSkew),
    (-1021, "Timestamp for this request was 1000ms ahead of the server's time.", .clockSkew),
    (-1022, "Signature for this request is not valid.", .unauthorized),
    (-2014, "API-key format invalid.", .unauthorized),
    (-2015, "Invalid API-key, IP, or permissions for action.", .unauthorized),
    (-1002, "You are not authorized to execute this request.", .unauthorized),
    (-2011, "Unknown order sent.", .unknownOrder),
    (-2011, "Order was not canceled due to cancel restrictions.", .invalid),
    (-2013, "Order does not exist.", .unknownOrder),
    (
      -2026, "Order was canceled or expired with no executed qty over 90 days ago and has been archived.", .unknownOrder
    ),
    (-2038, "The requested action would change no state; rejecting.", .nothingToChange),
    (-2038, "Order cannot be amended to increase quantity.", .amendRefused),
    (-2039, "Client order id is not correct for this order id.", .invalid),
    (-1100, "Illegal characters found in parameter 'newClientOrderId'.", .invalid),
    (-1102, "Mandatory parameter 'symbol' was not sent.", .invalid),
    (-1121, "Invalid symbol.", .invalid),
    (-1158, "x", .invalid),
    (-9999, "a code of tomorrow", .invalid),
  ])
  func `status 400 is a definite refusal of its kind`(_ code: Int, _ message: String, _ expected: Rejection.Kind) {
    let outcome = outcome(400, "{\"code\":\(code),\"msg\":\"\(message)\"}")
    #expect(kind(outcome) == expected)
    guard case .rejected(let rejection) = outcome else { return }
    #expect(rejection.code == code)
    #expect(rejection.message == message)
  }

  @Test(arguments: [
    (401, "", Rejection.Kind.unauthorized), (403, "<html>blocked</html>", .blocked), (404, "", .invalid),
    (418, #"{"code":-1003,"msg":"Way too much request weight used; IP banned until 1763700060000."}"#, .banned),
    (429, "", .rateLimited), (429, #"{"code":-1015,"msg":"Too many new orders."}"#, .rateLimited), (451, "", .blocked),
    (503, #"{"code":-1008,"msg":"Request throttled by system-level protection."}"#, .overloaded),
  ])
  func `a gate in front of the engine refused for certain`(_ status: Int, _ body: String, _ expected: Rejection.Kind) {
    #expect(kind(outcome(status, body)) == expected)
  }

  @Test(arguments: [
    (400, #"{"code":-1000,"msg":"An unknown error occurred while processing the request."}"#),
    (400, #"{"code":-1001,"msg":"Internal error; unable to process your request. Please try again."}"#),
    (
      400,
      #"{"code":-1006,"msg":"An unexpected response was received from the message bus. Execution status unknown."}"#
    ),
    (400, #"{"code":-1007,"msg":"Timeout waiting for response from backend server. Send status unknown."}"#),
    (400, "<html>bad request</html>"), (400, ""), (408, ""), (409, #"{"code":-2021,"msg":"partially failed"}"#),
    (500, ""), (502, "<html>"), (503, #"{"code":-1016,"msg":"x"}"#), (504, #"{"code":-1007,"msg":"Timeout"}"#),
    (520, "?"), (301, ""), (0, ""), (200, "<html>hello</html>"), (200, ""), (200, "{}"),
    (200, #"{"code":-2010,"msg":"an error that came as a success"}"#),
  ])
  func `whatever may have been executed is ambiguous`(_ status: Int, _ body: String) {
    #expect(isAmbiguous(outcome(status, body)))
  }

  @Test func `a readable success is accepted`() throws {
    let text = try Fixture("Spot/Replies/cancel").text
    guard case .accepted(let receipt) = outcome(200, text) else {
      Issue.record("not accepted")
      return
    }
    #expect(receipt.orders.map(\.clientOrderID) == ["tp-1"])
  }

  @Test func `a lost answer is ambiguous and an unsent request is not`() {
    #expect(isAmbiguous(outcomes.outcome(of: cancel, SpotAnswer(.lost("reset")), at: now)))
    let unsent = outcomes.outcome(of: cancel, SpotAnswer(.notSent("budget", retryAfter: .seconds(2))), at: now)
    #expect(unsent == .rejected(Rejection(.notSent, message: "budget", retryAfter: .seconds(2))))
  }

  @Test func `how long to wait comes from the header, the frame's data, or the ban's text`() throws {
    func retryAfter(_ outcome: CommandOutcome) -> Duration? {
      guard case .rejected(let rejection) = outcome else { return nil }
      return rejection.retryAfter
    }
    let ban =
      #"{"code":-1003,"msg":"Way too much request weight used; IP banned until 1763700060000. Please use WebSocket"}"#
    #expect(retryAfter(outcome(429, "", retryAfter: .seconds(7))) == .seconds(7))
    #expect(retryAfter(outcome(418, ban, retryAfter: .seconds(61))) == .seconds(61))
    #expect(retryAfter(outcome(418, ban)) == .seconds(60))
    #expect(retryAfter(outcome(429, "")) == nil)
    let message = try Fixture("Spot/Frames/rate-limited-reply").bytes
    guard case .reply(let reply) = SpotFrame(message) else { return }
    #expect(retryAfter(outcomes.outcome(of: cancel, SpotAnswer(reply, in: message, at: now), at: now)) == .seconds(60))
  }

  @Test func `a reply on the socket is judged like its REST twin`() throws {
    let message = try bytes("{\"id\":1,\"status\":200,\"result\":" + Fixture("Spot/Replies/cancel").text + "}")
    guard case .reply(let reply) = SpotFrame(message) else { return }
    guard case .accepted = outcomes.outcome(of: cancel, SpotAnswer(reply, in: message, at: now), at: now) else {
      Issue.record("not accepted")
      return
    }
    let refused = bytes(#"{"id":1,"status":400,"error":{"code":-2011,"msg":"Unknown order sent."}}"#)
    guard case .reply(let refusal) = SpotFrame(refused) else { return }
    #expect(kind(outcomes.outcome(of: cancel, SpotAnswer(refusal, in: refused, at: now), at: now)) == .unknownOrder)
  }

  @Test func `a query finds, proves absence, or fails, and a failure is no absence`() throws {
    func query(_ status: Int, _ body: String) -> QueryResult {
      outcomes.queryResult(SpotAnswer(.response(HTTPResponse(status: status, body: bytes(body)))), at: now)
    }
    guard case .found(let order) = try query(200, Fixture("Spot/Replies/order-query").text) else {
      Issue.record("not found")
      return
    }
    #expect(order.venueOrderID == 29)
    #expect(query(400, #"{"code":-2013,"msg":"Order does not exist."}"#) == .absent)
    #expect(query(400, #"{"code":-2026,"msg":"archived"}"#) == .absent)
    for (status, body) in [(500, ""), (200, "{}"), (429, ""), (400, ""), (400, #"{"code":-1021,"msg":"x"}"#)] {
      guard case .failed = query(status, body) else {
        Issue.record("\(status) \(body) was taken for an answer")
        continue
      }
    }
  }

  @Test func `a refusal's text is bounded`() {
    let refusal = SpotRefusal(code: 1, message: String(repeating: "x", count: 10_000))
    #expect(refusal.message.count == SpotRefusal.messageCharactersMax)
  }
}
