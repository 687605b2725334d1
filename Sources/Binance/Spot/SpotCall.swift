public import Venue

/// One call of the Spot API, said once for both ways: the WebSocket API method and its REST twin take the same
/// parameters (binance.md §2.1, §4). `SpotRequests` renders it.
public struct SpotCall: Sendable {
  enum Security: Sendable {
    /// Anyone may ask.
    case open
    /// `apiKey`, `timestamp` and `signature`; on a logged-on session `timestamp` alone.
    case signed
    /// Signed even on a logged-on session: it is what authenticates.
    case alwaysSigned
  }

  /// Method name on the WebSocket API.
  let method: StaticString
  /// `nil`: the call exists on the WebSocket API only.
  let rest: Endpoint?
  var parameters: [RequestParameter]
  let security: Security
  /// What it costs in the venue's request budget. Order writes cost nothing when they succeed and this when they fail.
  public let weight: Int
  /// What it is for: protective writes may use the reserve (fault RS04).
  public var purpose: HTTPRequest.Purpose
  /// Safe to repeat.
  public let isRead: Bool

  struct Endpoint: Sendable {
    var method: HTTPRequest.Method
    var path: StaticString

    init(_ method: HTTPRequest.Method, _ path: StaticString) {
      self.method = method
      self.path = path
    }
  }

  /// For logs and metrics.
  public var label: String { method.description }

  static func read(
    _ method: StaticString, _ path: StaticString, weight: Int, purpose: HTTPRequest.Purpose = .reconcile,
    security: Security = .signed, _ parameters: [RequestParameter] = []
  ) -> SpotCall {
    SpotCall(
      method: method, rest: Endpoint(.get, path), parameters: parameters, security: security, weight: weight,
      purpose: purpose, isRead: true)
  }

  static func write(
    _ method: StaticString, _ verb: HTTPRequest.Method, _ path: StaticString, weight: Int = 1,
    purpose: HTTPRequest.Purpose = .protect, _ parameters: [RequestParameter]
  ) -> SpotCall {
    SpotCall(
      method: method, rest: Endpoint(verb, path), parameters: parameters, security: .signed, weight: weight,
      purpose: purpose, isRead: false)
  }

  /// A call about the WebSocket session itself.
  static func session(_ method: StaticString, security: Security) -> SpotCall {
    SpotCall(
      method: method, rest: nil, parameters: [], security: security, weight: 2, purpose: .reconcile, isRead: true)
  }
}
