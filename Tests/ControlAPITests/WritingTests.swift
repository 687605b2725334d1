import EventLoop
import Testing
import Trading
import Venue

@testable import ControlAPI

@Suite struct WritingTests {
  @Test func `an order with a bracket reaches the surface to the last digit, and its legs come back`() async throws {
    let desk = try ControlDesk()
    let response = await desk.post(
      "/v1/orders",
      """
      {"account":"main","symbol":"BTCUSDT","side":"BUY","type":"limit","quantity":"0.50000001","price":"100000.10",
       "time_in_force":"ioc","client_order_id":"bot-1","strategy":"grid",
       "bracket":{"stop":{"percent":"1.5"},"on_crossed_stop":"alert","take_profit_style":"maker",
        "take_profits":[{"percent":"1","share":"0.4"},{"price":"120000","share":"0.6"}]}}
      """)
    #expect(response.status == 200)
    #expect(response.json?["state"]?.string == "covered")
    #expect(response.json?["entry"]?["order_id"]?.string == "99")
    #expect(response.json?["legs"]?[0]?["trigger_price"]?.string == "99000")
    let entry = EntryPlacement(
      symbol: "BTCUSDT", clientOrderID: "bot-1", side: .buy, type: .limit, timeInForce: .immediateOrCancel,
      quantity: "0.50000001", price: "100000.1")
    let bracket = Bracket(
      stop: .percent("1.5"),
      takeProfits: [.init(.percent("1"), share: "0.4"), .init(.price("120000"), share: "0.6")],
      onCrossedStop: .alert, takeProfitStyle: .maker)
    #expect(desk.surface.everythingAsked == [.place(entry, bracket, "grid", "main")])
  }

  @Test func `a market order by quote quantity needs no bracket, account or strategy`() async throws {
    let desk = try ControlDesk()
    let response = await desk.post(
      "/v1/orders",
      #"{"symbol":"BTCUSDT","side":"buy","type":"market","quote_quantity":"25","client_order_id":"b2","bracket":null}"#)
    #expect(response.status == 200)
    let entry = EntryPlacement(
      symbol: "BTCUSDT", clientOrderID: "b2", side: .buy, type: .market, quantity: .zero, quoteQuantity: "25")
    #expect(desk.surface.everythingAsked == [.place(entry, nil, nil, nil)])
  }

  @Test(arguments: [
    (DirectOrderReport.State.covered, 200), (.working, 200), (.uncovered, 202), (.unknown, 202), (.rejected, 422),
  ])
  func `the status code tells a done deal from an open one from a refusal`(
    state: DirectOrderReport.State, status: Int
  ) async throws {
    let report = DirectOrderReport(state: state, entry: nil, detail: "because")
    let desk = try ControlDesk(surface: FakeSurface(report: report))
    let response = await desk.post(
      "/v1/orders", #"{"symbol":"A","side":"buy","type":"market","quantity":"1","client_order_id":"b"}"#)
    #expect(response.status == status)
    #expect(response.json?["state"]?.string == state.rawValue)
    #expect((response.errorCode == "entry_rejected") == (state == .rejected))
  }

  /// A change to a good order, and a word that the message must have.
  @Test(arguments: [
    (#""quantity":"1""#, #""quantity":1"#, "strings"), (#""quantity":"1""#, #""quantity":"1e3""#, "quantity"),
    (#""quantity":"1""#, #""quantity":"-1""#, "positive"), (#""quantity":"1""#, #""quantity":"0""#, "positive"),
    (#""quantity":"1""#, #""quantity":"1","quote_quantity":"5""#, "exactly one"),
    (#""quantity":"1","#, "", "exactly one"), (#""type":"limit""#, #""type":"stop""#, "type"),
    (#""side":"buy""#, #""side":"hold""#, "side"), (#""side":"buy","#, "", "side is missing"),
    (#""price":"10""#, #""price":null"#, "price is missing"), (#""type":"limit""#, #""type":"market""#, "market order"),
    (#""symbol":"A""#, #""symbol":"""#, "symbol"), (#""symbol":"A""#, #""symbol":["A"]"#, "symbol is an array"),
    (#""client_order_id":"b""#, #""client_order_id":"b b""#, "client_order_id"),
    (#""client_order_id":"b","#, "", "client_order_id is missing"),
    (#""symbol":"A""#, #""symbol":"A","leverage":"5""#, "leverage is not a member"),
    (#""stop":{"#, #""stopp":{"#, "bracket.stopp"), (#"{"percent":"1"}"#, #"{"percent":"1","price":"9"}"#, "price"),
    (#"{"percent":"1"}"#, #"{"percent":"100"}"#, "out of range"), (#""share":"0.5""#, #""share":"0.6""#, "sum to 1.1"),
    (#""share":"0.5""#, #""shares":"0.5""#, "take_profits[0]"),
  ])
  func `a defect is named, and nothing is done`(good: String, bad: String, word: String) async throws {
    let body = #"""
      {"symbol":"A","side":"buy","type":"limit","quantity":"1","client_order_id":"b","price":"10",
      "bracket":{"stop":{"percent":"1"},"take_profits":[{"percent":"1","share":"0.5"},{"percent":"2","share":"0.5"}]}}
      """#
    let desk = try ControlDesk()
    #expect(await desk.post("/v1/orders", body).status == 200)
    let start = try #require(body.firstRange(of: good))
    let broken = body.replacingCharacters(of: start, with: bad)
    let response = await desk.post("/v1/orders", broken)
    #expect(response.status == 400)
    #expect(response.text.contains(word), "\(response.text)")
    #expect(desk.surface.everythingAsked.count == 1)
  }

  @Test(arguments: ["", "{", "[]", "null", "\"x\"", "{\"a\":1}{}", String(repeating: "[", count: 30_000)])
  func `what is no JSON object is refused`(body: String) async throws {
    let desk = try ControlDesk()
    #expect(await desk.post("/v1/orders", body).status == 400)
    #expect(desk.surface.everythingAsked.isEmpty)
  }

  @Test func `a bracket can be registered for an entry to come`() async throws {
    let desk = try ControlDesk()
    let response = await desk.post(
      "/v1/brackets", #"{"client_order_id":"e1","symbol":"BTCUSDT","bracket":{"stop":{"price":"90"}}}"#)
    #expect(response.status == 200)
    let registration = BracketRegistration(
      entryClientOrderID: "e1", symbol: "BTCUSDT", bracket: Bracket(stop: .price("90"), takeProfits: []))
    #expect(desk.surface.everythingAsked == [.register(registration, nil)])
    #expect(await desk.post("/v1/brackets", #"{"client_order_id":"e1"}"#).status == 400)
  }

  @Test func `sweep, pause and resume reach their account; an unknown one is 404`() async throws {
    let desk = try ControlDesk()
    for what in ["sweep", "pause", "resume"] {
      #expect(await desk.post("/v1/accounts/main/\(what)", "{}").status == 202)
    }
    #expect(await desk.post("/v1/accounts/other/sweep", "").status == 404)
    #expect(await desk.post("/v1/accounts/main/pause", #"{"symbol":"A"}"#).status == 400)
    #expect(desk.surface.everythingAsked == [.sweep("main"), .pause("main"), .resume("main")])
  }

  @Test func `flatten takes two steps, and the word fits one account and symbol once within 30 s`() async throws {
    let desk = try ControlDesk()
    let path = "/v1/accounts/main/flatten"
    let first = await desk.post(path, #"{"symbol":"BTCUSDT"}"#)
    let word = try #require(first.json?["confirm"]?.string)
    #expect(desk.surface.everythingAsked.isEmpty)
    for wrong in [
      (path, #"{"symbol":"ETHUSDT","confirm":"\#(word)"}"#), (path, #"{"symbol":"BTCUSDT","confirm":"x"}"#),
      ("/v1/accounts/other/flatten", #"{"symbol":"BTCUSDT","confirm":"\#(word)"}"#),
    ] {
      #expect(await desk.post(wrong.0, wrong.1).errorCode == "not_confirmed")
    }
    #expect(await desk.post(path, #"{"symbol":"BTCUSDT","confirm":"\#(word)"}"#).status == 202)
    #expect(await desk.post(path, #"{"symbol":"BTCUSDT","confirm":"\#(word)"}"#).status == 422)
    let late = try #require(await desk.post(path, #"{"symbol":"BTCUSDT"}"#).json?["confirm"]?.string)
    desk.time.advance(bySeconds: 30)
    #expect(await desk.post(path, #"{"symbol":"BTCUSDT","confirm":"\#(late)"}"#).status == 422)
    #expect(await desk.post("/v1/accounts/nobody/flatten", #"{"symbol":"BTCUSDT"}"#).status == 404)
    #expect(desk.surface.everythingAsked == [.flatten("BTCUSDT", "main")])
  }

  @Test func `a body above the limit is 413`() async throws {
    let desk = try ControlDesk()
    let response = await desk.responder.respond(
      to: ControlRequest(
        method: "POST", path: "/v1/orders", authority: "localhost",
        headers: ["authorization": "Bearer " + ControlDesk.token, "content-type": "application/json"],
        isBodyTooLarge: true))
    #expect(response.status == 413)
  }
}

extension String {
  func replacingCharacters(of range: Range<Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
