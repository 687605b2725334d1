import Binance
import EventLoop
import PaperServer
import RESTClient
import Signing
import Trading
import Venue

/// A small trading bot with a key of its own on the guarded account. It knows nothing of Backstop and protects nothing.
final class Bot: Sendable {
  private let transport: HTTPTransport
  private let requests: SpotRequests

  init(_ venue: VenueServer) throws {
    guard let key = venue.credentials.first(where: { $0.label == "bot" }) else {
      throw CommandFailure(.software, "the paper venue has no key for the bot")
    }
    let signing = try SigningKey.make(key.algorithm, key.secret)
    transport = try HTTPTransport(
      origin: HTTPOrigin("https://\(venue.tls.host):\(venue.tls.port)"),
      configuration: HTTPTransportConfiguration(caFile: venue.caFile))
    requests = SpotRequests(
      credential: RequestCredential(apiKey: key.apiKey, kind: .hmac) { try signing.sign($0) })
  }

  deinit { transport.stop() }

  /// Ends its connections. A venue that stopped first would wait for the bot's goodbye.
  func close() {
    transport.stop()
  }

  /// Buys at market.
  func buy(_ quantity: FixedDecimal, of symbol: Symbol, named name: String) async throws -> Order {
    try await place(
      EntryPlacement(
        symbol: symbol, clientOrderID: ClientOrderID(name), side: .buy, type: .market, quantity: quantity))
  }

  // A struct and not four values: the compiler (Swift 6.3.1) miscompiles asynchronous functions whose arguments,
  // 128-bit ones among them, do not fit into registers: they return to address 0.
  func place(_ entry: EntryPlacement) async throws -> Order {
    let now = Timestamp(microseconds: WallClock.system.nowMicroseconds)
    let command = VenueCommand.placeEntry(entry)
    let request = try requests.request(.command(command), at: now)
    let result = await transport.perform(request, deadline: .seconds(5))
    switch SpotOutcomes().outcome(of: command, SpotAnswer(result), at: now) {
    case .accepted(let receipt):
      guard let order = receipt.orders.first else { throw CommandFailure(.software, "the venue accepted no order") }
      return order
    case .rejected(let rejection):
      throw CommandFailure(.software, "the venue rejected the bot's order: \(rejection.code) \(rejection.message)")
    case .ambiguous(let reason): throw CommandFailure(.unavailable, "the bot's order has no answer: \(reason)")
    }
  }
}
