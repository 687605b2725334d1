/// Every route. A closed list, so that a test can try each of them without a token, and another can hold
/// `ops/openapi.yml` to it.
public enum ControlRoute: String, Hashable, Sendable, CaseIterable {
  case page
  case live
  case ready
  case metrics
  case status
  case plan
  case placeOrder
  case registerBracket
  case sweep
  case pause
  case resume
  case flatten

  public enum Method: String, Hashable, Sendable {
    case get = "GET"
    case post = "POST"
  }

  public enum Access: Hashable, Sendable {
    /// Never looks at a token. Names no symbol, order or quantity (fault SE11).
    case open
    /// Says more to those who have the token.
    case moreWithToken
    case token
  }

  public var method: Method {
    switch self {
    case .page, .live, .ready, .metrics, .status, .plan: .get
    case .placeOrder, .registerBracket, .sweep, .pause, .resume, .flatten: .post
    }
  }

  public var access: Access {
    switch self {
    case .live, .ready, .metrics: .open
    case .page, .status: .moreWithToken
    case .plan, .placeOrder, .registerBracket, .sweep, .pause, .resume, .flatten: .token
    }
  }

  /// `{account}` stands for one segment.
  public var path: String {
    switch self {
    case .page: "/"
    case .live: "/live"
    case .ready: "/ready"
    case .metrics: "/metrics"
    case .status: "/v1/status"
    case .plan: "/v1/plan"
    case .placeOrder: "/v1/orders"
    case .registerBracket: "/v1/brackets"
    case .sweep: "/v1/accounts/{account}/sweep"
    case .pause: "/v1/accounts/{account}/pause"
    case .resume: "/v1/accounts/{account}/resume"
    case .flatten: "/v1/accounts/{account}/flatten"
    }
  }

  /// The account that `path` names, when the route has one; `nil` when `path` is another route's.
  func match(_ path: String) -> (isMatch: Bool, account: String?) {
    let pattern = self.path.split(separator: "/", omittingEmptySubsequences: false)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard pattern.count == parts.count else { return (false, nil) }
    var account: String?
    for (wanted, part) in zip(pattern, parts) {
      if wanted == "{account}" {
        guard !part.isEmpty else { return (false, nil) }
        account = String(part)
      } else if wanted != part {
        return (false, nil)
      }
    }
    return (true, account)
  }
}
