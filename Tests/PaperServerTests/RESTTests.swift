import PaperServer
import PaperVenue
import Testing
import Trading

struct RESTTests {
  @Test func `Public reads answer in the venue's formats over verified TLS`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      let time = try #require(try await client.request("GET", "/api/v3/time"))
      #expect(time.body == #"{"serverTime":1763700000000}"#)
      #expect(time.headers["x-mbx-used-weight-1m"] == "1")
      let price = try #require(try await client.request("GET", "/api/v3/ticker/price?symbol=BTCUSDT"))
      #expect(price.body == #"{"symbol":"BTCUSDT","price":"60000.00000000"}"#)
      let info = try #require(try await client.request("GET", "/api/v3/exchangeInfo?symbol=ETHUSDT"))
      #expect(info.body.contains(#""filterType":"LOT_SIZE","minQty":"0.00010000""#))
      let unknown = try #require(try await client.request("GET", "/api/v3/exchangeInfo?symbol=NOPE"))
      #expect(unknown.status == 400)
      #expect(unknown.body == #"{"code":-1121,"msg":"Invalid symbol."}"#)
      client.close()
    }
  }

  @Test func `A market order signed with HMAC or Ed25519 answers FULL, in query or body`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001&newClientOrderId="
      let first = try #require(
        try await client.signed("POST", "/api/v3/order", order + "en1", venue.hmac, at: Venue.time))
      #expect(first.status == 200)
      #expect(
        first.body
          == #"{"symbol":"BTCUSDT","orderId":1,"orderListId":-1,"clientOrderId":"en1","transactTime":1763700000000,"price":"0.00000000","origQty":"0.00100000","executedQty":"0.00100000","cummulativeQuoteQty":"60.00000000","status":"FILLED","timeInForce":"GTC","type":"MARKET","side":"BUY","origQuoteOrderQty":"0.00000000","workingTime":1763700000000,"selfTradePreventionMode":"EXPIRE_MAKER","fills":[{"price":"60000.00000000","qty":"0.00100000","commission":"0.00000100","commissionAsset":"BTC","tradeId":1}]}"#
      )
      #expect(first.headers["x-mbx-order-count-10s"] != nil)
      let second = try #require(
        try await client.signed("POST", "/api/v3/order", order + "en2", venue.ed25519, at: Venue.time, inBody: true))
      #expect(second.status == 200)
      let account = try #require(
        try await client.signed("GET", "/api/v3/account", "omitZeroBalances=true", venue.hmac, at: Venue.time))
      #expect(account.body.contains(#"{"asset":"BTC","free":"0.00199800","locked":"0.00000000"}"#))
      let trades = try #require(
        try await client.signed("GET", "/api/v3/myTrades", "symbol=BTCUSDT", venue.hmac, at: Venue.time))
      #expect(trades.body.contains(#""id":2,"orderId":2"#))
      client.close()
    }
  }

  @Test func `A bad signature, key, time or parameter is refused with the venue's code and nothing happens`()
    async throws
  {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      let key = ["X-MBX-APIKEY: \(venue.hmac.apiKey)"]
      let path = "/api/v3/account?timestamp=\(Venue.time.milliseconds)"
      let cases: [(WireClient.Response?, Int, Int)] = [
        (try await client.request("GET", path), 401, -2014),
        (try await client.request("GET", path, headers: ["X-MBX-APIKEY: nobody"]), 401, -2015),
        (try await client.request("GET", path, headers: key), 400, -1102),
        (try await client.request("GET", path + "&signature=00", headers: key), 400, -1022),
        (
          try await client.signed(
            "GET", "/api/v3/account", "", venue.hmac, at: Timestamp(milliseconds: Venue.time.milliseconds - 5001)),
          400, -1021
        ),
        (
          try await client.signed(
            "GET", "/api/v3/account", "", venue.hmac, at: Timestamp(milliseconds: Venue.time.milliseconds + 1000)),
          400, -1021
        ),
        (
          try await client.signed("GET", "/api/v3/account", "recvWindow=60001", venue.hmac, at: Venue.time), 400,
          -1131
        ),
        (
          try await client.signed(
            "POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1e-05", venue.hmac, at: Venue.time),
          400, -1100
        ),
        (
          try await client.signed(
            "POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=5", venue.hmac,
            at: Venue.time), 400, -1102
        ),
        (
          try await client.signed(
            "POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.00001", venue.hmac,
            at: Venue.time), 400, -1013
        ),
        (
          try await client.signed("GET", "/api/v3/order", "symbol=BTCUSDT&orderId=7", venue.hmac, at: Venue.time), 400,
          -2013
        ),
        (
          try await client.signed("DELETE", "/api/v3/order", "symbol=BTCUSDT&orderId=7", venue.hmac, at: Venue.time),
          400, -2011
        ),
      ]
      for (response, status, code) in cases {
        #expect(response?.status == status)
        #expect(response?.body.hasPrefix("{\"code\":\(code),") == true, "\(response?.body ?? "closed")")
      }
      let orders = try await venue.server.exchange().orders(of: "main", "BTCUSDT")
      #expect(orders.isEmpty)
      client.close()
    }
  }

  @Test func `An OCO over REST lists, queries, amends and cancels`() async throws {
    try await Venue.run { venue in
      try await venue.server.withWorld { world, now in
        world.configure { _ = $0.adjust("main", "BTC", by: "1", at: now) }
      }
      let client = try await WireClient.connect(venue.server)
      let oco =
        "symbol=BTCUSDT&side=SELL&quantity=0.5&aboveType=TAKE_PROFIT&aboveStopPrice=61000&aboveClientOrderId=tp"
        + "&belowType=STOP_LOSS&belowStopPrice=59000&belowClientOrderId=sl&listClientOrderId=list"
      let placed = try #require(
        try await client.signed("POST", "/api/v3/orderList/oco", oco, venue.hmac, at: Venue.time))
      #expect(placed.status == 200)
      #expect(
        placed.body.hasPrefix(
          #"{"orderListId":1,"contingencyType":"OCO","listStatusType":"EXEC_STARTED","listOrderStatus":"EXECUTING","listClientOrderId":"list","transactionTime":1763700000000,"symbol":"BTCUSDT","orders":[{"symbol":"BTCUSDT","orderId":1,"clientOrderId":"sl"},{"symbol":"BTCUSDT","orderId":2,"clientOrderId":"tp"}],"orderReports":[{"symbol":"BTCUSDT","orderId":1,"orderListId":1,"clientOrderId":"sl""#
        ))
      let amended = try #require(
        try await client.signed(
          "PUT", "/api/v3/order/amend/keepPriority",
          "symbol=BTCUSDT&origClientOrderId=sl&newQty=0.4&newClientOrderId=sl", venue.hmac, at: Venue.time))
      #expect(amended.status == 200)
      #expect(amended.body.contains(#""qty":"0.40000000""#))
      let ledger = try #require(try await venue.server.exchange().ledger(of: "main", "BTCUSDT"))
      #expect(ledger.stopCoverage == "0.4")
      #expect(ledger.baseLocked == "0.4")
      let list = try #require(
        try await client.signed("GET", "/api/v3/orderList", "origClientOrderId=list", venue.hmac, at: Venue.time))
      #expect(!list.body.contains("orderReports"))
      let canceled = try #require(
        try await client.signed(
          "DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=tp", venue.hmac, at: Venue.time))
      #expect(canceled.body.contains(#""listOrderStatus":"ALL_DONE""#))
      client.close()
    }
  }

  @Test func `The retired listenKey, unknown paths and the start-up stubs answer as clients expect`() async throws {
    try await Venue.run { venue in
      let client = try await WireClient.connect(venue.server)
      #expect(try await client.request("POST", "/api/v3/userDataStream")?.status == 410)
      #expect(try await client.request("GET", "/api/v3/nothing")?.status == 404)
      #expect(try await client.request("GET", "/sapi/v1/capital/config/getall")?.body == "[]")
      #expect(try await client.request("GET", "/admin/ledger")?.status == 404)
      client.close()
    }
  }
}
