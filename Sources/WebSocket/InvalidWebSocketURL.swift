/// What is wrong with a WebSocket address. Says which part, never its text: an address may carry a secret.
public enum InvalidWebSocketURL: Error, Equatable, Sendable {
  case scheme
  case userInformation
  case host
  case port
  case target
  case fragment
}

extension InvalidWebSocketURL: CustomStringConvertible {
  public var description: String {
    switch self {
    case .scheme: "the address must start with ws:// or wss://"
    case .userInformation: "remove user name and password from the address"
    case .host: "the host must be a name, an IPv4 address or a bracketed IPv6 address"
    case .port: "the port must be a number from 1 to 65535"
    case .target: "path and query must be percent-encoded ASCII without blanks"
    case .fragment: "remove the fragment (#...) from the address"
    }
  }
}
