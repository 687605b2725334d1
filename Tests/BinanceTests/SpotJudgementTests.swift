import Testing
import Trading
import Venue

@testable import Binance

/// Reads, queries and the stream's own requests: what every kind of answer proves.
struct SpotJudgementTests {
  private let outcomes = SpotOutcomes()
  private let now = Timestamp(milliseconds: 1_763_700_000_000)

  private func read(_ answer: SpotAnswer) -> Result<Timestamp, SpotReadFailure> {
    outcomes.read(answer, at: now) { (body) throws(MalformedMessage) in try SpotReplyDecoder().time(body) }
  }

  private func failure(_ answer: SpotAnswer) -> SpotReadFailure? {
    guard case .failure(let failure) = read(answer) else { return nil }
    return failure
  }

  @Test func `a read that never left, was lost, failed or cannot be read is a failure of its own kind`() {
    #expect(
      failure(SpotAnswer(.notSent("no budget", retryAfter: .seconds(2))))
        == .refused(Rejection(.notSent, message: "no budget", retryAfter: .seconds(2))))
    #expect(failure(SpotAnswer(.lost("timeout"))) == .noAnswer("timeout"))
    #expect(
      failure(SpotAnswer(.response(HTTPResponse(status: 502, body: bytes("<html>")))))
        == .noAnswer("status 502, no body of the venue's"))
    guard case .unreadable(let defect)? = failure(SpotAnswer(.response(HTTPResponse(status: 200, body: bytes("{")))))
    else {
      Issue.record("half an object was read")
      return
    }
    #expect(defect.reason == .truncated)
    let refused = failure(
      SpotAnswer(.response(HTTPResponse(status: 400, body: bytes(#"{"code":-1121,"msg":"Invalid symbol."}"#)))))
    #expect(refused?.rejection == Rejection(.invalid, code: -1121, message: "Invalid symbol."))
    #expect(refused?.description == "refused (invalid, code -1121): Invalid symbol.")
    #expect(SpotReadFailure.noAnswer("x").rejection == nil)
    #expect(SpotReadFailure.noAnswer("x").description == "no answer: x")
    #expect(SpotReadFailure.unreadable(MalformedMessage(.truncated, at: 3)).description.contains("byte 3"))
  }

  @Test func `only a success with a status from 200 to 299 is one, on both ways`() {
    for status in [199, 300, 301] {
      #expect(failure(SpotAnswer(.response(HTTPResponse(status: status, body: bytes(#"{"serverTime":1}"#))))) != nil)
      let reply = SpotReply(id: .none, status: status)
      guard case .failure = SpotAnswer(reply, in: [], at: now) else {
        Issue.record("status \(status) is no success")
        continue
      }
    }
    for status in [200, 299] {
      #expect(failure(SpotAnswer(.response(HTTPResponse(status: status, body: bytes(#"{"serverTime":1}"#))))) == nil)
    }
  }

  @Test func `a reply without a result is an empty success, one with a refusal never is a success`() {
    guard case .success(let body) = SpotAnswer(SpotReply(id: .number(1), status: 200), in: bytes("{}"), at: now) else {
      Issue.record("no success")
      return
    }
    #expect(body.isEmpty)
    let refused = SpotReply(id: .number(1), status: 200, refusal: SpotRefusal(code: -1, message: "x"))
    guard case .failure = SpotAnswer(refused, in: [], at: now) else {
      Issue.record("a refusal is no success")
      return
    }
  }

  /// The venue's moment, and how long is waited: never less than nothing.
  @Test(arguments: [(1_763_700_005_000 as Int64, Duration.seconds(5)), (1_763_699_999_000, .zero)])
  func `the moment after which requests are welcome becomes a wait`(moment: Int64, wait: Duration) {
    let refusal = SpotRefusal(code: -1003, message: "x", retryAt: Timestamp(milliseconds: moment))
    guard
      case .failure(_, _, let retryAfter) = SpotAnswer(
        SpotReply(id: .none, status: 429, refusal: refusal), in: [], at: now)
    else { return }
    #expect(retryAfter == wait)
  }

  @Test(arguments: [
    ("Way too many requests; IP(1.2.3.4) banned until 1763700005000. Please use the websocket.", 5 as Int?),
    ("banned until 1763699000000", 0),
    ("banned until tomorrow", nil),
    ("try again at 1763700005000", nil),
  ])
  func `the end of a ban is read from the words that name it`(message: String, seconds: Int?) {
    let rejection = SpotOutcomes.rejection(
      status: 418, SpotRefusal(code: -1003, message: message), nil, at: now)
    #expect(rejection?.retryAfter == seconds.map { Duration.seconds($0) })
    let header = SpotOutcomes.rejection(
      status: 418, SpotRefusal(code: -1003, message: message), .seconds(9), at: now)
    #expect(header?.retryAfter == .seconds(9), "the header counts first")
  }

  @Test(arguments: [
    (HTTPResult.lost("timeout"), QueryResult.failed("no answer: timeout")),
    (.response(HTTPResponse(status: 400, body: bytes(#"{"code":-2013,"msg":"Order does not exist."}"#))), .absent),
    (.response(HTTPResponse(status: 400, body: bytes(#"{"code":-2026,"msg":"archived"}"#))), .absent),
    (
      .response(HTTPResponse(status: 400, body: bytes(#"{"code":-1121,"msg":"Invalid symbol."}"#))),
      .failed("refused (invalid, code -1121): Invalid symbol.")
    ),
  ])
  func `only the venue's own word for it is absence`(result: HTTPResult, expected: QueryResult) {
    #expect(outcomes.queryResult(SpotAnswer(result), at: now) == expected)
  }

  // MARK: - Receipts

  @Test func `a bare acknowledgement of a leg takes everything else from the command`() throws {
    let leg = VenueCommand.placeLeg(
      LegPlacement(
        symbol: "BTCUSDT", quantity: "0.5",
        terms: LegTerms(clientOrderID: "S1", type: .stopLoss, triggerPrice: "59400")))
    let body = bytes(#"{"symbol":"BTCUSDT","orderId":9,"orderListId":-1,"clientOrderId":"S1","transactTime":1}"#)
    let order = try #require(try SpotReplyDecoder().receipt(for: leg, body[...]).orders.first)
    #expect((order.type, order.status, order.quantity, order.triggerPrice) == (.stopLoss, .new, "0.5", "59400"))
    #expect(order.side == .sell && order.orderListID == nil)
    #expect(throws: MalformedMessage.self, "of a cancel nothing is known beforehand") {
      try SpotReplyDecoder().receipt(
        for: .cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 9)), body[...])
    }
  }

  // MARK: - Requests

  @Test func `a limit entry states its price and how long it stays`() throws {
    let entry = EntryPlacement(
      symbol: "BTCUSDT", clientOrderID: "E1", side: .buy, type: .limit, timeInForce: .fillOrKill, quantity: "0.1",
      price: "60000.5")
    let requests = SpotRequests(credential: ExampleKey.transparent)
    let frame = try requests.frame(.command(.placeEntry(entry)), id: .none, at: now, authentication: .session)
    let text = String(decoding: frame.text, as: UTF8.self)
    #expect(text.hasPrefix(#"{"id":null,"method":"order.place""#))
    for part in [#""price":"60000.5""#, #""timeInForce":"FOK""#, #""quantity":"0.1""#, #""type":"LIMIT""#] {
      #expect(text.contains(part))
    }
  }

  @Test func `prices of all symbols are asked for without naming one`() throws {
    let requests = SpotRequests(credential: ExampleKey.transparent)
    #expect(try requests.request(.prices([]), at: now).target == "/api/v3/ticker/price")
  }

  // MARK: - The stream

  private func dialect(_ kind: RequestCredential.KeyKind = .ed25519) -> SpotStreamDialect {
    var dialect = SpotStreamDialect(credential: RequestCredential(apiKey: "k", kind: kind) { _ in "s" })
    _ = dialect.opening(at: now)
    return dialect
  }

  @Test func `a refused logon is told in the venue's words, and is final when the key is bad`() {
    var dialect = dialect()
    let bad = #"{"id":"logon","status":401,"error":{"code":-2015,"msg":"Invalid API-key."}}"#
    #expect(
      dialect.receive(bytes(bad))
        == .refused("the venue refused the logon: venue error -2015: Invalid API-key.", fatal: true))
    let busy = #"{"id":"logon","status":503}"#
    #expect(dialect.receive(bytes(busy)) == .refused("the venue refused the logon: status 503", fatal: false))
    #expect(!dialect.isLoggedOn)
  }

  @Test func `a probe that finds no subscription, or a session that is gone, is a loss; any other failure is nothing`()
  {
    var dialect = dialect(.hmac)
    let already =
      #"{"id":"subscribe","status":400,"error":{"code":-2035,"msg":"User Data Stream subscription already active."}}"#
    #expect(dialect.receive(bytes(already)) == .ready)
    _ = dialect.probe(at: now)
    #expect(dialect.receive(bytes(#"{"id":"probe-1","status":429}"#)) == .progress)
    #expect(dialect.receive(bytes(#"{"id":"probe-1","status":200}"#)) == .progress, "a success without a result")
    guard case .refused(_, let isFatal) = dialect.receive(bytes(#"{"id":"probe-1","status":401}"#)) else {
      Issue.record("a session that is gone is not refused")
      return
    }
    #expect(isFatal)
    guard case .subscriptionLost = dialect.receive(bytes(#"{"id":"probe-1","status":200,"result":[]}"#)) else {
      Issue.record("no subscription is no loss")
      return
    }
    #expect(dialect.receive(bytes(#"{"id":"probe-2","status":200,"result":[{"subscriptionId":4}]}"#)) == .proven)
    guard
      case .subscriptionLost = dialect.receive(bytes(#"{"id":"probe-3","status":200,"result":[{"subscriptionId":5}]}"#))
    else {
      Issue.record("another subscription is not ours")
      return
    }
  }

  @Test func `replies to nobody of ours, and words without a question, decide nothing`() {
    var dialect = dialect()
    #expect(dialect.receive(bytes(#"{"id":"somebody","status":200}"#)) == .reply)
    #expect(dialect.receive(bytes(#"{"id":7,"status":400}"#)) == .reply)
    #expect(dialect.receive(bytes(#"{"id":null,"status":400}"#)) == .unknown)
    #expect(dialect.receive(bytes(#"{"subscriptionId":null,"event":{"e":"eventStreamTerminated"}}"#)) != .progress)
  }

  // MARK: - Texts and hosts

  @Test(arguments: [
    (#""\u00E9\uD83D\uDE00\/""#, "é😀/"), (#""\uABCD\uabcd""#, "\u{ABCD}\u{ABCD}"),
    (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"),
  ])
  func `escapes are resolved in either case of their digits`(text: String, expected: String) throws {
    let found = try bytes(text).withUnsafeBytes { buffer -> String in
      var reader = JSONReader(buffer)
      return try reader.text().string
    }
    #expect(found == expected)
  }

  @Test(arguments: [
    "https://[::1", "https://[::1]x", "https://[::1]:0", "https://host:70000", "https://host:-1", "https://host:",
    "https://", "https://a b", "host", "https://a@b", "https://a\\b",
  ])
  func `an address that could hide a host is refused`(url: String) {
    #expect(HostAddress(url) == nil)
  }

  @Test func `an address of brackets may have a port or none`() throws {
    #expect(try #require(HostAddress("https://[::1]")).port == nil)
    #expect(try #require(HostAddress("https://[::1]:8443")).port == 8443)
    #expect(try #require(HostAddress("https://[::1]:8443")).isLoopback)
  }

  @Test func `a live account at a host that nobody knows is told which environment may`() {
    #expect {
      try SpotEndpoints(.live, rest: "https://example.com", webSocket: "wss://example.com")
    } throws: { error in
      "\(error)".contains("host example.com is not known") && "\(error)".contains("paper")
    }
  }

  @Test func `a letter beyond the alphabet that comes twice is refused as well`() {
    let text =
      #"{"e":"executionReport","E":1,"s":"A","c":"b","S":"BUY","o":"LIMIT","f":"GTC","q":"1","x":"NEW","X":"NEW","i":1,"T":1,"z":"0","1":0,"1":0}"#
    #expect { try SpotEventDecoder().decode(bytes(text)) } throws: { error in
      (error as? MalformedMessage)?.reason == .duplicateKey
    }
    let twice = #"{"event":{"e":"x"},"event":{"e":"x"}}"#
    #expect { try SpotEventDecoder().decode(bytes(twice)) } throws: { error in
      (error as? MalformedMessage)?.reason == .duplicateKey
    }
  }
}
