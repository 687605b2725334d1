/// What the kernel refused. `errno` is positive.
public enum EventLoopError: Error, Equatable, CustomStringConvertible {
  /// epoll or eventfd could not be created: usually the limit on open descriptors.
  case cannotCreateLoop(call: String, errno: Int32)
  case cannotStartThread(name: String, errno: Int32)
  case cannotRegister(descriptor: Int32, errno: Int32)
  /// The worker was stopped, or its queue is full; nothing ran.
  case workerRefused(name: String)

  public var description: String {
    switch self {
    case .cannotCreateLoop(let call, let errno):
      "\(call) failed with errno \(errno); raise the limit on open files (ulimit -n) and start again"
    case .cannotStartThread(let name, let errno):
      "thread \(name) could not be started, errno \(errno); check the limit on processes (ulimit -u) and memory"
    case .cannotRegister(let descriptor, let errno):
      "descriptor \(descriptor) cannot be watched, errno \(errno)"
    case .workerRefused(let name):
      "worker \(name) is stopped or its queue is full; the work was not done"
    }
  }
}
