import EventLoop
import Logging
import Telemetry
import Trading

/// Answers requests: gate, route, surface. Knows no HTTP library, so tests ask it directly.
final class ControlResponder: Sendable {
  /// A bracket with nine targets is under 1 kB.
  static let bodyBytesMax = 64 * 1024

  let gate: ControlGate
  let surface: any ControlSurface
  let registry: MetricsRegistry
  let version: String
  private let logger: Logger
  private let clock: MonotonicClock
  private let failures = Locked(FailureLimit())
  private let desk: Locked<ConfirmationDesk>
  private let entropy: Locked<Entropy>

  init(
    gate: ControlGate, surface: any ControlSurface, registry: MetricsRegistry, version: String, logger: Logger,
    clock: MonotonicClock, entropy: Entropy
  ) {
    self.gate = gate
    self.surface = surface
    self.registry = registry
    self.version = version
    self.logger = logger
    self.clock = clock
    desk = Locked(ConfirmationDesk(entropy: entropy))
    self.entropy = Locked(entropy)
  }

  func respond(to request: ControlRequest) async -> ControlResponse {
    var response: ControlResponse
    do throws(ControlRefusal) {
      response = try await answer(request)
    } catch {
      response = ControlResponse(error)
      if error.kind == .methodNotAllowed { response.headers["allow"] = allowedMethods(request.path) }
      audit(request, refused: error)
    }
    response.headers["cache-control"] = "no-store"
    response.headers["x-content-type-options"] = "nosniff"
    response.headers["referrer-policy"] = "no-referrer"
    response.headers["cross-origin-resource-policy"] = "same-origin"
    count(response.status)
    return response
  }

  private func answer(_ request: ControlRequest) async throws(ControlRefusal) -> ControlResponse {
    try gate.checkOrigin(request)
    let (route, account) = try find(request)
    let caller = gate.identify(request)
    switch route.access {
    case .open: break
    case .moreWithToken: if caller == .wrongToken { throw refuse(caller) }
    case .token: if caller != .authorized { throw refuse(caller) }
    }
    if route.method == .post {
      try gate.checkBody(request)
      let response = try await write(route, AccountID(account ?? ""), request)
      audit(request, route, response)
      return response
    }
    return try await read(route, isAuthorized: caller == .authorized)
  }

  private func find(_ request: ControlRequest) throws(ControlRefusal) -> (ControlRoute, account: String?) {
    var isKnownPath = false
    for route in ControlRoute.allCases {
      let (isMatch, account) = route.match(request.path)
      guard isMatch else { continue }
      isKnownPath = true
      if route.method.rawValue == request.method { return (route, account) }
    }
    if isKnownPath {
      throw ControlRefusal(
        .methodNotAllowed, "method_not_allowed", "this path does not take that method",
        hint: "use \(allowedMethods(request.path))")
    }
    throw ControlRefusal(
      .notFound, "no_such_path", "there is nothing at this path",
      hint: "see / for people, /v1/status for programs, and ops/openapi.yml for the rest")
  }

  private func allowedMethods(_ path: String) -> String {
    ControlRoute.allCases.filter { $0.match(path).isMatch }.map(\.method.rawValue).joined(separator: ", ")
  }

  /// A wrong token is counted; a missing one is only answered.
  private func refuse(_ caller: ControlGate.Caller) -> ControlRefusal {
    let now = clock.nowNanoseconds
    guard caller == .anonymous || failures.withLock({ $0.admit(at: now) }) else {
      return ControlRefusal(
        .tooMany, "too_many_wrong_tokens", "too many requests came with a wrong token",
        hint: "wait a minute and use the content of the control token file")
    }
    return gate.unauthorized(caller)
  }

  // MARK: - Reading

  private func read(_ route: ControlRoute, isAuthorized: Bool) async throws(ControlRefusal) -> ControlResponse {
    switch route {
    case .live: return ControlResponse(.object([.init("status", .string("live"))]))
    case .ready: return await ready()
    case .metrics:
      await publishComponents()
      return ControlResponse(contentType: PrometheusText.contentType, text: registry.exposition())
    case .status: return ControlResponse(await report().json(withDetails: isAuthorized))
    case .plan: return ControlResponse(.object([.init("steps", .array(await surface.plan().map(\.json)))]))
    case .page:
      let nonce = entropy.withLock { String($0.next(), radix: 36) + String($0.next(), radix: 36) }
      let page = StatusPage(report: await report(), showsDetails: isAuthorized, nonce: nonce)
      return ControlResponse(
        contentType: "text/html; charset=utf-8",
        headers: ["content-security-policy": page.policy, "x-frame-options": "DENY"], text: page.html)
    case .placeOrder, .registerBracket, .sweep, .pause, .resume, .flatten:
      preconditionFailure("\(route) writes")
    }
  }

  private func report() async -> StatusReport {
    StatusReport(
      version: version, components: await surface.components(), accounts: await surface.accounts(), registry: registry)
  }

  private func ready() async -> ControlResponse {
    let components = await surface.components()
    let worst = components.map(\.level).max() ?? .down
    return ControlResponse(
      status: worst == .down ? 503 : 200,
      .object([
        .init("status", .string(worst.rawValue)),
        .init("components", .array(components.map { $0.json(withDetails: false) })),
      ]))
  }

  private func publishComponents() async {
    let components = await surface.components()
    for state in components {
      for level in ComponentState.Level.allCases {
        registry.gauge(MetricCatalog.componentState, state.component.rawValue, level.rawValue).set(state.level == level)
      }
    }
  }

  // MARK: - Flatten

  func confirmation(for account: AccountID, _ symbol: Symbol) -> String {
    let now = clock.nowNanoseconds
    return desk.withLock { $0.issue(account, symbol, at: now) }
  }

  func isConfirmed(_ word: String, _ account: AccountID, _ symbol: Symbol) -> Bool {
    let now = clock.nowNanoseconds
    return desk.withLock { $0.redeem(word, account, symbol, at: now) }
  }

  // MARK: - Trace

  /// Every write leaves a line, whatever came of it.
  private func audit(_ request: ControlRequest, _ route: ControlRoute, _ response: ControlResponse) {
    logger.notice(
      "Control request",
      metadata: [
        "route": "\(route.rawValue)", "path": "\(request.path)", "status": .stringConvertible(response.status),
        "remote": "\(request.remote)",
      ])
  }

  private func audit(_ request: ControlRequest, refused: ControlRefusal) {
    // Past the limit of wrong tokens the log would be what is flooded.
    guard refused.kind != .tooMany else { return }
    let isWrite = request.method != ControlRoute.Method.get.rawValue
    guard isWrite || refused.kind == .unauthorized || refused.kind == .forbidden else { return }
    logger.warning(
      "Control request refused",
      metadata: [
        "path": "\(request.path)", "method": "\(request.method)", "code": "\(refused.code)",
        "status": .stringConvertible(refused.kind.status), "remote": "\(request.remote)",
      ])
  }

  private func count(_ status: Int) {
    let label =
      switch status {
      case 401: "401"
      case 429: "429"
      case 200..<300: "2xx"
      case 300..<400: "3xx"
      case 400..<500: "4xx"
      default: "5xx"
      }
    registry.counter(MetricCatalog.controlRequests, label).add()
  }
}
