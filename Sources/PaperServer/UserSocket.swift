import PaperVenue
import Signing
import Trading

/// One WebSocket API connection (`/ws-api/v3`): requests and their replies, and user data events, on one socket.
final class UserSocket: WebSocketEndpoint {
  let connection: ConnectionID
  private let core: VenueCore
  private let outlet: SocketOutlet
  private let connectedSince: Timestamp
  private let returnsRateLimits: Bool
  private var session: (entry: KeyRing.Entry, since: Timestamp)?
  /// The subscription that belongs to the session's logon: logout ends it.
  private var sessionSubscription: Int?

  init(core: VenueCore, connection: ConnectionID, outlet: SocketOutlet, returnsRateLimits: Bool) {
    self.core = core
    self.connection = connection
    self.outlet = outlet
    self.returnsRateLimits = returnsRateLimits
    connectedSince = core.serverTime
    core.register(self)
  }

  func send(_ frame: [UInt8]) { outlet.send(text: frame) }
  func cut() { outlet.cut() }
  func ended() { core.unregister(self) }

  func receive(_ message: [UInt8]) {
    guard let request = JSONValue.parse(message), case .object = request else {
      reply(id: .null, .failure(PaperError(code: -1135, message: "Invalid JSON Request")))
      return
    }
    let id = request["id"] ?? .null
    guard let method = request["method"]?.text else {
      reply(id: id, .failure(.missingParameter("method")))
      return
    }
    let parameters = Parameters(request["params"])
    if let refusal = core.world.faults.standingRefusal(at: core.now) {
      reply(id: id, .failure(refusal))
      return
    }
    do throws(PaperError) {
      try handle(method, id: id, parameters: parameters)
    } catch {
      reply(id: id, .failure(error))
    }
  }

  private func handle(_ method: String, id: JSONValue, parameters: Parameters) throws(PaperError) {
    if let body = try control(method, parameters) {
      if let error = core.world.meter?.charge(2, at: core.now) { throw error }
      reply(id: id, .success(body))
      // The end of a subscription follows the answer that caused it.
      core.flush()
      return
    }
    if let path = PublicMarket.path(ofMethod: method) {
      guard let body = try core.publicBody(path, parameters) else { throw Self.unknownMethod }
      reply(id: id, .success(body))
      return
    }
    guard let twin = RequestReader.twin(of: method) else { throw Self.unknownMethod }
    let entry = try authorize(parameters)
    let reader = RequestReader(parameters: parameters)
    guard let request = try reader.request(twin.0, twin.1) else { throw Self.unknownMethod }
    let type = reader.responseType(for: request)
    core.submit(request, for: entry.account, on: connection) { [weak self] routed in
      self?.finish(id: id, type: type, account: entry.account, routed)
    }
  }

  private func finish(id: JSONValue, type: ResponseType, account: AccountID, _ routed: VenueCore.RoutedReply) {
    switch routed {
    case .reply(.success(.cancelReplaced(let report))) where report.status != 200:
      let body = JSONWriter.body(.cancelReplaced(report), type)
      write(id: id, status: report.status, field: "error", body, account: account)
    case .reply(let result): reply(id: id, result.map { JSONWriter.body($0, type) }, account: account)
    case .lost(let closes): if closes { cut() }
    }
  }

  private static var unknownMethod: PaperError { PaperError(code: -1020, message: "This operation is not supported.") }

  // MARK: Session

  /// Session and subscription methods.
  private func control(_ method: String, _ parameters: Parameters) throws(PaperError) -> [UInt8]? {
    switch method {
    case "ping": return JSONWriter.object { _ in }
    case "time": return JSONWriter.object { $0.field("serverTime", self.core.serverTime) }
    case "session.logon":
      let entry = try signed(parameters)
      guard entry.key.algorithm != .hmacSHA256 || core.configuration.allowsHMACLogon else {
        throw PaperError(code: -4056, message: "HMAC_SHA256 API key is not supported.")
      }
      session = (entry, core.serverTime)
      return status()
    case "session.status": return status()
    case "session.logout":
      session = nil
      if let id = sessionSubscription { try? core.world.unsubscribe(connection, id, at: core.now) }
      sessionSubscription = nil
      return status()
    case "userDataStream.subscribe":
      guard let session else { throw .badKey }
      let id = try core.world.subscribe(connection, to: session.entry.account)
      sessionSubscription = id
      return JSONWriter.object { $0.field("subscriptionId", id) }
    case "userDataStream.subscribe.signature":
      let entry = try signed(parameters)
      let id = try core.world.subscribe(connection, to: entry.account)
      return JSONWriter.object { $0.field("subscriptionId", id) }
    case "userDataStream.unsubscribe":
      let id = try parameters.integer("subscriptionId").map { Int(clamping: $0) }
      try core.world.unsubscribe(connection, id, at: core.now)
      if id == nil || id == sessionSubscription { sessionSubscription = nil }
      return JSONWriter.object { _ in }
    case "session.subscriptions":
      return JSONWriter.array(core.world.subscriptions(of: connection)) { json, entry in
        json.object { $0.field("subscriptionId", entry.id) }
      }
    case "account.rateLimits.orders":
      let entry = try authorize(parameters)
      return core.orderRateLimits(of: entry.account)
    default: return nil
    }
  }

  private func status() -> [UInt8] {
    JSONWriter.object { json in
      if let session {
        json.field("apiKey", session.entry.apiKey)
        json.field("authorizedSince", session.since)
      } else {
        json.key("apiKey")
        json.null()
        json.key("authorizedSince")
        json.null()
      }
      json.field("connectedSince", connectedSince)
      json.field("returnRateLimits", returnsRateLimits)
      json.field("serverTime", core.serverTime)
      json.field("userDataStream", !core.world.subscriptions(of: connection).isEmpty)
    }
  }

  /// A signed request: by the logged-on session when it brings neither key nor signature, else by its own.
  private func authorize(_ parameters: Parameters) throws(PaperError) -> KeyRing.Entry {
    guard parameters["apiKey"] == nil, parameters["signature"] == nil, let session else {
      return try signed(parameters)
    }
    guard let timestamp = try parameters.timestamp("timestamp") else { throw .missingParameter("timestamp") }
    let entry = try core.keys.entry(for: session.entry.apiKey)
    try KeyRing.checkTime(timestamp, window: parameters["recvWindow"], at: core.serverTime)
    return entry
  }

  private func signed(_ parameters: Parameters) throws(PaperError) -> KeyRing.Entry {
    guard let apiKey = parameters["apiKey"] else { throw .missingParameter("apiKey") }
    let entry = try core.keys.entry(for: apiKey)
    try core.keys.check(
      entry, payload: parameters.sortedPayload.utf8, parameters: parameters, at: core.serverTime)
    return entry
  }

  // MARK: Replies

  private func reply(id: JSONValue, _ result: Result<[UInt8], PaperError>, account: AccountID? = nil) {
    switch result {
    case .success(let body): write(id: id, status: 200, field: "result", body, account: account)
    case .failure(let error):
      let body = JSONWriter.object { json in
        json.errorFields(error)
        if let seconds = error.retryAfterSeconds {
          json.field("data") { json in
            json.field("serverTime", self.core.serverTime)
            json.field("retryAfter", self.core.serverTime + .seconds(seconds))
          }
        }
      }
      write(id: id, status: error.status, field: "error", body, account: account)
    }
  }

  private func write(id: JSONValue, status: Int, field: String, _ body: [UInt8], account: AccountID?) {
    send(
      JSONWriter.object { json in
        json.field("id", raw: Array(id.json.utf8))
        json.field("status", status)
        json.field(field, raw: body)
        guard returnsRateLimits else { return }
        json.key("rateLimits")
        json.rateLimits(counts: core.rateCounts(of: account))
      })
  }
}
