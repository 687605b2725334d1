/// Where the control API listens and whom it answers.
public struct ControlServerConfiguration: Sendable {
  /// An IP address, or `localhost`.
  public var host: String
  /// 0: any free port.
  public var port: Int
  /// Without one everything that needs a token answers 401.
  public var token: BearerToken?
  /// Further names in the `Host` header, such as the one a reverse proxy uses; lower case, without port. Off loopback
  /// any IP address is answered too, but no name that is not here.
  public var allowedHosts: Set<String>
  /// Whole origins of pages that may call, such as `https://ops.example`; lower case.
  public var allowedOrigins: Set<String>
  public var version: String

  public init(
    host: String = "127.0.0.1", port: Int = 9180, token: BearerToken? = nil, allowedHosts: Set<String> = [],
    allowedOrigins: Set<String> = [], version: String = "unknown"
  ) {
    self.host = host
    self.port = port
    self.token = token
    self.allowedHosts = allowedHosts
    self.allowedOrigins = allowedOrigins
    self.version = version
  }

  var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  func checked() throws(ControlServerError) -> ControlGate {
    guard (0...65_535).contains(port), !host.isEmpty else { throw .badAddress(host: host, port: port) }
    if !isLoopback, token == nil { throw .remoteWithoutToken(host: host) }
    let own = host.contains(":") ? "[\(host)]" : host
    let names: Set<String> = ["localhost", "127.0.0.1", "[::1]", own.lowercased()]
    return ControlGate(
      token: token, allowedHosts: names.union(allowedHosts.map { $0.lowercased() }), allowsAddresses: !isLoopback,
      allowedOrigins: Set(allowedOrigins.map { $0.lowercased() }))
  }
}
