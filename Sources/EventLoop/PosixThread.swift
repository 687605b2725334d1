import CLinux
import Glibc

/// One joinable thread. Signals meant for the process are blocked on it, so that the main thread takes them, and a
/// write to a closed socket is an error code there, never SIGPIPE.
struct PosixThread {
  private let handle: pthread_t

  static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(EventLoopError) -> PosixThread {
    final class Start {
      let name: String
      let body: @Sendable () -> Void
      init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
      }
    }
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var handle = pthread_t()
    let result = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        clinux_block_signals()
        clinux_name_thread(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    guard result == 0 else {
      start.release()
      throw .cannotStartThread(name: name, errno: result)
    }
    return PosixThread(handle: handle)
  }

  func join() {
    pthread_join(handle, nil)
  }

  /// For an owner that goes away without waiting: the system frees the thread's rest when it ends.
  func detach() {
    pthread_detach(handle)
  }

  static var current: UInt { UInt(pthread_self()) }
}
