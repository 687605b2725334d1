import Binance
import TestSupport
import Testing
import Trading
import Venue

/// Every reader against damaged input: it reads or refuses, and never traps (ST21).
struct MutationTests {
  private let command = VenueCommand.placeOCO(
    OCOPlacement(
      symbol: "BTCUSDT", listClientOrderID: "ol-01J9ZC", quantity: "0.00049",
      takeProfit: LegTerms(clientOrderID: "tp-01J9ZC", type: .takeProfit, triggerPrice: "60600"),
      stop: LegTerms(clientOrderID: "sl-01J9ZC", type: .stopLoss, triggerPrice: "59400")))

  private func readEverything(_ message: [UInt8]) {
    let decoder = SpotReplyDecoder()
    var dialect = SpotStreamDialect(credential: RequestCredential(apiKey: "k", kind: .hmac) { _ in "s" })
    _ = dialect.receive(message)
    _ = try? SpotEventDecoder().decode(message)
    let body = message[...]
    _ = try? decoder.receipt(for: command, body)
    _ = try? decoder.orders(body)
    _ = try? decoder.order(body)
    _ = try? decoder.trades(body)
    _ = try? decoder.account(body)
    _ = try? decoder.exchangeInfo(body)
    _ = try? decoder.orderLists(body)
    _ = try? decoder.prices(body)
    _ = try? decoder.time(body)
    _ = try? decoder.subscriptions(body)
    _ = try? SpotRefusal(body)
  }

  @Test func `8 000 damaged messages are read or refused by every reader`() {
    var random = SeededGenerator(seed: 22)
    let messages = Fixture.all("Spot").map(\.bytes)
    let spices: [UInt8] = Array("{}[]\",:\\-.e0n".utf8) + [0x00, 0x80, 0xE4, 0xFF]
    for _ in 0..<8000 {
      var message = messages.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) where !message.isEmpty {
        let place = Int.random(in: message.indices, using: &random)
        switch Int.random(in: 0...4, using: &random) {
        case 0: message[place] = spices.randomElement(using: &random) ?? 0
        case 1: message.insert(spices.randomElement(using: &random) ?? 0, at: place)
        case 2: message.remove(at: place)
        case 3: message.removeSubrange(place..<min(message.count, place + 40))
        default: message.removeSubrange(place...)
        }
      }
      readEverything(message)
    }
  }

  @Test func `absurd numbers saturate or are refused and never trap`() {
    for number in ["-9223372036854775808", "9223372036854775807", "99999999999999999999", "-1", "0"] {
      let text =
        #"{"subscriptionId":\#(number),"event":{"e":"executionReport","E":\#(number),"s":"A","c":"b","S":"BUY","#
        + #""o":"LIMIT","f":"GTC","q":"999999999999999999","p":"999999999999999999","C":"","x":"TRADE","X":"NEW","r":"NONE","#
        + #""i":\#(number),"l":"1","z":"999999999999999999","L":"999999999999999999","n":"1","N":"X","T":\#(number),"#
        + #""t":\#(number),"I":\#(number),"O":\#(number),"Z":"999999999999999999"}}"#
      readEverything(bytes(text))
      readEverything(
        bytes(
          #"{"id":\#(number),"status":\#(number),"error":{"code":\#(number),"msg":"m","data":{"retryAfter":\#(number)}}}"#
        ))
      readEverything(
        bytes(
          #"{"id":1,"status":200,"rateLimits":[{"rateLimitType":"X","interval":"DAY","intervalNum":\#(number),"limit":\#(number)}]}"#
        ))
    }
  }
}
