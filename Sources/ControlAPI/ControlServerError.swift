/// Why the control API does not start.
public enum ControlServerError: Error, Hashable, CustomStringConvertible {
  case weakToken
  /// Other machines could reach it, and nothing would hold them back.
  case remoteWithoutToken(host: String)
  case badAddress(host: String, port: Int)
  case cannotListen(host: String, port: Int, reason: String)

  public var description: String {
    switch self {
    case .weakToken:
      "the control token is too weak: use at least \(BearerToken.bytesMin) printable characters of chance (128 bits)"
    case .remoteWithoutToken(let host):
      "the control API would listen on \(host), which other machines can reach, without a token: "
        + "configure one, or listen on 127.0.0.1"
    case .badAddress(let host, let port):
      "the control API cannot listen on \(host) port \(port): give an IP address and a port from 0 to 65535"
    case .cannotListen(let host, let port, let reason):
      "the control API cannot listen on \(host) port \(port): \(reason); choose another port or stop what uses it"
    }
  }
}
