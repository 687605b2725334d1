import Dispatch
import EventLoop
import Glibc

/// SIGTERM and SIGINT as something one can wait for. No code of ours ever runs inside a signal handler.
///
/// Keep it until the end: the second signal ends the process at once, for a person who means it.
final class StopSignals {
  private let sources: [any DispatchSourceSignal]
  private let parent: WorkerThread?
  private let reasons: AsyncStream<String>

  /// First thing in the process: threads made later inherit the mask. A broken pipe is an error code here, never a
  /// signal.
  static func block() {
    signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Listens from now on.
  ///
  /// - Parameter orParentOf: stop as well when the process that started this one is gone, so that a demo that was
  ///   killed leaves nothing behind.
  init(orParentOf hasParent: Bool = false) throws {
    let (reasons, announce) = AsyncStream<String>.makeStream()
    self.reasons = reasons
    let isFirst = Locked(true)
    // Dispatch's own sources, because Dispatch owns the main thread and lets every signal through there that has none.
    sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let first = isFirst.withLock { isFirst in
          defer { isFirst = false }
          return isFirst
        }
        if first { announce.yield(name) } else { _exit(130) }
      }
      source.resume()
      return source
    }
    parent = hasParent ? try Self.watchParent { announce.yield("the starting process is gone") } : nil
  }

  /// Waits for the first reason to stop, and names it.
  func wait() async -> String {
    for await reason in reasons { return reason }
    return "the end"
  }

  /// Twice a second is often enough for a demo that was killed.
  private static let parentPollMilliseconds: Int32 = 500

  private static func watchParent(_ gone: @escaping @Sendable () -> Void) throws -> WorkerThread {
    let worker = try WorkerThread(name: "parent", capacity: 1)
    let parent = getppid()
    _ = worker.submit {
      while getppid() == parent { poll(nil, 0, parentPollMilliseconds) }
      gone()
    }
    return worker
  }
}
