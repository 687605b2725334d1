import NIOCore
import NIOHTTP1
import NIOWebSocket
import PaperVenue

/// Which WebSocket paths exist and what is put behind each.
enum SocketUpgrade {
  /// The venue reads small requests only.
  static let frameBytesMax = 1 << 16
  static let fragmentsMax = 64

  enum Target {
    case userAPI
    case market(streams: [String], wraps: Bool)
  }

  static func target(of uri: String) -> Target? {
    let (path, query) = HTTPHandler.split(uri)
    switch path {
    case "/ws-api/v3": return .userAPI
    case "/ws", "/ws/": return .market(streams: [], wraps: false)
    case "/stream", "/stream/":
      let names = Parameters(query: query, body: "")["streams"]?.split(separator: "/").map(String.init) ?? []
      return .market(streams: names, wraps: true)
    default:
      guard path.hasPrefix("/ws/") else { return nil }
      return .market(streams: path.dropFirst("/ws/".count).split(separator: "/").map(String.init), wraps: false)
    }
  }

  /// The request asks for a WebSocket that exists.
  static func isWanted(_ head: HTTPRequestHead) -> Bool {
    let wants = head.headers[canonicalForm: "Upgrade"].contains { $0.lowercased() == "websocket" }
    return wants && head.method == .GET && target(of: head.uri) != nil
  }

  /// Makes the answer to a handshake (RFC 6455 §4.2.2); it refuses what is none.
  static let upgrader = NIOWebSocketServerUpgrader(
    shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
    upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })

  /// Puts the frame codec and the path's endpoint into a connection whose handshake was answered.
  static func install(_ core: VenueCore, _ channel: any Channel, _ head: HTTPRequestHead) throws {
    guard let target = target(of: head.uri) else { return }
    let outlet = SocketOutlet(channel)
    let endpoint: any WebSocketEndpoint
    switch target {
    case .userAPI:
      // A refused connection is one that is cut as soon as it stands.
      guard let connection = core.world.connect(at: core.now) else {
        outlet.cut()
        return
      }
      _ = core.world.meter?.charge(2, at: core.now)
      let parameters = Parameters(query: HTTPHandler.split(head.uri).query, body: "")
      endpoint = UserSocket(
        core: core, connection: connection, outlet: outlet,
        returnsRateLimits: parameters["returnRateLimits"] != "false")
    case .market(let streams, let wraps):
      endpoint = MarketSocket(core: core, outlet: outlet, streams: streams, wraps: wraps)
    }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers(
      WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: frameBytesMax)),
      WebSocketProtocolErrorHandler())
    try pipeline.addHandler(
      NIOWebSocketFrameAggregator(
        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: fragmentsMax, maxAccumulatedFrameSize: frameBytesMax))
    try pipeline.addHandler(
      WebSocketHandler(outlet: outlet, endpoint: endpoint, configuration: core.configuration))
  }
}
