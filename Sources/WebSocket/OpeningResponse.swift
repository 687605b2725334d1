/// A server's yes to the opening request.
public struct OpeningResponse: Equatable, Sendable {
  /// All response headers, names in lower case.
  public let headers: [HeaderField]
  /// The subprotocol that the server chose among those offered.
  public let subprotocol: String?
}
