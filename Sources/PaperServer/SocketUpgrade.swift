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
      let names = Parameters(query: query, body: "")["streams"]?.split(separator: "/").map { $0.lowercased() } ?? []
      return .market(streams: names, wraps: true)
    default:
      guard path.hasPrefix("/ws/") else { return nil }
      return .market(streams: path.dropFirst("/ws/".count).split(separator: "/").map { $0.lowercased() }, wraps: false)
    }
  }

  static func upgrader(_ core: NIOLoopBound<VenueCore>) -> NIOWebSocketServerUpgrader {
    NIOWebSocketServerUpgrader(
      maxFrameSize: frameBytesMax,
      shouldUpgrade: { channel, head in
        let isKnown = target(of: head.uri) != nil
        let isRefused = core.value.world.faults.standingRefusal(at: core.value.now) != nil
        return channel.eventLoop.makeSucceededFuture(isKnown && !isRefused ? HTTPHeaders() : nil)
      },
      upgradePipelineHandler: { channel, head in
        channel.eventLoop.makeCompletedFuture { try install(core.value, channel, head) }
      })
  }

  private static func install(_ core: VenueCore, _ channel: any Channel, _ head: HTTPRequestHead) throws {
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
    try pipeline.addHandler(
      NIOWebSocketFrameAggregator(
        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: fragmentsMax, maxAccumulatedFrameSize: frameBytesMax))
    try pipeline.addHandler(
      WebSocketHandler(outlet: outlet, endpoint: endpoint, configuration: core.configuration))
  }
}
