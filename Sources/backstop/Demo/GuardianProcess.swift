import Glibc

/// The guardian as a process of its own, so that `kill -9` is real.
final class GuardianProcess: Sendable {
  let pid: pid_t
  let startedAt: ContinuousClock.Instant

  private init(pid: pid_t) {
    self.pid = pid
    startedAt = .now
  }

  /// - Parameters:
  ///   - executable: this program.
  ///   - log: where its output goes, appended.
  static func start(executable: String, configuration: String, log: String) throws -> GuardianProcess {
    let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard output >= 0 else {
      throw CommandFailure(.cannotCreate, "cannot write \(log): \(String(cString: strerror(errno)))")
    }
    defer { close(output) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: Ctrl-C in the terminal is for the demo, which then stops the child in order.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let words = [executable, "run", "--config", configuration, "--with-parent"]
    let arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, executable, &actions, &attributes, arguments, environ)
    guard result == 0 else {
      throw CommandFailure(.software, "cannot start \(executable): \(String(cString: strerror(result)))")
    }
    return GuardianProcess(pid: pid)
  }

  /// Its exit status once it ended; `nil` while it runs.
  func poll() -> Int32? {
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }

  /// SIGKILL: nothing of it can run any more.
  func killNow() {
    kill(pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
  }

  /// SIGTERM, and SIGKILL when it does not end within the time that it promises (fault PR11).
  func stop(within limit: Duration = .seconds(8)) async throws -> Int32 {
    kill(pid, SIGTERM)
    if let (status, _) = try await Waiting.value(within: limit, { self.poll() }) { return status }
    killNow()
    return 137
  }

  /// The path of the running program.
  static var ownExecutable: String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), bytes.count) } ?? 0
    }
    return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
  }
}
