/// Why a transport cannot be set up. What happens to a single request is an `HTTPResult`, not an error.
public enum HTTPTransportError: Error, Hashable, CustomStringConvertible {
  case badOrigin(String)
  case insecureOrigin(host: String)
  case unreadableCAFile(path: String)
  case badLimit(String)
  /// libcurl or a thread could not be started.
  case cannotStart(String)

  public var description: String {
    switch self {
    case .badOrigin(let reason): "the venue's REST URL cannot be used: \(reason)"
    case .insecureOrigin(let host):
      "plain http to \(host) would send the API key in the clear: use https (http is for this machine only)"
    case .unreadableCAFile(let path): "the CA file \(path) cannot be read: check the path and its permissions"
    case .badLimit(let reason): "the REST client's limits cannot be used: \(reason)"
    case .cannotStart(let reason): "the REST client could not be started: \(reason)"
    }
  }
}
