/// Why an opening request cannot be built. Names the header, never its value.
public enum InvalidOpeningRequest: Error, Equatable, Sendable {
  case headerName
  case headerValue(name: String)
  case reservedHeader(name: String)
  case subprotocol
}

extension InvalidOpeningRequest: CustomStringConvertible {
  public var description: String {
    switch self {
    case .headerName: "a header name must be letters, digits and hyphens"
    case .headerValue(let name): "remove line breaks and control characters from header \(name)"
    case .reservedHeader(let name): "header \(name) belongs to the handshake and cannot be set"
    case .subprotocol: "subprotocols must be distinct tokens"
    }
  }
}
