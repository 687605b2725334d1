/// Who may come in: the checks that stand before every route, in order. Pure.
struct ControlGate: Sendable {
  let token: BearerToken?
  /// Lower case, without port.
  let allowedHosts: Set<String>
  /// Off loopback any address serves as host: rebinding needs a name, and an address cannot be made to point elsewhere.
  let allowsAddresses: Bool
  /// Whole origins, lower case.
  let allowedOrigins: Set<String>

  /// A page of another origin must not reach us through a browser, neither by a name that resolves to this machine (DNS
  /// rebinding) nor by a form or fetch (CSRF): fault SE06.
  func checkOrigin(_ request: ControlRequest) throws(ControlRefusal) {
    guard let authority = request.authority?.lowercased(), isAllowed(host: Self.host(of: authority)) else {
      throw ControlRefusal(
        .forbidden, "host_not_allowed", "the Host header names a host that this server does not answer for",
        hint: "use the address it listens on, or add the name to the allowed hosts")
    }
    if let origin = request.headers["origin"]?.lowercased() {
      let isSame = origin == "http://" + authority || origin == "https://" + authority
      guard isSame || allowedOrigins.contains(origin) else { throw Self.crossSite }
    }
    if let site = request.headers["sec-fetch-site"]?.lowercased(), site == "cross-site" || site == "same-site" {
      throw Self.crossSite
    }
  }

  private static let crossSite = ControlRefusal(
    .forbidden, "origin_not_allowed", "the request comes from a page of another origin",
    hint: "call the API from a program, or from the page that this server serves")

  enum Caller: Hashable {
    case anonymous
    case authorized
    case wrongToken
  }

  /// Never throws: what follows depends on the route.
  func identify(_ request: ControlRequest) -> Caller {
    guard let authorization = request.headers["authorization"] else { return .anonymous }
    guard let token else { return .wrongToken }
    return token.matches(authorization: authorization) ? .authorized : .wrongToken
  }

  func unauthorized(_ caller: Caller) -> ControlRefusal {
    if token == nil {
      return ControlRefusal(
        .unauthorized, "no_token_configured", "this server has no token, so nothing that needs one can be done",
        hint: "configure a control token and restart")
    }
    return caller == .anonymous
      ? ControlRefusal(
        .unauthorized, "token_missing", "this needs a bearer token",
        hint: "send Authorization: Bearer …, with the content of the control token file")
      : ControlRefusal(
        .unauthorized, "token_wrong", "the bearer token is not the right one",
        hint: "compare it with the content of the control token file")
  }

  /// Only a declared JSON body is read: a form cannot declare it, so it cannot be forged across origins.
  func checkBody(_ request: ControlRequest) throws(ControlRefusal) {
    if request.isBodyTooLarge {
      throw ControlRefusal(
        .tooLarge, "body_too_large", "the body is larger than \(ControlResponder.bodyBytesMax) bytes",
        hint: "send one order or bracket per request")
    }
    let type = request.headers["content-type"]?.prefix { $0 != ";" }.lowercased()
    guard type?.split(separator: " ").first == "application/json" else {
      throw ControlRefusal(
        .unsupportedMediaType, "not_json", "the Content-Type is not application/json",
        hint: "send Content-Type: application/json")
    }
  }

  private func isAllowed(host: String) -> Bool {
    if allowedHosts.contains(host) { return true }
    guard allowsAddresses else { return false }
    if host.hasPrefix("["), host.hasSuffix("]") { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  /// `localhost`, `127.0.0.1` or `[::1]` of an authority with or without port.
  private static func host(of authority: String) -> String {
    if authority.hasPrefix("[") { return String(authority.prefix { $0 != "]" }) + "]" }
    return String(authority.prefix { $0 != ":" })
  }
}
