import Glibc

/// The first Ctrl-C or SIGTERM ends a campaign with what it has; the second one kills it. Meanwhile the signals wait:
/// in the workers too, which inherit that and end with their input.
struct Interruption: ~Copyable {
  private var signals = sigset_t()
  private var hasCome = false

  init() {
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    sigprocmask(SIG_BLOCK, &signals, nil)
  }

  deinit {
    var signals = signals
    sigprocmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Whether one has come, now or earlier; does not wait for it.
  mutating func look() -> Bool {
    var noTime = timespec()
    if !hasCome, sigtimedwait(&signals, nil, &noTime) > 0 {
      hasCome = true
      sigprocmask(SIG_UNBLOCK, &signals, nil)
    }
    return hasCome
  }
}
