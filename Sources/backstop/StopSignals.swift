import EventLoop
import Glibc

/// SIGTERM and SIGINT as something one can wait for. Blocked in every thread, taken by one thread of their own, so that
/// no code ever runs inside a signal handler.
enum StopSignals {
  /// First thing in the process: threads made later inherit the mask. A broken pipe is an error code here, never a
  /// signal.
  static func block() {
    signal(SIGPIPE, SIG_IGN)
    var set = stopSet()
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for the first of them; the second one ends the process at once, for a person who means it.
  ///
  /// - Parameter orParentOf: end as well when the process that started this one is gone, so that a demo that was killed
  ///   leaves nothing behind.
  static func wait(orParentOf hasParent: Bool = false) async throws -> String {
    let worker = try WorkerThread(name: "signals", capacity: 2)
    let parent = getppid()
    let first = try await worker.run { hasParent ? take(whileParentIs: parent) : take() }
    if first == 0 { return "the starting process is gone" }
    _ = worker.submit {
      _ = take()
      _exit(130)
    }
    return first == SIGTERM ? "SIGTERM" : "SIGINT"
  }

  private static func take() -> Int32 {
    var set = stopSet()
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    return number
  }

  /// - Returns: 0 when the parent is gone.
  private static func take(whileParentIs parent: pid_t) -> Int32 {
    var set = stopSet()
    while getppid() == parent {
      var patience = timespec(tv_sec: 0, tv_nsec: 250_000_000)
      let number = sigtimedwait(&set, nil, &patience)
      if number > 0 { return number }
    }
    return 0
  }

  private static func stopSet() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }
}
