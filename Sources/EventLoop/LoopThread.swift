import CLinux
import Glibc
import Synchronization

/// One thread that is an epoll loop, a timer wheel and a Swift executor at once: the fast path of the program.
///
/// An actor whose `unownedExecutor` is this loop runs on its thread, so a socket handler enters it with
/// `assumeIsolated`: synchronously, in order, without a hop. One turn of the loop is: wait, run the handlers of ready
/// descriptors, run queued jobs, run due timers.
///
/// Calls marked *loop only* must come from the loop's thread (a handler, a timer, a queued closure, or an actor on
/// it); that is checked. Everything else may be called from anywhere.
///
/// Never block here: no libcurl, no libpq, no file sync, no `getaddrinfo`. `WorkerThread` is for those.
public final class LoopThread: Sendable {
  /// Closures waiting to run. Reaching it means that the loop has been stuck for long; more would only hide that.
  public static let queueCapacity = 65_536
  /// Descriptors and timers are few per account; the limits exist to turn a leak into a clear stop.
  public static let descriptorCapacity = 65_536
  public static let timerCapacity = 1_000_000
  /// Events taken per wait; the rest waits one turn, so timers and jobs are not starved.
  static let eventsPerTurn = 128

  public let name: String
  public let clock: MonotonicClock
  let epoll: Int32
  private let wakeDescriptor: Int32
  private let inbox: LoopInbox
  private let lifecycle = Locked(Lifecycle.idle)
  /// Thread that owns the loop-only state now, as a `pthread_t`; 0 for none.
  private let owner = Atomic<UInt>(0)
  let state = LoopState()

  private enum Lifecycle {
    case idle
    case running(PosixThread)
    case joined
  }

  /// Creates the loop without its thread.
  public init(name: String, clock: MonotonicClock = .system) throws(EventLoopError) {
    self.name = name
    self.clock = clock
    epoll = clinux_epoll_create()
    guard epoll >= 0 else { throw .cannotCreateLoop(call: "epoll_create1", errno: -epoll) }
    wakeDescriptor = clinux_eventfd()
    guard wakeDescriptor >= 0 else {
      close(epoll)
      throw .cannotCreateLoop(call: "eventfd", errno: -wakeDescriptor)
    }
    let added = clinux_epoll_add(epoll, wakeDescriptor, Readiness.readable.rawValue, 0)
    guard added >= 0 else {
      close(wakeDescriptor)
      close(epoll)
      throw .cannotRegister(descriptor: wakeDescriptor, errno: -added)
    }
    inbox = LoopInbox(capacity: Self.queueCapacity)
    clock.onJump { [weak self] in self?.wake() }
  }

  deinit {
    lifecycle.withLock { if case .running(let thread) = $0 { thread.detach() } }
    close(wakeDescriptor)
    close(epoll)
  }

  /// Starts the thread. Once only. The thread keeps the loop alive until `stop`.
  public func start() throws(EventLoopError) {
    try lifecycle.withLock { (lifecycle) throws(EventLoopError) in
      guard case .idle = lifecycle else { preconditionFailure("a loop is started once") }
      lifecycle = .running(try PosixThread.start(name: name) { self.run() })
    }
  }

  /// Asks the thread to end after the work that is already queued. Returns at once; may be called again.
  public func stop() {
    if inbox.close() { wake() }
  }

  /// Waits for the thread to end. Not from the loop itself. After it, jobs of actors that still live on the loop run on
  /// whichever thread enqueues them, one at a time, so that no task hangs.
  public func join() {
    precondition(!isOnLoop, "a loop cannot wait for itself")
    let thread = lifecycle.withLock { lifecycle -> PosixThread? in
      defer { lifecycle = .joined }
      if case .running(let thread) = lifecycle { return thread }
      return nil
    }
    thread?.join()
  }

  /// True on the loop's thread.
  public var isOnLoop: Bool { owner.load(ordering: .acquiring) == PosixThread.current }

  /// Runs `body` on the loop, after what was enqueued before it. From the loop itself it runs later in the same turn
  /// or in the next one, never inside this call.
  ///
  /// - Returns: false when the loop was stopped or `queueCapacity` closures wait; `body` will not run then.
  @discardableResult
  public func enqueue(_ body: @escaping @Sendable () -> Void) -> Bool {
    switch inbox.append(body) {
    case .refused: return false
    case .queued: return true
    case .queuedFirst:
      if !isOnLoop { wake() }
      return true
    }
  }

  func enqueueJob(_ job: UnownedJob) {
    switch inbox.append(job) {
    case .queuedFirst:
      if !isOnLoop { wake() }
    case .queued: break
    case .refused: drainAfterStop()
    }
  }

  /// Makes the loop look at its queue and its timers.
  func wake() {
    _ = clinux_eventfd_signal(wakeDescriptor)
  }

  // MARK: the thread

  private func run() {
    owner.store(PosixThread.current, ordering: .releasing)
    let events = UnsafeMutableBufferPointer<clinux_event>.allocate(capacity: Self.eventsPerTurn)
    defer { events.deallocate() }
    while true {
      let isFinished = runJobs()
      runTimers()
      if isFinished { break }
      wait(events)
    }
    state.clear()
    owner.store(0, ordering: .releasing)
    inbox.endThread()
    drainAfterStop()
  }

  /// Runs what is queued now. Returns true when the loop was stopped and nothing is left.
  private func runJobs() -> Bool {
    let batch = inbox.take()
    for item in batch.items { run(item) }
    return batch.isClosed && batch.items.isEmpty
  }

  private func run(_ item: LoopInbox.Item) {
    switch item {
    case .job(let job):
      job.runSynchronously(
        isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    case .body(let body):
      body()
    }
  }

  private func runTimers() {
    guard state.timers.count > 0 else { return }
    let now = clock.nowNanoseconds
    while let handler = state.timers.popDue(at: now) { handler() }
  }

  private func wait(_ events: UnsafeMutableBufferPointer<clinux_event>) {
    guard let base = events.baseAddress else { return }
    let count = clinux_epoll_wait(epoll, base, Int32(events.count), waitNanoseconds())
    precondition(count >= 0, "epoll_wait failed: errno \(-count)")
    state.wokeAtNanoseconds = clock.nowNanoseconds
    for event in events.prefix(Int(count)) {
      if event.token == 0 {
        _ = clinux_eventfd_drain(wakeDescriptor)
      } else if let handler = state.handlers[event.token] {
        handler(Readiness(rawValue: event.events))
      }
    }
  }

  private func waitNanoseconds() -> Int64 {
    if inbox.mustNotWait() { return 0 }
    guard let deadline = state.timers.nextDeadline() else { return -1 }
    let remaining = deadline - clock.nowNanoseconds
    if remaining <= 0 { return 0 }
    return clock.runsByItself ? remaining : -1
  }

  /// Jobs that arrive after the thread ended: whoever brings one runs them, one at a time.
  private func drainAfterStop() {
    while inbox.beginLateDrain() {
      owner.store(PosixThread.current, ordering: .releasing)
      while let item = inbox.takeLate() { run(item) }
      owner.store(0, ordering: .releasing)
      inbox.endLateDrain()
    }
  }
}

/// What only the loop's thread touches.
final class LoopState: @unchecked Sendable {
  // Unchecked: every access is on the loop's thread, which the public calls check.
  var handlers: [UInt64: (Readiness) -> Void] = [:]
  var descriptors: [UInt64: Int32] = [:]
  var lastDescriptor: UInt64 = 0
  var timers = TimerHeap<() -> Void>()
  var wokeAtNanoseconds: Int64 = 0

  func clear() {
    handlers = [:]
    descriptors = [:]
    timers = TimerHeap()
  }
}
