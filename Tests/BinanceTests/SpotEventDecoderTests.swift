import Binance
import Foundation
import TestSupport
import Testing
import Trading
import Venue

/// User-data events of Spot as venue-neutral facts.
struct SpotEventDecoderTests {
  private let decoder = SpotEventDecoder()

  private func update(_ name: String) throws -> OrderUpdate {
    try update(Fixture("Spot/Events/" + name).bytes)
  }

  private func update(_ message: [UInt8]) throws -> OrderUpdate {
    guard case .order(let update) = try decoder.decode(message) else { throw MalformedMessage(.missingField("order")) }
    return update
  }

  @Test func `a partial fill carries the order's whole state and the fill`() throws {
    let update = try update("order-partial-fill")
    let expected = Order(
      symbol: "BTCUSDT", venueOrderID: 4_293_153, clientOrderID: "en-01J9Z1", side: .buy, type: .limit,
      status: .partiallyFilled, price: "60000", quantity: "0.001", executedQuantity: "0.0004", executedQuote: "24",
      isWorking: true, createdAt: Timestamp(milliseconds: 1_763_700_001_009),
      updatedAt: Timestamp(milliseconds: 1_763_700_002_009))
    #expect(update.order == expected)
    #expect(
      update.fill
        == Fill(
          symbol: "BTCUSDT", tradeID: 77_517, venueOrderID: 4_293_153, side: .buy, price: "60000", quantity: "0.0004",
          commission: "0.0000004", commissionAsset: "BTC", isMaker: true,
          venueTime: Timestamp(milliseconds: 1_763_700_002_009)))
    #expect(update.execution == .trade)
    #expect(update.executionID == 8_641_990)
    #expect(update.eventTime == Timestamp(milliseconds: 1_763_700_002_010))
    #expect(update.requestClientOrderID == nil)
    #expect(update.rejectReason == nil)
  }

  @Test func `a new order has no fill`() throws {
    let update = try update("order-new")
    #expect(update.execution == .new)
    #expect(update.fill == nil)
    #expect(update.order.orderListID == nil)
  }

  @Test func `a cancelled order keeps its own id and the cancel's id stands apart`() throws {
    let update = try update("order-canceled")
    #expect(update.order.clientOrderID == "en-01J9Z1")
    #expect(update.requestClientOrderID == "cx-01J9Z2")
    #expect(update.order.status == .canceled)
    #expect(update.order.executedQuantity == "0.0004")
  }

  @Test func `an amended order goes by its new id`() throws {
    let update = try update("order-amended")
    #expect(update.execution == .replaced)
    #expect(update.order.clientOrderID == "q8Zk0nP1")
    #expect(update.requestClientOrderID == nil)
    #expect(update.order.quantity == "0.0005")
    #expect(update.order.status == .new)
  }

  @Test func `a sibling that expired says which list and why`() throws {
    let update = try update("order-expired-sibling")
    #expect(update.order.orderListID == 1929)
    #expect(update.order.expiryReason == "OCO_TRIGGER")
    #expect(update.order.status == .expired)
  }

  @Test func `self-trade prevention takes quantity away without a fill`() throws {
    let update = try update("order-self-trade-prevented")
    #expect(update.execution == .tradePrevention)
    #expect(update.order.status == .expiredInMatch)
    #expect(update.order.preventedQuantity == "3")
    #expect(update.fill == nil)
  }

  @Test func `a resting stop is not working`() throws {
    let order = try update("order-stop-resting").order
    #expect(order.isWorking == false)
    #expect(order.triggerPrice == "57000")
    #expect(order.type == .stopLoss)
  }

  @Test func `a symbol may be any text (ST18)`() throws {
    let update = try update("order-filled-unicode-symbol")
    #expect(update.order.symbol == "这是测试币456")
    #expect(update.fill?.commissionAsset == "这是测试币")
  }

  @Test func `a list status names its members`() throws {
    let event = try decoder.decode(Fixture("Spot/Events/list-status").bytes)
    let expected = OrderListUpdate(
      symbol: "BTCUSDT", orderListID: 1929, listClientOrderID: "ol-01J9Z3", contingency: "OCO", isDone: true,
      members: [
        OrderListUpdate.Member(venueOrderID: 4_293_159, clientOrderID: "sl-01J9Z3"),
        OrderListUpdate.Member(venueOrderID: 4_293_160, clientOrderID: "tp-01J9Z3"),
      ], at: Timestamp(milliseconds: 1_763_700_009_009))
    #expect(event == .orderList(expected))
  }

  @Test func `balances are absolute, changes are signed`() throws {
    let balances = try decoder.decode(Fixture("Spot/Events/account-position").bytes)
    #expect(
      balances
        == .balances(
          [
            Balance(asset: "BTC", free: "0.0003996"), Balance(asset: "USDT", free: "940", locked: "36"),
            Balance(asset: "BNB", free: 0),
          ], at: Timestamp(milliseconds: 1_763_700_002_009)))
    #expect(
      try decoder.decode(Fixture("Spot/Events/balance-update").bytes)
        == .balanceChange("BTC", by: "0.1", at: Timestamp(milliseconds: 1_763_700_010_068)))
    #expect(
      try decoder.decode(Fixture("Spot/Events/external-lock-update").bytes)
        == .externalLock("NEO", by: "10", at: Timestamp(milliseconds: 1_763_700_011_268)))
  }

  @Test(arguments: ["event-stream-terminated", "server-shutdown"])
  func `events about the connection decide nothing in the account`(_ name: String) throws {
    guard case .unknown = try decoder.decode(Fixture("Spot/Frames/" + name).bytes) else {
      Issue.record("\(name) became an account event")
      return
    }
  }

  @Test func `microseconds are told by the option`() throws {
    let text = try Fixture("Spot/Events/order-new").text.replacing("1763700001009", with: "1763700001009123")
    guard case .order(let update) = try SpotEventDecoder(timeUnit: .microseconds).decode(bytes(text)) else { return }
    #expect(update.order.updatedAt.microseconds == 1_763_700_001_009_123)
  }

  @Test func `the bare event without its envelope is read too`() throws {
    let text = try Fixture("Spot/Events/order-new").text
    let bare = bytes(String(text.dropFirst(#"{"subscriptionId":0,"event":"#.count).dropLast()))
    #expect(try decoder.decode(bare) == decoder.decode(bytes(text)))
  }

  @Test func `the order of keys does not matter`() throws {
    let text = try Fixture("Spot/Events/order-partial-fill").text
    let moved = text.replacing(#""e":"executionReport","#, with: "").replacing(
      #"}}"#, with: #","e":"executionReport"}}"#)
    #expect(try decoder.decode(bytes(moved)) == decoder.decode(bytes(text)))
  }
}

/// What the venue may change without telling us (ST20, ST21).
struct SpotEventToleranceTests {
  private let decoder = SpotEventDecoder()

  private func changed(_ old: String, _ new: String) throws -> [UInt8] {
    let text = try Fixture("Spot/Events/order-partial-fill").text
    #expect(text.contains(old))
    return bytes(text.replacing(old, with: new))
  }

  private func update(_ message: [UInt8]) throws -> OrderUpdate {
    guard case .order(let update) = try decoder.decode(message) else { throw MalformedMessage(.missingField("order")) }
    return update
  }

  @Test func `new fields of any shape are passed over`() throws {
    let message = try changed(#""M":true"#, #""M":true,"zz":{"a":[1,{"b":null}]},"é":"x","\u0041":1e9"#)
    #expect(try update(message) == update(Fixture("Spot/Events/order-partial-fill").bytes))
  }

  @Test func `unknown words are kept as they came`() throws {
    #expect(try update(changed(#""X":"PARTIALLY_FILLED""#, #""X":"FROZEN""#)).order.status == .unknown("FROZEN"))
    #expect(try update(changed(#""x":"TRADE""#, #""x":"CALCULATED""#)).execution == .unknown("CALCULATED"))
    #expect(try update(changed(#""o":"LIMIT""#, #""o":"PEGGED""#)).order.type == .unknown("PEGGED"))
    #expect(try update(changed(#""f":"GTC""#, #""f":"GTX""#)).order.timeInForce == .unknown("GTX"))
    #expect(try update(changed(#""r":"NONE""#, #""r":"OCO_BAD_PRICES""#)).rejectReason == "OCO_BAD_PRICES")
  }

  @Test func `an unknown type of event is named and decides nothing`() throws {
    let message = bytes(#"{"subscriptionId":0,"event":{"e":"gridUpdate","E":1,"x":[{}]}}"#)
    #expect(try decoder.decode(message) == .unknown(type: "gridUpdate"))
  }

  @Test func `an integer in quotes is read`() throws {
    let message = try changed(#""E":1763700002010"#, #""E":"1763700002010""#)
    #expect(try update(message).eventTime == Timestamp(milliseconds: 1_763_700_002_010))
  }

  @Test func `a side that is neither BUY nor SELL is refused`() throws {
    let message = try changed(#""S":"BUY""#, #""S":"HOLD""#)
    #expect { try decoder.decode(message) } throws: { ($0 as? MalformedMessage)?.reason == .unknownSide }
  }

  @Test func `a letter that comes twice is refused`() throws {
    let message = try changed(#""z":"0.00040000""#, #""z":"0.00040000","z":"0.00100000""#)
    #expect { try decoder.decode(message) } throws: { ($0 as? MalformedMessage)?.reason == .duplicateKey }
  }

  @Test(arguments: ["s", "c", "S", "o", "f", "q", "x", "X", "i", "z", "T"])
  func `a report without a field that it cannot do without is refused by name`(_ field: String) throws {
    let text = try Fixture("Spot/Events/order-partial-fill").text
    let message = bytes(text.replacing("\"\(field)\":", with: "\"zz\":"))
    #expect { try decoder.decode(message) } throws: { ($0 as? MalformedMessage)?.reason == .missingField(field) }
  }

  @Test func `truncated and mutated events are read or refused and never trap, over 30 000 cases`() {
    var random = SeededGenerator(seed: 20)
    let events = Fixture.all("Spot/Events").map(\.bytes)
    for message in events {
      for length in 0..<message.count {
        #expect(throws: MalformedMessage.self) { try decoder.decode(Array(message[..<length])) }
      }
    }
    for _ in 0..<30_000 {
      var message = events.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        message[Int.random(in: message.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      _ = try? decoder.decode(message)
    }
  }
}
