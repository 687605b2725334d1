import Glibc

/// The operating-system user that the server runs as: ourselves, or an unprivileged one when we are root, because
/// PostgreSQL refuses root.
struct ServerAccount {
  /// Exists wherever Debian's package is installed.
  static let unprivilegedName = "postgres"

  /// Nil: ourselves.
  private let user: (uid: uid_t, gid: gid_t)?

  static func current() throws(EmbeddedServerError) -> ServerAccount {
    guard geteuid() == 0 else { return ServerAccount(user: nil) }
    guard let entry = getpwnam(unprivilegedName) else { throw .userMissing(name: unprivilegedName) }
    return ServerAccount(user: (entry.pointee.pw_uid, entry.pointee.pw_gid))
  }

  var isOtherUser: Bool { user != nil }

  /// Runs a program as this user, in `directory`, which the user must be able to enter (root's home it cannot).
  func run(_ arguments: [String], in directory: String) throws(EmbeddedServerError) -> ChildProcess {
    var command: [String] = []
    if user != nil {
      command = [
        "/usr/bin/setpriv", "--reuid=\(Self.unprivilegedName)", "--regid=\(Self.unprivilegedName)", "--init-groups",
        "--reset-env", "--",
      ]
    }
    command += ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory] + arguments
    return try ChildProcess.run(command, environment: ["PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"])
  }

  /// Gives a file or folder to this user.
  func own(_ path: String) throws(EmbeddedServerError) {
    guard let user else { return }
    guard lchown(path, user.uid, user.gid) == 0 else { throw .system(call: "chown \(path)", errno: errno) }
  }

  func canEnter(_ directory: String) -> Bool {
    guard user != nil else { return access(directory, X_OK) == 0 }
    return (try? run(["/bin/true"], in: directory))?.succeeded ?? false
  }
}
