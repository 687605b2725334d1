/// One market data connection: `/ws`, `/ws/<stream>`, `/stream?streams=…`, with SUBSCRIBE, UNSUBSCRIBE,
/// LIST_SUBSCRIPTIONS.
final class MarketSocket: WebSocketEndpoint {
  /// Streams of one connection (the venue's own limit).
  static let streamsMax = 1024

  private let core: VenueCore
  private let outlet: SocketOutlet
  private let wraps: Bool
  private var streams: [String]

  /// - Parameter wraps: `{"stream":…,"data":…}` around every message, as on `/stream`.
  init(core: VenueCore, outlet: SocketOutlet, streams: [String], wraps: Bool) {
    self.core = core
    self.outlet = outlet
    self.wraps = wraps
    self.streams = Array(streams.prefix(Self.streamsMax))
    core.register(self)
  }

  func ended() { core.unregister(self) }

  func publish(_ message: MarketTape.Message) {
    // `@depth20@100ms`, `@kline_5m` and the like get the plain stream's data.
    let stream = message.stream.lowercased()
    guard let name = streams.first(where: { Self.fits($0.lowercased(), stream) }) else { return }
    guard wraps else {
      outlet.send(text: message.body)
      return
    }
    outlet.send(
      text: JSONWriter.object { json in
        json.field("stream", name)
        json.field("data", raw: message.body)
      })
  }

  private static func fits(_ wanted: String, _ stream: String) -> Bool {
    wanted == stream || stream.hasSuffix("@depth") && wanted.hasPrefix(stream)
      || stream.hasSuffix("@kline_1m") && wanted.hasPrefix(stream.dropLast(2))
  }

  func receive(_ message: [UInt8]) {
    guard let request = JSONValue.parse(message), let method = request["method"]?.text else { return }
    let names = (request["params"]?.items ?? []).compactMap(\.text)
    var result: [UInt8] = Array("null".utf8)
    switch method {
    case "SUBSCRIBE":
      for name in names where !streams.contains(name) && streams.count < Self.streamsMax { streams.append(name) }
    case "UNSUBSCRIBE": streams.removeAll { names.contains($0) }
    case "LIST_SUBSCRIPTIONS": result = JSONWriter.array(streams) { $0.string($1) }
    default: return
    }
    outlet.send(
      text: JSONWriter.object { json in
        json.field("result", raw: result)
        json.field("id", raw: Array((request["id"] ?? .null).json.utf8))
      })
  }
}
