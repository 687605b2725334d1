import Binance
import Testing
import Trading
import Venue

/// Successful answers, by REST body or WebSocket API result.
struct SpotReplyDecoderTests {
  private let decoder = SpotReplyDecoder()

  private func body(_ name: String) throws -> ArraySlice<UInt8> { try Fixture("Spot/Replies/" + name).bytes[...] }

  private let entry = VenueCommand.placeEntry(
    EntryPlacement(symbol: "BTCUSDT", clientOrderID: "en-01J9Z1", side: .buy, type: .market, quantity: "0.001"))

  private let oco = VenueCommand.placeOCO(
    OCOPlacement(
      symbol: "BTCUSDT", listClientOrderID: "ol-01J9ZC", quantity: "0.00049",
      takeProfit: LegTerms(clientOrderID: "tp-01J9ZC", type: .takeProfit, triggerPrice: "60600"),
      stop: LegTerms(clientOrderID: "sl-01J9ZC", type: .stopLoss, triggerPrice: "59400")))

  @Test func `a full placement carries the order and its fills`() throws {
    let receipt = try decoder.receipt(for: entry, body("placement-full"))
    let order = try #require(receipt.orders.first)
    #expect(order.status == .filled)
    #expect(order.executedQuantity == "0.001")
    #expect(order.executedQuote == "60.005")
    #expect(order.averagePrice == "60005")
    #expect(order.createdAt == Timestamp(milliseconds: 1_763_700_001_009))
    #expect(order.orderListID == nil)
    #expect(receipt.fills.map(\.tradeID) == [56, 57])
    #expect(receipt.fills.map(\.commission) == ["0.0000005", "0.0000005"])
    #expect(receipt.fills.allSatisfy { $0.commissionAsset == "BTC" && $0.side == .buy && $0.orderKey == order.key })
  }

  @Test func `an ACK is completed from the command`() throws {
    let order = try #require(try decoder.receipt(for: entry, body("placement-ack")).orders.first)
    #expect(order.venueOrderID == 28)
    #expect(order.side == .buy)
    #expect(order.type == .market)
    #expect(order.quantity == "0.001")
    #expect(order.status == .new)
  }

  @Test(arguments: ["list-placement-oco", "list-placement-ack"])
  func `an order list's receipt holds both legs, by full reply and by ACK`(_ name: String) throws {
    let receipt = try decoder.receipt(for: oco, body(name))
    #expect(receipt.orderListID == 1931)
    #expect(receipt.orders.map(\.clientOrderID) == ["sl-01J9ZC", "tp-01J9ZC"])
    #expect(receipt.orders.map(\.type) == [.stopLoss, .takeProfit])
    #expect(receipt.orders.map(\.triggerPrice) == ["59400", "60600"])
    #expect(receipt.orders.map(\.quantity) == ["0.00049", "0.00049"])
    #expect(receipt.orders.allSatisfy { $0.status == .new && $0.side == .sell && $0.isWorking != true })
    #expect(receipt.orders.allSatisfy { $0.orderListID == 1931 })
  }

  @Test func `pending legs have no size yet and are pending`() throws {
    let receipt = try decoder.receipt(for: entry, body("list-placement-oto"))
    #expect(receipt.orders.map(\.status) == [.new, .pendingNew, .pendingNew])
    #expect(receipt.orders.map(\.quantity) == ["0.001", 0, 0])
    #expect(receipt.orders.map(\.isWorking) == [true, false, false])
  }

  @Test func `a cancel's receipt names the order by its own id`() throws {
    let cancel = VenueCommand.cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 3))
    let order = try #require(try decoder.receipt(for: cancel, body("cancel")).orders.first)
    #expect(order.clientOrderID == "tp-1")
    #expect(order.status == .canceled)
    #expect(order.createdAt == nil)
  }

  @Test func `cancelling one member answers with the whole list`() throws {
    let cancel = VenueCommand.cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 12))
    let receipt = try decoder.receipt(for: cancel, body("list-cancel"))
    #expect(receipt.orders.map(\.clientOrderID) == ["sl-01J9ZC", "tp-01J9ZC"])
    #expect(receipt.orders.allSatisfy { $0.status == .canceled })
  }

  @Test func `an amend answers with the shrunk order under its id`() throws {
    let amend = VenueCommand.amend(
      Amendment(symbol: "BTCUSDT", venueOrderID: 12, clientOrderID: "sl-01J9ZC", newQuantity: "0.0003"))
    let order = try #require(try decoder.receipt(for: amend, body("amend")).orders.first)
    #expect(order.clientOrderID == "sl-01J9ZC")
    #expect(order.quantity == "0.0003")
    #expect(order.updatedAt == Timestamp(milliseconds: 1_763_700_060_354))
  }

  @Test func `a query shows an order`() throws {
    let order = try decoder.order(body("order-query"))
    #expect(order.type == .stopLossLimit)
    #expect(order.triggerPrice == "57000")
    #expect(order.price == "56900")
    #expect(order.isWorking == false)
    #expect(order.orderListID == 1929)
    #expect(order.createdAt == Timestamp(milliseconds: 1_763_700_004_009))
  }

  @Test func `an unknown executed value falls back to the limit price`() throws {
    let text = try Fixture("Spot/Replies/order-query").text
      .replacing(
        #""executedQty":"0.00000000","cummulativeQuoteQty":"0.00000000""#,
        with: #""executedQty":"2","cummulativeQuoteQty":"-1""#)
    #expect(try decoder.order(bytes(text)[...]).executedQuote == "113800")
  }

  @Test func `trades, lists, prices, time, subscriptions`() throws {
    let fill = try #require(try decoder.trades(body("my-trades")).first)
    #expect(fill.tradeID == 28_457)
    #expect(fill.side == .buy)
    #expect(fill.quote == "30")
    let list = try #require(try decoder.orderLists(body("open-order-lists")).first)
    #expect(list.orderListID == 31)
    #expect(!list.isDone)
    #expect(list.members.map(\.venueOrderID) == [4, 5])
    #expect(try decoder.prices(body("prices")) == ["BTCUSDT": "60010.01", "ETHUSDT": "3000.5"])
    #expect(try decoder.prices(body("price")) == ["BTCUSDT": "60010.01"])
    #expect(try decoder.time(body("time")) == Timestamp(milliseconds: 1_763_700_000_000))
    #expect(try decoder.subscriptions(bytes(#"[{"subscriptionId":3},{"subscriptionId":4}]"#)[...]) == [3, 4])
    #expect(try decoder.orders(bytes("[]")[...]).isEmpty)
  }

  @Test func `an account lists balances and whether it may trade`() throws {
    let account = try decoder.account(body("account"))
    #expect(account.canTrade)
    #expect(account.userID == 354_937_868)
    #expect(account.balances == [Balance(asset: "BTC", free: "0.000999"), Balance(asset: "USDT", free: "939.995")])
  }

  @Test func `the instrument carries every filter that limits us`() throws {
    let info = try decoder.exchangeInfo(body("exchange-info"))
    let instrument = try #require(info.instruments.first)
    var filters = InstrumentFilters()
    (filters.tickSize, filters.priceMin, filters.priceMax) = ("0.01", "0.01", "1000000")
    (filters.stepSize, filters.quantityMin, filters.quantityMax) = ("0.00001", "0.00001", "9000")
    filters.marketQuantityMax = "120"
    (filters.notionalMin, filters.notionalMax) = ("5", "9000000")
    (filters.bidMultiplierUp, filters.bidMultiplierDown) = ("1.2", "0.5")
    (filters.askMultiplierUp, filters.askMultiplierDown) = ("2", "0.8")
    (filters.ordersMax, filters.algoOrdersMax, filters.orderListsMax, filters.amendsMax) = (200, 5, 20, 10)
    #expect(instrument.filters == filters)
    #expect(instrument.base == "BTC" && instrument.quote == "USDT" && instrument.status == .trading)
    #expect(instrument.supports(.stopLoss) && instrument.allowsOCO && instrument.allowsAmend)
    #expect(info.rateLimits.first { $0.isMinuteWeight }?.limit == 6000)
    #expect(info.rateLimits.count == 4)
    #expect(info.unreadableSymbols == 0)
  }

  @Test func `one unreadable symbol does not hide the others (ST20)`() throws {
    let text = try Fixture("Spot/Replies/exchange-info").text
      .replacing(#""symbols":["#, with: #""symbols":[{"symbol":"ODDUSDT","status":7},"#)
      .replacing(#"{"filterType":"ICEBERG_PARTS","limit":100}"#, with: #"{"filterType":"FRESH","x":[{"y":1}]}"#)
    let info = try decoder.exchangeInfo(bytes(text)[...])
    #expect(info.instruments.map(\.symbol) == ["BTCUSDT"])
    #expect(info.unreadableSymbols == 1)
  }

  @Test(arguments: ["", "{}", "[]", "null", "<html>busy</html>", #"{"code":-1000,"msg":"x"}"#])
  func `what is no answer is refused, never read as empty`(_ text: String) {
    #expect(throws: MalformedMessage.self) { try decoder.receipt(for: entry, bytes(text)[...]) }
    #expect(throws: MalformedMessage.self) { try decoder.account(bytes(text)[...]) }
    #expect(throws: MalformedMessage.self) { try decoder.order(bytes(text)[...]) }
    #expect(throws: MalformedMessage.self) { try decoder.exchangeInfo(bytes(text)[...]) }
  }
}
