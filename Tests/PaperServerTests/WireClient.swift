import NIOCore
import NIOPosix
import NIOSSL
import PaperServer
import Signing
import Trading

/// A client of raw bytes over TLS: HTTP/1.1 and WebSocket as a stranger to the server's own code would speak them.
final class WireClient {
  struct Response {
    let status: Int
    let headers: [String: String]
    let body: String
  }

  private let channel: any Channel
  private var incoming: AsyncStream<[UInt8]>.Iterator
  private var buffer: [UInt8] = []
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private final class Collector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let sink: AsyncStream<[UInt8]>.Continuation
    init(_ sink: AsyncStream<[UInt8]>.Continuation) { self.sink = sink }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      sink.yield(Array(unwrapInboundIn(data).readableBytesView))
    }
    func channelInactive(context: ChannelHandlerContext) { sink.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      sink.finish()
      context.close(promise: nil)
    }
  }

  private init(channel: any Channel, stream: AsyncStream<[UInt8]>) {
    self.channel = channel
    incoming = stream.makeAsyncIterator()
  }

  static func connect(_ server: VenueServer, plain: Bool = false) async throws -> WireClient {
    let (stream, sink) = AsyncStream<[UInt8]>.makeStream()
    let bootstrap: ClientBootstrap
    if plain {
      bootstrap = ClientBootstrap(group: group).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Collector(sink)) }
      }
    } else {
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.trustRoots = .file(server.caFile)
      let context = try NIOSSLContext(configuration: configuration)
      bootstrap = ClientBootstrap(group: group).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
          try pipeline.addHandler(Collector(sink))
        }
      }
    }
    let channel = try await bootstrap.connect(host: "127.0.0.1", port: plain ? server.plain.port : server.tls.port)
      .get()
    return WireClient(channel: channel, stream: stream)
  }

  func close() { channel.close(promise: nil) }

  private func write(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Waits for more bytes; false when the server closed.
  private func more() async -> Bool {
    guard let bytes = await incoming.next(isolation: #isolation) else { return false }
    buffer += bytes
    return true
  }

  // MARK: HTTP

  func request(_ method: String, _ target: String, headers: [String] = [], body: String = "") async throws -> Response?
  {
    let lines =
      ["\(method) \(target) HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)"] + headers
    try await write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
    return await response()
  }

  private func response() async -> Response? {
    var end: Int?
    while end == nil {
      end = buffer.indices.first { buffer[$0...].starts(with: Array("\r\n\r\n".utf8)) }
      if end == nil, await !more() { return nil }
    }
    guard let end else { return nil }
    let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
    let length = Int(headers["content-length"] ?? "") ?? 0
    while buffer.count < end + 4 + length { if await !more() { return nil } }
    let body = String(decoding: buffer[(end + 4)..<(end + 4 + length)], as: UTF8.self)
    buffer.removeFirst(end + 4 + length)
    return Response(status: status, headers: headers, body: body)
  }

  /// A signed REST call the way clients make one.
  func signed(
    _ method: String, _ path: String, _ query: String, _ credential: PaperCredential, at time: Timestamp,
    inBody: Bool = false
  ) async throws -> Response? {
    let payload = (query.isEmpty ? "" : query + "&") + "timestamp=\(time.milliseconds)"
    let signature = try SigningKey.make(credential.algorithm, credential.secret).sign(payload)
    let form = payload + "&signature=" + Self.percentEncoded(signature)
    let key = "X-MBX-APIKEY: \(credential.apiKey)"
    guard inBody else { return try await request(method, path + "?" + form, headers: [key]) }
    return try await request(
      method, path, headers: [key, "Content-Type: application/x-www-form-urlencoded"], body: form)
  }

  static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      return character.isLetter || character.isNumber
        ? String(character) : "%" + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  // MARK: WebSocket

  func upgrade(_ target: String) async throws -> Int {
    let response = try await request(
      "GET", target,
      headers: [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ])
    return response?.status ?? 0
  }

  func send(_ text: String) async throws { try await frame(0x81, Array(text.utf8)) }

  private func frame(_ head: UInt8, _ payload: [UInt8]) async throws {
    var bytes = [head]
    if payload.count < 126 {
      bytes.append(0x80 | UInt8(payload.count))
    } else {
      bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    }
    // A mask of zeros is a legal mask.
    try await write(bytes + [0, 0, 0, 0] + payload)
  }

  /// The next frame: its opcode and payload; `nil` when the server closed the line.
  func nextFrame() async -> (opcode: UInt8, payload: [UInt8])? {
    while true {
      if buffer.count >= 2 {
        var length = Int(buffer[1] & 0x7F)
        var head = 2
        if length == 126, buffer.count >= 4 {
          length = Int(buffer[2]) << 8 | Int(buffer[3])
          head = 4
        } else if length == 127, buffer.count >= 10 {
          length = buffer[2..<10].reduce(0) { $0 << 8 | Int($1) }
          head = 10
        }
        let isHeadWhole = buffer[1] & 0x7F < 126 || head > 2
        if isHeadWhole, buffer.count >= head + length {
          let result = (buffer[0] & 0x0F, Array(buffer[head..<(head + length)]))
          buffer.removeFirst(head + length)
          return result
        }
      }
      if await !more() { return nil }
    }
  }

  /// The next text message; pings are answered on the way.
  func nextText() async throws -> String? {
    while let frame = await nextFrame() {
      switch frame.opcode {
      case 1: return String(decoding: frame.payload, as: UTF8.self)
      case 9: try await self.frame(0x8A, frame.payload)
      case 8: return nil
      default: continue
      }
    }
    return nil
  }

  /// Reads until a message contains `text`; gives it and what came before it.
  func messages(through text: String) async throws -> [String] {
    var seen: [String] = []
    while let message = try await nextText() {
      seen.append(message)
      if message.contains(text) { break }
    }
    return seen
  }
}
