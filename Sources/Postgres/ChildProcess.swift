import Glibc

/// Runs a program to its end and keeps what it printed. Blocks the calling thread: never call it on the cooperative
/// pool.
struct ChildProcess {
  /// Enough for any message of initdb or pg_ctl; the rest is read and dropped.
  static let outputBytesMax = 64 * 1024

  let exitCode: Int32
  let output: String

  var succeeded: Bool { exitCode == 0 }

  /// - Parameters:
  ///   - arguments: program path first.
  ///   - environment: the whole environment, so that PGDATA, PGPORT and the like of the caller cannot leak in.
  static func run(_ arguments: [String], environment: [String]) throws(EmbeddedServerError) -> ChildProcess {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(call: "pipe", errno: errno) }
    defer { close(ends[0]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let pid = try spawnClosing(ends[1], arguments, environment)
    var collected: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if collected.count < outputBytesMax { collected.append(contentsOf: buffer[..<count]) }
    }
    let status = reap(pid)
    // The low seven bits are the signal that ended it; 0 means it exited.
    let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    return ChildProcess(exitCode: code, output: String(decoding: collected, as: UTF8.self))
  }

  /// Waits for the end of a program and gives its status in the form of `waitpid`.
  @discardableResult static func reap(_ pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status
  }

  /// Our copy of the write end must be closed before reading, or the end of the output is never seen.
  private static func spawnClosing(
    _ writeEnd: Int32, _ arguments: [String], _ environment: [String]
  ) throws(EmbeddedServerError) -> pid_t {
    defer { close(writeEnd) }
    return try spawn(arguments, environment: environment, standardInput: -1, standardOutput: writeEnd)
  }

  /// Starts a program with its own process group (Ctrl-C in a terminal is for us, not for it) and without the signal
  /// mask and ignored signals that our threads carry. Descriptors of -1 mean /dev/null.
  static func spawn(
    _ arguments: [String], environment: [String], standardInput: Int32, standardOutput: Int32
  ) throws(EmbeddedServerError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, source) in [(Int32(0), standardInput), (1, standardOutput), (2, standardOutput)] {
      if source < 0 {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY, 0)
      } else {
        posix_spawn_file_actions_adddup2(&actions, source, descriptor)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var ignored = sigset_t()
    sigemptyset(&ignored)
    sigaddset(&ignored, SIGPIPE)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &ignored)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

    let argv = arguments.map { strdup($0) } + [nil]
    let envp = environment.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, arguments[0], &actions, &attributes, argv, envp)
    guard result == 0 else { throw .system(call: "posix_spawn \(arguments[0])", errno: result) }
    return pid
  }
}
