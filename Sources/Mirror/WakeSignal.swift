import Glibc

/// Lets one thread sleep until another one wakes it, with a limit in time. A wake that comes first is not lost.
final class WakeSignal: @unchecked Sendable {
  // Unchecked because of `raised`, which is only touched while `mutex` is held.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var raised = false

  init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // A wall-clock step (fault PR06) must not stretch a wait.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func wake() {
    pthread_mutex_lock(mutex)
    raised = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Blocks the calling thread until `wake` or until the time has passed; nil waits without limit.
  func wait(milliseconds: Int?) {
    var until = timespec()
    clock_gettime(CLOCK_MONOTONIC, &until)  // ok: bounds a blocking wait, decides nothing
    let total = until.tv_nsec + (milliseconds ?? 0) % 1000 * 1_000_000
    until.tv_sec += (milliseconds ?? 0) / 1000 + total / 1_000_000_000
    until.tv_nsec = total % 1_000_000_000
    pthread_mutex_lock(mutex)
    while !raised {
      let result =
        milliseconds == nil ? pthread_cond_wait(condition, mutex) : pthread_cond_timedwait(condition, mutex, &until)
      if result == ETIMEDOUT { break }
    }
    raised = false
    pthread_mutex_unlock(mutex)
  }
}
