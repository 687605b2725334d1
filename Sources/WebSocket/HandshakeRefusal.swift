/// A server's no to the opening request: any final status but 101.
///
/// Kept whole, because the answer matters: 429 and 418 with `Retry-After` (back off, faults ST24), 403 (region), 400
/// with a JSON body (bad key), 5xx (outage), 3xx (never followed: a redirect could lead a credential elsewhere).
public struct HandshakeRefusal: Error, Equatable, Sendable {
  public let status: Int
  /// All response headers, names in lower case.
  public let headers: [HeaderField]
  /// At most `ConnectionLimits.maximumRefusalBodyBytes`.
  public internal(set) var body: [UInt8]
  /// False when the body was cut by the limit, by the end of the stream or by a broken framing.
  public internal(set) var isBodyComplete: Bool

  /// The first value of a header; the name compares without case.
  public func header(_ name: String) -> String? {
    headers.values(named: name.lowercased()).first
  }

  /// `Retry-After` when it is given in seconds, which is what venues send; nil for a date or nothing.
  public var retryAfterSeconds: Int? {
    header("retry-after").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }
}

extension HandshakeRefusal: CustomStringConvertible {
  /// Status and Retry-After; the body may echo what we sent and stays out of logs.
  public var description: String {
    let wait = retryAfterSeconds.map { ", retry after \($0) s" } ?? ""
    return "the server refused the WebSocket with status \(status)\(wait)"
  }
}
