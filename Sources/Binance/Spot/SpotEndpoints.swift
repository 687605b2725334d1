public import Trading

/// Where an account lives: the base URLs of one environment, proven to belong to it (binance.md §1.1, fault CF03).
public struct SpotEndpoints: Hashable, Sendable {
  public let environment: VenueEnvironment
  /// Base of REST, such as `https://api.binance.com`; no path.
  public let rest: String
  /// The WebSocket API, such as `wss://ws-api.binance.com:443/ws-api/v3`.
  public let webSocket: String

  /// - Throws: `Mismatch` when a URL leads to another environment than the stated one.
  public init(_ environment: VenueEnvironment, rest: String, webSocket: String) throws(Mismatch) {
    try Self.check(environment, url: rest, secureScheme: "https", plainScheme: "http")
    try Self.check(environment, url: webSocket, secureScheme: "wss", plainScheme: "ws")
    self.environment = environment
    self.rest = rest.last == "/" ? String(rest.dropLast()) : rest
    self.webSocket = webSocket
  }

  private init(known environment: VenueEnvironment, rest: String, webSocket: String) {
    self.environment = environment
    self.rest = rest
    self.webSocket = webSocket
  }

  /// The venue's own addresses; `nil` for the paper venue, whose addresses the config gives.
  public static func standard(_ environment: VenueEnvironment) -> SpotEndpoints? {
    switch environment {
    case .paper: nil
    case .live:
      SpotEndpoints(
        known: .live, rest: "https://api.binance.com", webSocket: "wss://ws-api.binance.com:443/ws-api/v3")
    case .demo:
      SpotEndpoints(
        known: .demo, rest: "https://demo-api.binance.com", webSocket: "wss://demo-ws-api.binance.com/ws-api/v3")
    case .testnet:
      SpotEndpoints(
        known: .testnet, rest: "https://testnet.binance.vision",
        webSocket: "wss://ws-api.testnet.binance.vision/ws-api/v3")
    }
  }

  /// Which environment a host belongs to; `nil` for a host that is not the venue's.
  public static func environment(ofURL url: String) -> VenueEnvironment? {
    HostAddress(url).flatMap(environment(of:))
  }

  private static func environment(of address: HostAddress) -> VenueEnvironment? {
    let host = address.host
    if host == "testnet.binance.vision" || host.hasSuffix(".testnet.binance.vision") { return .testnet }
    if host.hasPrefix("demo-"), host.hasSuffix(".binance.com") { return .demo }
    // Any other host of the venue moves real money, also one that we have not heard of.
    for domain in ["binance.com", "binance.vision", "binance.us", "binance.cloud"]
    where host == domain || host.hasSuffix("." + domain) {
      return .live
    }
    return nil
  }

  private static func check(
    _ environment: VenueEnvironment, url: String, secureScheme: String, plainScheme: String
  ) throws(Mismatch) {
    guard let address = HostAddress(url) else { throw .notAURL }
    switch address.scheme {
    case secureScheme: break
    // Keys and orders never cross a wire in the clear; only this machine's own paper venue may be plain.
    case plainScheme where environment == .paper && address.isLoopback: break
    default: throw .scheme(address.scheme, expected: secureScheme)
    }
    let found = Self.environment(of: address)
    if environment == .paper ? found != nil : found != environment {
      throw .environment(stated: environment, host: address.host, found: found)
    }
  }

  /// Why a URL is refused. Nothing starts with one (fault CF03).
  public enum Mismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its text is not repeated: it may hold a password.
    case notAURL
    case scheme(String, expected: String)
    /// `found` is `nil` for a host that is not the venue's.
    case environment(stated: VenueEnvironment, host: String, found: VenueEnvironment?)

    public var description: String {
      switch self {
      case .notAURL:
        "the venue URL is not usable: give scheme, host and optionally a port, without a user name"
      case .scheme(let found, let expected): "the venue URL starts with \(found)://, it must start with \(expected)://"
      case .environment(let stated, let host, let found?):
        "host \(host) belongs to the \(found.rawValue) environment and the account says \(stated.rawValue): "
          + "correct one of them"
      case .environment(let stated, let host, nil):
        "host \(host) is not known to belong to the \(stated.rawValue) environment: only \"paper\" accounts may use "
          + "other hosts"
      }
    }
  }
}
