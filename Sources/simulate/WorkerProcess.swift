import Glibc

/// A range of seeds under work.
struct SeedRange: Hashable {
  var from: UInt64
  var count: UInt64
  var end: UInt64 { from + count }
}

/// One worker and the two pipes to it.
final class WorkerProcess {
  enum StartFailure: Error, CustomStringConvertible {
    case system(call: String, errno: Int32)

    var description: String {
      switch self {
      case .system(let call, let errno): "cannot start a worker: \(call): \(String(cString: strerror(errno)))"
      }
    }
  }

  /// What malloc may keep of what is free at the end of its heap, bytes. It would raise that to twice the largest array
  /// that a world ever freed, up to 64 MB: memory would show the largest world so far, and not whether anything grows.
  private static let keptFreeBytes = 1 << 20

  let pid: pid_t
  /// Where its answers come from.
  let output: Int32
  private let input: Int32
  private var buffer: [UInt8] = []
  /// What it works on.
  private(set) var range: SeedRange?
  /// The seed that it began last, and when.
  private(set) var seed: UInt64?
  private(set) var seedSince: ContinuousClock.Instant = .now

  init(arguments: [String]) throws(StartFailure) {
    var toWorker: [Int32] = [0, 0]
    var fromWorker: [Int32] = [0, 0]
    guard pipe(&toWorker) == 0, pipe(&fromWorker) == 0 else { throw .system(call: "pipe", errno: errno) }
    // No other worker may hold an end of these, or a death would go unnoticed.
    for descriptor in toWorker + fromWorker { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toWorker[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromWorker[1], 1)
    setenv("MALLOC_TRIM_THRESHOLD_", String(Self.keptFreeBytes), 0)
    var words = (["simulate"] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, "/proc/self/exe", &actions, nil, &words, environ)
    close(toWorker[0])
    close(fromWorker[1])
    guard result == 0 else { throw .system(call: "posix_spawn", errno: result) }
    self.pid = pid
    input = toWorker[1]
    output = fromWorker[0]
  }

  func begin(_ range: SeedRange) {
    self.range = range
    seed = nil
    seedSince = .now
    let text = Array("\(range.from) \(range.count)\n".utf8)
    // A worker that is gone is noticed at the other pipe.
    _ = text.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
  }

  func began(_ seed: UInt64) {
    self.seed = seed
    seedSince = .now
  }

  func finished() { range = nil }

  /// Reads what is there; `nil` when the worker has ended.
  func readLines() -> [Substring]? {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = read(output, &chunk, chunk.count)
    guard count > 0 else { return nil }
    buffer += chunk.prefix(count)
    guard let end = buffer.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    let text = String(decoding: buffer[...end], as: UTF8.self)
    buffer.removeSubrange(...end)
    return text.split(separator: "\n")
  }

  /// Lets it end, and says how it did.
  func reap() -> String {
    close(input)
    close(output)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? "exit \((status >> 8) & 0xff)" : "signal \(signal)"
  }
}
