public import EventLoop
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
public import Telemetry

/// The HTTP interface for people, scrapers and bots. Plain HTTP on loopback by default; from elsewhere only with a
/// token, and then behind a reverse proxy with TLS.
public final class ControlServer: Sendable {
  /// Scrapers, a few people and bots. More would only queue behind the same account.
  public static let connectionsMax = 128
  /// Longer than the longest wait for an entry's legs.
  static let idleSeconds: Int64 = 75

  private let configuration: ControlServerConfiguration
  private let responder: ControlResponder
  private let logger: Logger

  /// - Throws: `remoteWithoutToken` and `badAddress`, before anything listens.
  public init(
    configuration: ControlServerConfiguration, surface: any ControlSurface, registry: MetricsRegistry, logger: Logger,
    clock: MonotonicClock = .system, entropy: Entropy = .system
  ) throws(ControlServerError) {
    self.configuration = configuration
    self.logger = logger
    responder = ControlResponder(
      gate: try configuration.checked(), surface: surface, registry: registry, version: configuration.version,
      logger: logger, clock: clock, entropy: entropy)
  }

  /// Serves until the surrounding task is cancelled or its service group shuts down.
  ///
  /// - Parameter onListening: the port that it really listens on.
  /// - Throws: `ControlServerError.cannotListen`.
  public func run(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
    var quiet = logger
    // The library logs every connection that a scraper drops; what we must hear of is in our own lines.
    quiet.logLevel = .critical
    let application = Application(
      responder: HummingbirdBridge(responder: responder),
      server: .http1(
        configuration: .init(
          idleTimeout: .seconds(Self.idleSeconds),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 64))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port),
        availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionsMax)),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      logger: quiet)
    do {
      try await application.run()
    } catch let error as IOError {
      throw ControlServerError.cannotListen(
        host: configuration.host, port: configuration.port, reason: "errno \(error.errnoCode)")
    }
  }
}

/// Between the library's requests and ours.
private struct HummingbirdBridge: HTTPResponder {
  struct Context: RequestContext, InitializableFromSource {
    var coreContext: CoreRequestContextStorage
    let remote: String

    init(source: ApplicationRequestContextSource) {
      coreContext = CoreRequestContextStorage(source: source)
      remote = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
  }

  let responder: ControlResponder

  func respond(to request: Request, context: Context) async throws -> Response {
    var headers: [String: String] = [:]
    for field in request.headers where headers[field.name.canonicalName] == nil {
      headers[field.name.canonicalName] = field.value
    }
    var asked = ControlRequest(
      method: request.method.rawValue, path: request.uri.path, authority: request.head.authority, headers: headers,
      remote: context.remote)
    do {
      let buffer = try await request.body.collect(upTo: ControlResponder.bodyBytesMax)
      asked.body = Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
      asked.isBodyTooLarge = true
    }
    let answer = await responder.respond(to: asked)
    var fields = HTTPFields()
    fields[.contentType] = answer.contentType
    for (name, value) in answer.headers.sorted(by: { $0.key < $1.key }) {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    // What was not read of an oversized body would be taken for the next request.
    if asked.isBodyTooLarge { fields[.connection] = "close" }
    return Response(
      status: HTTPResponse.Status(code: answer.status), headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}
