import Binance
import Settings
import EventLoop
import RESTClient
import StreamClient
import Telemetry
import Trading
import Venue
import WebSocket

/// The ways to one venue, shared by all accounts of the process: one address, one request budget, one connection
/// budget.
final class VenueAccess: Sendable {
  let endpoints: SpotEndpoints
  let rest: BudgetedTransport
  private let transport: HTTPTransport
  private let tls: TLSContext
  let resolver: Resolver
  let connectionBudget = Locked(ConnectionBudget())

  /// The venue's limit until it tells its own (binance.md §5).
  static let weightPerMinute = 6000

  /// - Throws: `StartRefusal` when the addresses belong to another environment than the stated one (fault CF03) or
  ///   cannot be used.
  init(_ configuration: BackstopConfiguration, registry: MetricsRegistry) throws(StartRefusal) {
    endpoints = try Self.endpoints(configuration)
    let caFile = configuration.venue.endpoints?.certificateAuthorityFile
    do throws(StreamError) {
      tls = try TLSContext(trust: caFile.map { .file($0) } ?? .system)
    } catch {
      throw StartRefusal(.configuration, "TLS cannot be set up: \(error)", "check venue.endpoints.ca_file")
    }
    do throws(HTTPTransportError) {
      transport = try HTTPTransport(
        origin: HTTPOrigin(endpoints.rest), configuration: HTTPTransportConfiguration(caFile: caFile))
    } catch {
      throw StartRefusal(.configuration, "the venue's REST address cannot be used: \(error)", "check venue.endpoints")
    }
    do throws(EventLoopError) { resolver = try Resolver() } catch {
      throw StartRefusal(.system, "\(error)", "")
    }
    let meters = RequestMeters(registry)
    rest = BudgetedTransport(
      transport: transport, weightLimit: Self.weightPerMinute, observe: { meters.observe($0) })
  }

  private static func endpoints(_ configuration: BackstopConfiguration) throws(StartRefusal) -> SpotEndpoints {
    if let stated = configuration.venue.endpoints {
      do throws(SpotEndpoints.Mismatch) {
        return try SpotEndpoints(configuration.environment, rest: stated.rest, webSocket: stated.webSocketAPI)
      } catch {
        throw StartRefusal(.environment, "\(error)", "correct environment or venue.endpoints")
      }
    }
    guard let endpoints = SpotEndpoints.standard(configuration.environment) else {
      throw StartRefusal(.configuration, "the paper environment needs venue.endpoints", "`backstop venue` prints them")
    }
    return endpoints
  }

  /// How long one request may take, by what waits for it. A write is worth nothing after its window and the venue's
  /// skew have passed; a snapshot's reads must end before the snapshot's own deadline of 10 s.
  static func deadline(for request: HTTPRequest) -> Duration {
    guard request.isRead else { return .seconds(4) }
    switch request.purpose {
    case .protect, .reconcile: return request.label.hasSuffix("/exchangeInfo") ? .seconds(30) : .seconds(8)
    case .background: return .seconds(30)
    }
  }

  func perform(_ request: HTTPRequest, _ completion: @escaping @Sendable (HTTPResult) -> Void) {
    rest.perform(request, deadline: Self.deadline(for: request), completion: completion)
  }

  /// Both ways share the venue's limits, so what one learns silences the other.
  func note(_ reply: SpotReply) {
    if let used = reply.usedWeight { rest.note(usedWeight: used) }
    if reply.status == 418 || reply.status == 429 {
      rest.noteRefusal(isBan: reply.status == 418, retryAfter: nil)
    }
  }

  func note(_ limits: [SpotRateLimit]) {
    if let limit = limits.first(where: \.isMinuteWeight) { rest.setLimit(limit.limit) }
  }

  func streamConfiguration() throws(StartRefusal) -> StreamConfiguration {
    do {
      return StreamConfiguration(request: try OpeningRequest(url: WebSocketURL(endpoints.webSocket)), tls: tls)
    } catch {
      throw StartRefusal(
        .configuration, "the venue's WebSocket address cannot be used: \(error)", "check venue.endpoints")
    }
  }

  func stop() {
    transport.stop()
    resolver.stop()
  }
}
