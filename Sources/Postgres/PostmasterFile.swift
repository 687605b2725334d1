import Glibc

/// `postmaster.pid` of a data folder, and whether the server it names is alive.
struct PostmasterFile: Equatable {
  let pid: pid_t
  let port: Int
  let socketDirectory: String

  /// Lines: pid, data folder, start time, port, socket folder, listen address, shared memory key, status.
  init?(dataDirectory: String) {
    guard let text = Files.read(dataDirectory + "/postmaster.pid") else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 5, let pid = pid_t(lines[0]), pid > 1, let port = Int(lines[3]) else { return nil }
    self.pid = pid
    self.port = port
    socketDirectory = String(lines[4])
  }

  /// A server's working folder is its data folder. Asking that instead of `kill(pid, 0)` is right for a pid that was
  /// reused by another program and for a zombie that nobody reaps.
  func isAlive(dataDirectory: String) -> Bool {
    Files.link("/proc/\(pid)/cwd") == Files.resolved(dataDirectory)
  }
}
