import PaperServer
import PaperVenue
import Testing
import Trading

struct UserSocketTests {
  @Test func `Events of an order placed on the socket come wrapped on the same socket`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      #expect(try await client.upgrade("/ws-api/v3?returnRateLimits=false") == 101)
      try await client.send(try venue.call("s", "userDataStream.subscribe.signature", [], venue.hmac))
      #expect(try await client.nextText() == #"{"id":"s","status":200,"result":{"subscriptionId":0}}"#)
      try await client.send(try venue.call("again", "userDataStream.subscribe.signature", [], venue.hmac))
      #expect(try await client.nextText()?.contains("-2035") == true)
      let order = [
        ("symbol", "BTCUSDT"), ("side", "BUY"), ("type", "LIMIT"), ("timeInForce", "GTC"), ("quantity", "0.00100000"),
        ("price", "59000.00"), ("newClientOrderId", "en"),
      ]
      try await client.send(try venue.call("o", "order.place", order, venue.hmac))
      let messages = try await client.messages(through: "outboundAccountPosition")
      #expect(messages.count == 3)
      #expect(messages[0].hasPrefix(#"{"id":"o","status":200,"result":{"symbol":"BTCUSDT","orderId":1"#))
      #expect(
        messages[1]
          == #"{"subscriptionId":0,"event":{"e":"executionReport","E":1763700000000,"s":"BTCUSDT","c":"en","S":"BUY","o":"LIMIT","f":"GTC","q":"0.00100000","p":"59000.00000000","P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"NEW","X":"NEW","r":"NONE","i":1,"l":"0.00000000","z":"0.00000000","L":"0.00000000","n":"0","N":null,"T":1763700000000,"t":-1,"I":1,"w":true,"m":false,"M":false,"O":1763700000000,"Z":"0.00000000","Y":"0.00000000","Q":"0.00000000","W":1763700000000,"V":"EXPIRE_MAKER"}}"#
      )
      #expect(messages[2].contains(#"{"a":"USDT","f":"99941.00000000","l":"59.00000000"}"#))
      try await venue.server.fill("main", "BTCUSDT", clientOrderID: "en", quantity: "0.0004")
      let fill = try await client.messages(through: "outboundAccountPosition")
      #expect(fill[0].contains(#""x":"TRADE","X":"PARTIALLY_FILLED""#))
      #expect(fill[0].contains(#""n":"0.00000040","N":"BTC""#))
      client.close()
    }
  }

  @Test func `A logged-on session signs no more and a logout ends its subscription`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server, plain: true)
      #expect(try await client.upgrade("/ws-api/v3") == 101)
      try await client.send(try venue.call("h", "session.logon", [], venue.hmac))
      #expect(try await client.nextText()?.contains(#""status":400"#) == true)
      try await client.send(try venue.call("l", "session.logon", [], venue.ed25519))
      let logon = try #require(try await client.nextText())
      #expect(logon.contains(#""apiKey":"\#(venue.ed25519.apiKey)""#))
      #expect(logon.contains(#""rateLimits":[{"rateLimitType":"REQUEST_WEIGHT""#))
      try await client.send(try venue.call("s", "userDataStream.subscribe"))
      #expect(try await client.nextText()?.contains(#""subscriptionId":0"#) == true)
      let now = [("timestamp", String(Venue.time.milliseconds))]
      try await client.send(try venue.call("a", "account.status", now))
      #expect(try await client.nextText()?.contains(#""accountType":"SPOT""#) == true)
      try await client.send(try venue.call("x", "session.logout"))
      let messages = try await client.messages(through: "eventStreamTerminated")
      #expect(messages.count == 2)
      try await client.send(try venue.call("b", "account.status", now))
      #expect(try await client.nextText()?.contains("-1102") == true)
      client.close()
    }
  }

  @Test func `An OCO placed on the socket is protected by its stop when the price falls`() async throws {
    try await Venue.run { venue in
      try await venue.server.withWorld { world, now in
        world.configure { _ = $0.adjust("main", "BTC", by: "1", at: now) }
      }
      let client = try await WireClient.connect(venue.server)
      _ = try await client.upgrade("/ws-api/v3?returnRateLimits=false")
      try await client.send(try venue.call("s", "userDataStream.subscribe.signature", [], venue.ed25519))
      _ = try await client.nextText()
      let oco = [
        ("symbol", "BTCUSDT"), ("side", "SELL"), ("quantity", "0.5"), ("aboveType", "TAKE_PROFIT"),
        ("aboveStopPrice", "61000"), ("aboveClientOrderId", "tp"), ("belowType", "STOP_LOSS"),
        ("belowStopPrice", "59000"), ("belowClientOrderId", "sl"),
      ]
      try await client.send(try venue.call("o", "orderList.place.oco", oco, venue.ed25519))
      #expect(try await client.messages(through: "outboundAccountPosition").count == 5)
      try await venue.server.setPrice("58900", of: "BTCUSDT")
      let messages = try await client.messages(through: "outboundAccountPosition")
      #expect(messages.contains { $0.contains(#""eR":"OCO_TRIGGER""#) })
      #expect(messages.contains { $0.contains(#""l":"ALL_DONE","L":"ALL_DONE""#) })
      let ledger = try #require(try await venue.server.exchange().ledger(of: "main", "BTCUSDT"))
      #expect(ledger.totals.sold == "0.5")
      client.close()
    }
  }

  @Test func `A message that is no request gets an error frame and the socket lives`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      _ = try await client.upgrade("/ws-api/v3?returnRateLimits=false")
      try await client.send("no json")
      #expect(try await client.nextText()?.contains("-1135") == true)
      try await client.send(#"{"id":7,"method":"nothing.at.all"}"#)
      #expect(try await client.nextText()?.hasPrefix(#"{"id":7,"status":400,"error":{"code":-1020"#) == true)
      try await client.send(#"{"id":8,"method":"ping"}"#)
      #expect(try await client.nextText() == #"{"id":8,"status":200,"result":{}}"#)
      client.close()
    }
  }

  @Test func `A connection that has carried REST calls may still become a WebSocket`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      #expect(try await client.request("GET", "/api/v3/ping")?.status == 200)
      #expect(try await client.request("GET", "/api/v3/time")?.status == 200)
      #expect(try await client.upgrade("/ws-api/v3?returnRateLimits=false") == 101)
      try await client.send(#"{"id":8,"method":"ping"}"#)
      #expect(try await client.nextText() == #"{"id":8,"status":200,"result":{}}"#)
      client.close()
    }
  }

  @Test func `A socket without pongs and a socket past its life are closed by the venue`() async throws {
    try await Venue.run {
      $0.pingInterval = .milliseconds(10)
      $0.pongDeadline = .milliseconds(1000)
    } _: { venue in
      let client = try await WireClient.connect(venue.server)
      _ = try await client.upgrade("/ws")
      var pings = 0
      while let frame = await client.nextFrame() { if frame.opcode == 9 { pings += 1 } }
      #expect(pings > 0)
    }
    try await Venue.run {
      $0.connectionLife = .milliseconds(10)
    } _: { venue in
      let client = try await WireClient.connect(venue.server)
      _ = try await client.upgrade("/ws-api/v3")
      let frame = await client.nextFrame()
      #expect(frame?.opcode == 8)
      #expect(frame.map { Array($0.payload.prefix(2)) } == [0x03, 0xE9])
    }
  }

  @Test func `A shutdown notice comes without a subscription id`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      _ = try await client.upgrade("/ws-api/v3?returnRateLimits=false")
      try await venue.server.announceShutdown()
      #expect(try await client.nextText() == #"{"event":{"e":"serverShutdown","E":1763700000000}}"#)
      client.close()
    }
  }
}
