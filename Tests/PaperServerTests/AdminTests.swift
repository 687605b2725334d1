import PaperServer
import PaperVenue
import Testing
import Trading

struct AdminTests {
  private static func post(_ client: WireClient, _ venue: Venue, _ path: String, _ body: String) async throws
    -> WireClient.Response?
  {
    try await client.request(
      "POST", "/admin/" + path, headers: ["Authorization: Bearer \(venue.server.adminToken)"], body: body)
  }

  @Test func `Admin endpoints want the token and live on the plain listener only`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server, plain: true)
      #expect(try await client.request("GET", "/admin/ledger")?.status == 401)
      #expect(try await Self.post(client, venue, "price", #"{"symbol":"BTCUSDT","price":"61000"}"#)?.status == 200)
      #expect(try await client.request("GET", "/api/v3/ticker/price?symbol=BTCUSDT")?.body.contains("61000") == true)
      let tls = try await WireClient.connect(venue.server)
      #expect(try await Self.post(tls, venue, "price", "{}")?.status == 404)
      client.close()
      tls.close()
    }
  }

  @Test func `A deposit and a fill by hand move the ledger`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server, plain: true)
      let deposit = try await Self.post(client, venue, "deposit", #"{"account":"main","asset":"BTC","amount":"0.5"}"#)
      #expect(deposit?.body == #"{"asset":"BTC","free":"0.50000000","locked":"0.00000000"}"#)
      let order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=59000&newClientOrderId=en"
      _ = try await client.signed("POST", "/api/v3/order", order, venue.hmac, at: Venue.time)
      let fill = try await Self.post(
        client, venue, "fill", #"{"account":"main","symbol":"BTCUSDT","clientOrderId":"en","quantity":"0.004"}"#)
      #expect(fill?.body.contains(#""status":"PARTIALLY_FILLED""#) == true)
      let ledger = try await client.request(
        "GET", "/admin/ledger", headers: ["Authorization: Bearer \(venue.server.adminToken)"])
      #expect(ledger?.body.contains(#""netPosition":"0.00399600""#) == true)
      client.close()
    }
  }

  @Test func `A script of faults loses a reply after apply, bans, and heals`() async throws {
    try await Venue.run { venue in
      let admin = try await WireClient.connect(venue.server, plain: true)
      let client = try await WireClient.connect(venue.server)
      let script = #"{"rules":[{"effect":"cutReplies","kinds":["place"],"hitsMax":1}]}"#
      #expect(try await Self.post(admin, venue, "faults", script)?.body == #"{"added":1}"#)
      let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001&newClientOrderId=en"
      let lost = try await client.signed("POST", "/api/v3/order", order, venue.hmac, at: Venue.time)
      #expect(lost == nil)
      let orders = try await venue.server.exchange().orders(of: "main", "BTCUSDT")
      #expect(orders.map(\.status) == [.filled])
      let bad = try await Self.post(admin, venue, "faults", #"{"effect":"dropEvents","kind":["x"]}"#)
      #expect(bad?.status == 400)
      #expect(bad?.body.contains("unknown field 'kind'") == true)
      _ = try await Self.post(admin, venue, "faults", #"{"effect":"ban","forSeconds":60}"#)
      let again = try await WireClient.connect(venue.server)
      let banned = try #require(try await again.request("GET", "/api/v3/ping"))
      #expect(banned.status == 418)
      #expect(banned.headers["retry-after"] == "60")
      let heal = try await admin.request(
        "DELETE", "/admin/faults", headers: ["Authorization: Bearer \(venue.server.adminToken)"])
      #expect(heal?.status == 200)
      #expect(try await again.request("GET", "/api/v3/ping")?.status == 200)
      for connection in [admin, client, again] { connection.close() }
    }
  }

  @Test func `A silent stall swallows events while the socket answers, and a cut closes it`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      _ = try await client.upgrade("/ws-api/v3?returnRateLimits=false")
      try await client.send(try venue.call("s", "userDataStream.subscribe.signature", [], venue.hmac))
      _ = try await client.nextText()
      try await venue.server.withWorld { world, now in world.inject(FaultRule(.silenceStream), at: now) }
      let order = [("symbol", "BTCUSDT"), ("side", "BUY"), ("type", "MARKET"), ("quantity", "0.001")]
      try await client.send(try venue.call("o", "order.place", order, venue.hmac))
      #expect(try await client.nextText()?.contains(#""id":"o","status":200"#) == true)
      try await client.send(#"{"id":"p","method":"ping"}"#)
      #expect(try await client.nextText()?.contains(#""id":"p""#) == true)
      try await venue.server.withWorld { world, now in world.cutAll(at: now) }
      #expect(try await client.nextText() == nil)
    }
  }

  @Test func `Market streams tell every price that moves`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      #expect(try await client.upgrade("/stream?streams=btcusdt@miniTicker") == 101)
      try await client.send(#"{"method":"SUBSCRIBE","params":["btcusdt@kline_1m"],"id":1}"#)
      #expect(try await client.nextText() == #"{"result":null,"id":1}"#)
      try await venue.server.setPrice("60100", of: "BTCUSDT")
      #expect(
        try await client.nextText()?.hasPrefix(#"{"stream":"btcusdt@miniTicker","data":{"e":"24hrMiniTicker""#) == true)
      #expect(try await client.nextText()?.contains(#""c":"60100.00000000""#) == true)
      client.close()
    }
  }

  @Test func `The keys file names where the venue listens and every key`() async throws {
    try await Venue.run { venue in
      #expect(venue.server.credentials.map(\.label) == ["main-hmac", "main-ed25519", "other-hmac", "other-ed25519"])
      #expect(venue.server.tls.port != venue.server.plain.port)
      #expect("\(venue.hmac.secret)" == "<secret>")
    }
  }
}
