public import EventLoop
public import Postgres
public import Trading
public import Venue

/// Writes facts to PostgreSQL on a thread of its own: the only part of the mirror that the core's shell touches.
///
/// - `record` costs an append under a lock: the protective path never waits for the database (promise I6).
/// - Facts wait in a bounded queue and go out in order, in one transaction per batch, as soon as the previous one is
///   done: one fact at a time when it is quiet, thousands when it is not.
/// - Every batch can be run again without effect, so a lost COMMIT answer needs no special case (fault DB03).
/// - After any failure the connection is discarded (DB12) and the same batch is tried again after a pause that grows.
/// - A fact that the database refuses for its content is found by halving the batch, counted as lost, and the rest goes
///   on.
public final class MirrorWriter: FactRecorder {
  struct Shared: Sendable {
    var queue: FactQueue
    var status = MirrorStatus()
    var isStopping = false
    /// Facts taken from the queue and not committed yet.
    var inFlight = 0
    var oldestInFlightMicroseconds: Int64?
  }

  let shared: Locked<Shared>
  let limits: MirrorLimits
  private let wake = WakeSignal()
  private let stopping = WakeSignal()
  private let progress = WakeSignal()
  private let finished = WakeSignal()
  private let monotonic: MonotonicClock
  private let wall: WallClock
  private let worker: WorkerThread

  /// Starts the thread. It connects by itself, migrates the schema, claims the accounts, and keeps trying for as long
  /// as it takes.
  public init(
    _ configuration: PostgresConfiguration, accounts: [MirrorAccount], limits: MirrorLimits = MirrorLimits(),
    monotonic: MonotonicClock = .system, wall: WallClock = .system, entropy: Entropy = .system
  ) throws(EventLoopError) {
    self.limits = limits
    self.monotonic = monotonic
    self.wall = wall
    shared = Locked(Shared(queue: FactQueue(limits: limits)))
    worker = try WorkerThread(name: "mirror", capacity: 1)
    var entropy = entropy
    let nonce = String(entropy.next(), radix: 36) + String(entropy.next(), radix: 36)
    let jitter = entropy
    let started = wall.nowMicroseconds
    _ = worker.submit { [shared, wake, stopping, progress, finished, limits, wall] in
      let connection = MirrorConnection(
        configuration, accounts: accounts, nonce: nonce, startedMicroseconds: started)
      var loop = MirrorWriteLoop(
        shared: shared, wake: wake, stopping: stopping, progress: progress, limits: limits, wall: wall,
        connection: connection, entropy: jitter)
      loop.run()
      connection.close()
      finished.wake()
    }
    worker.stop()
  }

  public func record(_ facts: [Fact], account: AccountID) {
    guard !facts.isEmpty else { return }
    let now = wall.nowMicroseconds
    let offset = now &- monotonic.nowNanoseconds / 1000
    shared.withLock { shared in
      guard !shared.isStopping else { return }
      shared.queue.append(facts, account: account, receivedMicroseconds: now, wallOffsetMicroseconds: offset)
      shared.status.recordedSequence = shared.queue.lastSequence
    }
    wake.wake()
  }

  /// A consistent reading of what the writer is doing.
  public var status: MirrorStatus {
    shared.withLock { shared in
      var status = shared.status
      status.waitingFacts = shared.queue.count + shared.inFlight
      status.waitingBytes = shared.queue.telemetryBytes
      status.telemetryDropped = shared.queue.telemetryDropped
      status.factsLost += shared.queue.factsLost
      status.needsResync = status.needsResync || shared.queue.factsLost > 0
      status.oldestWaitingMicroseconds =
        shared.oldestInFlightMicroseconds ?? shared.queue.waiting.first?.receivedMicroseconds
      return status
    }
  }

  /// Blocks the calling thread until everything recorded before the call is committed; false when it is not in time.
  public func waitUntilCommitted(milliseconds: Int) -> Bool {
    let goal = shared.withLock { $0.queue.lastSequence }
    let deadline = monotonic.nowNanoseconds + Int64(milliseconds) * 1_000_000
    while monotonic.nowNanoseconds < deadline {
      let isDone = shared.withLock { $0.status.committedSequence >= goal }
      if isDone { return true }
      // Bounded, because of two waiters one may take the other's wake.
      progress.wait(milliseconds: 20)
    }
    return shared.withLock { $0.status.committedSequence >= goal }
  }

  /// Takes no more facts, writes what waits for at most this long, and ends the thread. Blocks the calling thread;
  /// harmless when called again. What could not be written is read from the venue by the next start.
  public func stop(drainingMilliseconds: Int) {
    _ = waitUntilCommitted(milliseconds: drainingMilliseconds)
    let wasStopping = shared.withLock { shared in
      defer { shared.isStopping = true }
      return shared.isStopping
    }
    guard !wasStopping else { return }
    wake.wake()
    stopping.wake()
    // A server that froze in the middle of a statement must not hold up our end: the thread then ends by itself, later.
    finished.wait(milliseconds: Self.endingMillisecondsMax)
  }

  private static let endingMillisecondsMax = 2000
}
