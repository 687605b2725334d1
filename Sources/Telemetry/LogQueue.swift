import Glibc
import Logging

/// The bounded queue between the threads that log and the one that writes, and that thread itself.
final class LogQueue: @unchecked Sendable {
  // Unchecked because of `state`, guarded by `mutex`; a condition beside the mutex is needed to wait, so no `Locked`
  // (and this module imports nothing of ours).
  private struct State {
    var records: [LogRecord] = []
    /// Records accepted and written so far; equal when nothing is under way.
    var accepted = 0
    var written = 0
    var dropped = 0
    var droppedReported = 0
    var isClosed = false
    var thread: pthread_t?
  }

  /// How long one stalled write may hold up `flush` and `close`.
  static let stallSecondsMax = 2
  /// POLLOUT on a pipe promises room for this many bytes (PIPE_BUF), so a write of at most this never blocks after it.
  private static let chunkBytes = 4096

  let nowMicroseconds: @Sendable () -> Int64
  private let format: LogOutput.Format
  private let descriptor: Int32
  private let capacity: Int
  private let reserve: Int
  private var state = State()
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let arrived: UnsafeMutablePointer<pthread_cond_t>
  private let drained: UnsafeMutablePointer<pthread_cond_t>

  init(
    format: LogOutput.Format, descriptor: Int32, capacity: Int, reserve: Int,
    nowMicroseconds: @escaping @Sendable () -> Int64
  ) {
    self.format = format
    self.descriptor = descriptor
    self.capacity = capacity
    self.reserve = reserve
    self.nowMicroseconds = nowMicroseconds
    mutex = .allocate(capacity: 1)
    arrived = .allocate(capacity: 1)
    drained = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    arrived.initialize(to: pthread_cond_t())
    drained.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(arrived, nil)
    pthread_cond_init(drained, nil)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let queue = Unmanaged<LogQueue>.fromOpaque(context).takeRetainedValue()
        LogQueue.blockSignals()
        queue.run()
        return nil
      }, context)
    // A process that cannot start its first helper thread cannot run at all.
    precondition(result == 0, "the log writer's thread could not be started: errno \(result)")
    state.thread = thread
  }

  deinit {
    for condition in [arrived, drained] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  var droppedCount: Int { locked { $0.dropped } }

  func append(_ record: LogRecord) {
    locked { state in
      let limit = record.level >= .warning ? capacity : capacity - reserve
      guard !state.isClosed, state.records.count < limit else {
        state.dropped += 1
        return
      }
      state.records.append(record)
      state.accepted += 1
      if state.records.count == 1 { pthread_cond_signal(arrived) }
    }
  }

  func flush() {
    let deadline = Self.deadline()
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let target = state.accepted
    while state.written < target {
      if wait(until: deadline) == ETIMEDOUT { return }
    }
  }

  func close() {
    let thread = locked { state -> pthread_t? in
      state.isClosed = true
      pthread_cond_signal(arrived)
      defer { state.thread = nil }
      return state.thread
    }
    if let thread { pthread_join(thread, nil) }
  }

  // MARK: - The writer's thread

  private func run() {
    var buffer: [UInt8] = []
    while let (records, dropped) = take() {
      buffer.removeAll(keepingCapacity: true)
      if dropped > 0 { append(droppedNotice(dropped), to: &buffer) }
      for record in records { append(record, to: &buffer) }
      write(buffer)
      locked { state in
        state.written += records.count
        pthread_cond_broadcast(drained)
      }
    }
  }

  private func take() -> (records: [LogRecord], dropped: Int)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    // Not through `locked`: waiting lets other threads change `state`, so no exclusive access to it may span the wait.
    // (An optimised build then reads the old count for ever.)
    while state.records.isEmpty {
      if state.isClosed { return nil }
      pthread_cond_wait(arrived, mutex)
    }
    let records = state.records
    state.records = []
    let dropped = state.dropped - state.droppedReported
    state.droppedReported = state.dropped
    return (records, dropped)
  }

  private func droppedNotice(_ count: Int) -> LogRecord {
    LogRecord(
      microseconds: nowMicroseconds(), level: .warning, label: "log", message: "Log lines were dropped",
      fields: ["count": .stringConvertible(count), "hint": "the reader of the log is too slow"])
  }

  private func append(_ record: LogRecord, to buffer: inout [UInt8]) {
    switch format {
    case .json: record.appendJSON(to: &buffer)
    case .text(let colour): record.appendText(to: &buffer, colour: colour)
    }
  }

  private func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        guard waitForRoom() else { return }
        let chunk = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.chunkBytes))
        let count = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if count < 0, errno != EINTR, errno != EAGAIN {
          return  // the reader is gone; there is nobody to tell
        }
      }
    }
  }

  /// Waits for the descriptor; gives up only when closing, because a lost line cannot be told from a late one
  /// otherwise.
  private func waitForRoom() -> Bool {
    var stalledSeconds = 0
    while true {
      var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&item, 1, 1000)
      if ready > 0 { return true }
      if ready < 0, errno != EINTR { return false }
      if ready == 0 { stalledSeconds += 1 }
      if stalledSeconds >= Self.stallSecondsMax, locked({ $0.isClosed }) { return false }
    }
  }

  // MARK: - Locking

  private func locked<Value>(_ body: (inout State) -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&state)
  }

  private func wait(until deadline: timespec) -> Int32 {
    var deadline = deadline
    return pthread_cond_timedwait(drained, mutex, &deadline)
  }

  private static func deadline() -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    time.tv_sec += stallSecondsMax
    return time
  }

  /// Signals belong to the main thread, and a closed pipe is an error code here, not SIGPIPE.
  private static func blockSignals() {
    var signals = sigset_t()
    sigfillset(&signals)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&signals, fault) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }
}
