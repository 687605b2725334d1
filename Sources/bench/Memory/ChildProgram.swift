import Foundation

/// A program that runs beside this one until it is stopped.
final class ChildProgram {
  private static let startMilliseconds = 60_000
  private static let stopMilliseconds = 15_000
  private static let leash = "/usr/bin/setpriv"

  private let log: String
  private let pid: pid_t
  private var hasEnded = false

  init(_ path: String, _ arguments: [String], log: String) throws {
    self.log = log
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // It ends with us, in whatever way we end.
    let command = [Self.leash, "--pdeathsig", "TERM", path] + arguments
    let words = command.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, Self.leash, &actions, nil, words, environ)
    guard result == 0 else { throw BenchmarkFailure("cannot start \(path): \(String(cString: strerror(result)))") }
    self.pid = pid
  }

  private var isRunning: Bool {
    guard !hasEnded else { return false }
    hasEnded = waitpid(pid, nil, WNOHANG) == pid
    return !hasEnded
  }

  /// Waits until its output holds a word.
  func wait(for word: String) throws {
    for _ in 0..<Self.startMilliseconds / 10 {
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      if text.contains(word) { return }
      guard isRunning else { throw BenchmarkFailure("the program ended: \(text.suffix(400))") }
      Pause.milliseconds(10)
    }
    throw BenchmarkFailure("the program did not say \"\(word)\"")
  }

  /// `VmRSS` of /proc: what is in memory now, shared libraries included.
  func residentKilobytes() throws -> Double {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      let words = line.split { $0 == " " || $0 == "\t" }
      if words.count > 1, let kibibytes = Double(words[1]) { return kibibytes * 1.024 }
    }
    throw BenchmarkFailure("the kernel says nothing about the program's memory")
  }

  /// Asks it to end, and makes it end when it does not in time.
  func stop() {
    guard isRunning else { return }
    kill(pid, SIGTERM)
    for _ in 0..<Self.stopMilliseconds / 10 where isRunning { Pause.milliseconds(10) }
    guard isRunning else { return }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
    hasEnded = true
  }
}
