import Glibc

/// Why the private PostgreSQL server is not running; each says what to do.
public enum EmbeddedServerError: Error, Hashable, Sendable {
  case notInstalled
  /// The state folder was made by a major version whose programs are not here.
  case versionMissing(needed: String, found: String)
  /// PostgreSQL refuses root, and the unprivileged user it could run as does not exist.
  case userMissing(name: String)
  case cannotUse(path: String, reason: String)
  /// initdb or the server failed; the last lines it printed.
  case failed(step: String, output: String)
  /// It did not answer, or did not stop, in time.
  case timedOut(step: String, logDirectory: String)
  case system(call: String, errno: Int32)
  case postgres(PostgresError)
}

extension EmbeddedServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notInstalled:
      "PostgreSQL is not installed: no initdb under /usr/lib/postgresql or on PATH. "
        + "Install it with: apt-get install postgresql (Debian, Ubuntu), or set database.url to a server of your own"
    case .versionMissing(let needed, let found):
      "the state folder holds a PostgreSQL \(needed) database and only version \(found) is installed. "
        + "Install it with: apt-get install postgresql-\(needed)"
    case .userMissing(let name):
      "started as root, and PostgreSQL refuses to run as root, but there is no user '\(name)' to run it as. "
        + "Install the Debian package postgresql, or start backstop as an ordinary user"
    case .cannotUse(let path, let reason): "cannot use \(path) for the database: \(reason)"
    case .failed(let step, let output): "\(step) failed: \(output)"
    case .timedOut(let step, let logDirectory): "\(step) took too long; PostgreSQL's own log is in \(logDirectory)"
    case .system(let call, let errno): "\(call): \(String(cString: strerror(errno)))"
    case .postgres(let error): error.description
    }
  }
}
