import Glibc

/// One thread for calls that block (libpq, libcurl, name resolution, file sync), behind a bounded first-in-first-out
/// queue. It is an executor too: an actor that owns one blocking C handle may live on it.
///
/// The cooperative pool has as many threads as cores, often two: blocking one of them stops half of the program.
public final class WorkerThread: @unchecked Sendable {
  // Unchecked because of `state`, guarded by `mutex`. Not `Locked`, because waiting needs the condition beside the
  // mutex.
  fileprivate struct State {
    /// Slots before `first` are nil: what ran is not kept alive.
    var items: [LoopInbox.Item?] = []
    var first = 0
    var bodies = 0
    var isStopped = false
    var thread: PosixThread?
    var owner: UInt = 0
    var threadEnded = false
  }

  public let name: String
  /// Closures that may wait; `submit` refuses more.
  public let capacity: Int
  private var state = State()
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  /// Starts the thread, which keeps the worker alive until `stop`.
  public init(name: String, capacity: Int) throws(EventLoopError) {
    precondition(capacity > 0, "a worker needs room for one call")
    self.name = name
    self.capacity = capacity
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    let thread = try PosixThread.start(name: name) { self.run() }
    locked { $0.thread = thread }
  }

  deinit {
    state.thread?.detach()
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// True on the worker's thread.
  public var isOnWorker: Bool { locked { $0.owner == PosixThread.current } }

  /// Closures that wait now, without the one that runs.
  public var waitingCount: Int { locked { $0.bodies } }

  /// Queues `body`. Returns false, and does nothing, when `capacity` closures wait or the worker was stopped.
  public func submit(_ body: @escaping @Sendable () -> Void) -> Bool {
    locked { state in
      guard !state.isStopped, state.bodies < capacity else { return false }
      state.bodies += 1
      state.items.append(.body(body))
      pthread_cond_signal(condition)
      return true
    }
  }

  /// Runs `body` on the worker and returns its value without blocking the caller's thread.
  ///
  /// - Throws: `workerRefused` when `submit` would have returned false.
  public func run<Value: Sendable>(
    _ body: @escaping @Sendable () -> Value
  ) async throws(EventLoopError) -> Value {
    let value: Value? = await withCheckedContinuation { continuation in
      if !submit({ continuation.resume(returning: body()) }) { continuation.resume(returning: nil) }
    }
    guard let value else { throw .workerRefused(name: name) }
    return value
  }

  /// Takes no more work; what waits is still done, unless `discardingQueue`. Returns at once; may be called again.
  public func stop(discardingQueue: Bool = false) {
    locked { state in
      state.isStopped = true
      if discardingQueue {
        state.items.removeSubrange(..<state.first)
        state.first = 0
        // Swift jobs stay: a dropped one would leave its task waiting for ever.
        state.items.removeAll { if case .body = $0 { true } else { false } }
        state.bodies = 0
      }
      pthread_cond_broadcast(condition)
    }
  }

  /// Waits for the thread to end, after `stop`. Not from the worker itself.
  public func join() {
    precondition(!isOnWorker, "a worker cannot wait for itself")
    let thread = locked { state -> PosixThread? in
      defer { state.thread = nil }
      return state.thread
    }
    thread?.join()
  }

  func enqueueJob(_ job: UnownedJob) {
    let mustRunHere = locked { state -> Bool in
      state.items.append(.job(job))
      pthread_cond_signal(condition)
      return state.threadEnded && state.owner == 0
    }
    if mustRunHere { drainAfterStop() }
  }

  private func run() {
    locked { $0.owner = PosixThread.current }
    while let item = next() { run(item) }
    locked { state in
      state.owner = 0
      state.threadEnded = true
    }
    drainAfterStop()
  }

  /// Jobs that arrive after the thread ended: whoever brings one runs them, one at a time.
  private func drainAfterStop() {
    let mine = locked { state -> Bool in
      guard state.owner == 0, state.first < state.items.count else { return false }
      state.owner = PosixThread.current
      return true
    }
    guard mine else { return }
    while let item = takeOrGiveUp() { run(item) }
  }

  private func takeOrGiveUp() -> LoopInbox.Item? {
    locked { state in
      let item = state.takeFirst()
      if item == nil { state.owner = 0 }
      return item
    }
  }

  private func next() -> LoopInbox.Item? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    // Not through `locked`: waiting lets other threads change `state`, so no exclusive access to it may span the
    // wait. (An optimised build then reads the old count for ever.)
    while state.first == state.items.count {
      if state.isStopped { return nil }
      pthread_cond_wait(condition, mutex)
    }
    return state.takeFirst()
  }

  private func run(_ item: LoopInbox.Item) {
    switch item {
    case .job(let job):
      job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    case .body(let body):
      body()
    }
  }

  private func locked<Value>(_ body: (inout State) -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&state)
  }
}

extension WorkerThread.State {
  /// Amortised constant: the consumed prefix is dropped when it outweighs the rest.
  fileprivate mutating func takeFirst() -> LoopInbox.Item? {
    guard first < items.count else { return nil }
    let item = items[first]
    items[first] = nil
    first += 1
    if case .body = item { bodies -= 1 }
    if first == items.count || (first > 32 && first * 2 > items.count) {
      items.removeSubrange(..<first)
      first = 0
    }
    return item
  }
}

extension WorkerThread: SerialExecutor, TaskExecutor {
  public func enqueue(_ job: consuming ExecutorJob) {
    enqueueJob(UnownedJob(job))
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  public func checkIsolated() {
    precondition(isOnWorker, "not on the thread of worker \(name)")
  }

  public func isIsolatingCurrentContext() -> Bool? {
    isOnWorker
  }
}
