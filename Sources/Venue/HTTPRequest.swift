/// A request for the REST client to perform, already signed: exactly these bytes are sent.
public struct HTTPRequest: Hashable, Sendable {
  public enum Method: String, Hashable, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  public var method: Method
  /// Path and query, such as `/api/v3/account?timestamp=1&signature=…`. Never logged: it carries the signature (fault
  /// SE01).
  public var target: String
  public var headers: [Header]
  public var body: [UInt8]
  /// What it costs in the venue's request budget.
  public var weight: Int
  /// What it is for: protective writes may use the reserve that reads may not (fault RS04).
  public var purpose: Purpose
  /// Safe to repeat: only reads are.
  public var isRead: Bool
  /// The endpoint without its query, for logs, metrics and error texts.
  public var label: String

  public init(
    method: Method, target: String, headers: [Header] = [], body: [UInt8] = [], weight: Int, purpose: Purpose,
    isRead: Bool, label: String
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.weight = weight
    self.purpose = purpose
    self.isRead = isRead
    self.label = label
  }

  public struct Header: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public enum Purpose: Int, Hashable, Sendable, Comparable {
    /// Reads for the mirror; the first to be shed.
    case background
    /// Snapshots and queries that protection waits for.
    case reconcile
    /// Places, amends or cancels protection.
    case protect

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }
}

/// What came back.
public enum HTTPResult: Hashable, Sendable {
  case response(HTTPResponse)
  /// Definitely never sent: no connection could be made, or the budget said no.
  case notSent(String, retryAfter: Duration?)
  /// Bytes may have reached the venue and no answer came back (fault RS17).
  case lost(String)
}

public struct HTTPResponse: Hashable, Sendable {
  public var status: Int
  public var body: [UInt8]
  /// From the `Retry-After` header.
  public var retryAfter: Duration?
  /// The venue's own count of used weight in the current minute, when it says so.
  public var usedWeight: Int?

  public init(status: Int, body: [UInt8], retryAfter: Duration? = nil, usedWeight: Int? = nil) {
    self.status = status
    self.body = body
    self.retryAfter = retryAfter
    self.usedWeight = usedWeight
  }
}
