/// The queue in front of a loop: closures and Swift jobs, in order of arrival. Thread-safe.
///
/// Only the append that makes the queue non-empty asks for a wake-up, so a burst costs one system call.
final class LoopInbox: Sendable {
  enum Item: Sendable {
    case job(UnownedJob)
    case body(@Sendable () -> Void)
  }

  enum Appended {
    case queued
    /// The queue was empty: somebody must wake the loop.
    case queuedFirst
    case refused
  }

  private struct State {
    var items: [Item] = []
    var bodies = 0
    /// Closures are refused; the thread ends when the queue is empty.
    var isClosed = false
    /// Nobody takes from the queue any more except a late drain.
    var threadEnded = false
    var isDrainingLate = false
  }

  private let capacity: Int
  private let state = Locked(State())

  init(capacity: Int) {
    self.capacity = capacity
  }

  func append(_ body: @escaping @Sendable () -> Void) -> Appended {
    state.withLock { state in
      guard !state.isClosed, state.bodies < capacity else { return .refused }
      state.bodies += 1
      state.items.append(.body(body))
      return state.items.count == 1 ? .queuedFirst : .queued
    }
  }

  /// A job is never lost: a task would hang for ever. `.refused` means that it is queued and that the caller must
  /// drain.
  func append(_ job: UnownedJob) -> Appended {
    state.withLock { state in
      state.items.append(.job(job))
      if state.threadEnded { return .refused }
      return state.items.count == 1 ? .queuedFirst : .queued
    }
  }

  func take() -> (items: [Item], isClosed: Bool) {
    state.withLock { state in
      let items = state.items
      state.items = []
      state.bodies = 0
      return (items, state.isClosed)
    }
  }

  func mustNotWait() -> Bool {
    state.withLock { $0.isClosed || !$0.items.isEmpty }
  }

  /// Returns false when it was closed before.
  func close() -> Bool {
    state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
  }

  func endThread() {
    state.withLock { $0.threadEnded = true }
  }

  func beginLateDrain() -> Bool {
    state.withLock { state in
      guard state.threadEnded, !state.isDrainingLate, !state.items.isEmpty else { return false }
      state.isDrainingLate = true
      return true
    }
  }

  func takeLate() -> Item? {
    state.withLock { state in state.items.isEmpty ? nil : state.items.removeFirst() }
  }

  func endLateDrain() {
    state.withLock { $0.isDrainingLate = false }
  }
}
