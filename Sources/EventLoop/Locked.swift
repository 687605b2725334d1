import Glibc

/// A value guarded by one mutex: the only lock of this code base.
///
/// Why not `Synchronization.Mutex`: its futex lives in a library that ThreadSanitizer does not instrument, so
/// everything it guards is reported as a race and the sanitizer run becomes useless. A `pthread_mutex_t` costs the
/// same (about 15 ns uncontended) and is understood by the sanitizer.
///
/// The lock is not recursive: calling `withLock` from inside `withLock` of the same object deadlocks. Keep the body
/// short and never call out (callbacks, C libraries, `await`) from it.
public final class Locked<Value: ~Copyable>: @unchecked Sendable {
  // Unchecked because `value` is mutable; every access below holds `mutex`.
  private var value: Value
  // On the heap, because a `pthread_mutex_t` must keep its address for its whole life.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  public init(_ value: consuming sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    let result = pthread_mutex_init(mutex, nil)
    precondition(result == 0, "pthread_mutex_init failed: \(result)")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deinitialize(count: 1)
    mutex.deallocate()
  }

  /// Runs `body` with exclusive access to the value. Blocks the calling thread while another one is inside.
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
