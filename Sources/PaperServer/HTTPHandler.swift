import NIOCore
import NIOHTTP1
import NIOWebSocket
import PaperVenue

/// One HTTP/1.1 connection: collects a request, gives it to the venue, writes the answer. Requests of one connection
/// come one at a time, because the pipeline in front holds the next back. Any of them may become a WebSocket: clients
/// upgrade connections that have carried REST calls before, which NIO's own upgrade handler refuses after the first.
final class HTTPHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// Largest request body. Orders are a few hundred bytes; fault scripts a few thousand.
  static let bodyBytesMax = 1 << 20

  private let core: VenueCore
  private let isLoopback: Bool
  /// The HTTP codec in front; it goes when the connection becomes a WebSocket, the decoder last with what it has not
  /// read.
  private let transport: [any RemovableChannelHandler]
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  private init(core: VenueCore, isLoopback: Bool, transport: [any RemovableChannelHandler]) {
    self.core = core
    self.isLoopback = isLoopback
    self.transport = transport
  }

  /// Puts the HTTP codec and a handler into an accepted connection.
  static func install(_ core: VenueCore, isLoopback: Bool, in pipeline: ChannelPipeline.SynchronousOperations) throws {
    let encoder = HTTPResponseEncoder()
    let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
    let pipelining = HTTPServerPipelineHandler()
    let errors = HTTPServerProtocolErrorHandler()
    let handler = HTTPHandler(core: core, isLoopback: isLoopback, transport: [pipelining, errors, encoder, decoder])
    try pipeline.addHandlers(encoder, decoder, pipelining, errors, handler)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let buffer):
      guard body.count + buffer.readableBytes <= Self.bodyBytesMax else {
        context.close(promise: nil)
        return
      }
      body += buffer.readableBytesView
    case .end:
      guard let head else { return }
      self.head = nil
      if SocketUpgrade.isWanted(head), core.world.faults.standingRefusal(at: core.now) == nil {
        upgrade(head, context: context)
      } else {
        handle(head, context: context)
      }
    }
  }

  private func handle(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    let (path, query) = Self.split(head.uri)
    let authorization = head.headers.first(name: "Authorization")
    let call = HTTPCall(
      method: head.method.rawValue, path: path, query: query, body: String(decoding: body, as: UTF8.self),
      apiKey: head.headers.first(name: "X-MBX-APIKEY"),
      bearer: authorization.flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }, isLoopback: isLoopback)
    let channel = context.channel
    let keepsAlive = head.isKeepAlive
    core.handle(call) { outcome in
      switch outcome {
      case .answer(let answer): Self.write(answer, to: channel, version: head.version, keepsAlive: keepsAlive)
      case .silence: break
      case .close: channel.close(promise: nil)
      }
    }
  }

  private func upgrade(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    let channel = context.channel
    let headers: HTTPHeaders = ["Connection": "Upgrade", "Upgrade": "websocket"]
    let response = SocketUpgrade.upgrader.buildUpgradeResponse(
      channel: channel, upgradeRequest: head, initialResponseHeaders: headers)
    response.assumeIsolated().whenComplete { result in
      guard case .success(let headers) = result else {
        Self.write(
          HTTPAnswer(status: 400, contentType: "text/plain", body: Array("bad WebSocket request".utf8)), to: channel,
          version: head.version, keepsAlive: false)
        return
      }
      let accepted = HTTPResponseHead(version: head.version, status: .switchingProtocols, headers: headers)
      channel.write(HTTPServerResponsePart.head(accepted), promise: nil)
      channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
      let pipeline = channel.pipeline.syncOperations
      pipeline.removeHandler(self, promise: nil)
      do {
        try SocketUpgrade.install(self.core, channel, head)
      } catch {
        channel.close(promise: nil)
      }
      for handler in self.transport { pipeline.removeHandler(handler, promise: nil) }
    }
  }

  /// Path and query of a request target.
  static func split(_ target: String) -> (path: String, query: String) {
    guard let mark = target.firstIndex(of: "?") else { return (target, "") }
    return (String(target[..<mark]), String(target[target.index(after: mark)...]))
  }

  private static func write(_ answer: HTTPAnswer, to channel: any Channel, version: HTTPVersion, keepsAlive: Bool) {
    var headers = HTTPHeaders()
    headers.add(name: "Content-Type", value: answer.contentType)
    headers.add(name: "Content-Length", value: String(answer.body.count))
    if !keepsAlive { headers.add(name: "Connection", value: "close") }
    for header in answer.headers { headers.add(name: header.name, value: header.value) }
    let head = HTTPResponseHead(
      version: version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
    var buffer = channel.allocator.buffer(capacity: answer.body.count)
    buffer.writeBytes(answer.body)
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    channel.write(HTTPServerResponsePart.body(.byteBuffer(buffer)), promise: nil)
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
      if !keepsAlive { channel.close(promise: nil) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
