/// Why the paper server could not start.
public enum PaperServerError: Error, Sendable, CustomStringConvertible {
  case cannotWrite(path: String, errno: Int32)
  /// The listener has no address, which a bound TCP listener always has.
  case noAddress
  /// The plain listener has no encryption and carries the admin endpoints: it may not leave the machine.
  case notLoopback(host: String)

  public var description: String {
    switch self {
    case .cannotWrite(let path, let errno):
      "cannot write \(path) (errno \(errno)); check the folder and its permissions"
    case .noAddress: "the listener was bound without an address; check the host"
    case .notLoopback(let host): "\(host) is not a loopback address; use 127.0.0.1 or ::1"
    }
  }
}
