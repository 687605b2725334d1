import EventLoop
import Postgres
import Trading
import Venue

/// What the writer's thread does until it is stopped.
struct MirrorWriteLoop {
  let shared: Locked<MirrorWriter.Shared>
  let wake: WakeSignal
  let stopping: WakeSignal
  let progress: WakeSignal
  let limits: MirrorLimits
  let wall: WallClock
  let connection: MirrorConnection
  var entropy: Entropy
  /// Taken from the queue and not known to be committed; tried again as it is.
  private var pending: [QueuedFact] = []
  private var failures = 0
  private var nextTrimMicroseconds: Int64

  init(
    shared: Locked<MirrorWriter.Shared>, wake: WakeSignal, stopping: WakeSignal, progress: WakeSignal,
    limits: MirrorLimits, wall: WallClock,
    connection: MirrorConnection, entropy: Entropy
  ) {
    self.shared = shared
    self.wake = wake
    self.stopping = stopping
    self.progress = progress
    self.limits = limits
    self.wall = wall
    self.connection = connection
    self.entropy = entropy
    // Not among the first things of a start, when what counts is to get the facts in.
    nextTrimMicroseconds = wall.nowMicroseconds + Int64(min(limits.trimMinutes, 1)) * 60_000_000
  }

  mutating func run() {
    while !isStopping {
      do throws(MirrorError) {
        if !connection.isOpen { try connect() }
        if pending.isEmpty { takeBatch() }
        guard !pending.isEmpty else {
          wake.wait(milliseconds: nil)
          continue
        }
        try write()
        failures = 0
        try trim()
      } catch {
        connection.close()
        note(error)
        pause()
      }
    }
    shared.withLock { $0.status.state = .stopped }
  }

  private var isStopping: Bool { shared.withLock { $0.isStopping } }

  private mutating func connect() throws(MirrorError) {
    let watermark = try connection.open()
    let isComplete = shared.withLock { shared in
      shared.status.state = .connected
      // The server knows less than it confirmed: a fail-over lost its tail, or a backup was restored (DB04, DB13).
      if watermark < shared.status.committedSequence { shared.status.needsResync = true }
      return watermark >= shared.status.committedSequence
    }
    // The COMMIT whose answer was lost had happened (DB03).
    if isComplete, let last = pending.last, last.sequence <= watermark { finishPending() }
  }

  private mutating func takeBatch() {
    pending = shared.withLock { shared in
      let batch = shared.queue.takeBatch()
      shared.inFlight = batch.count
      shared.oldestInFlightMicroseconds = batch.first?.receivedMicroseconds
      return batch
    }
  }

  private mutating func write() throws(MirrorError) {
    do throws(PostgresError) {
      try connection.apply(FactBatch(pending).statements(journal: connection.journal))
      finishPending()
    } catch {
      switch error.category {
      case .badData, .integrityViolation, .uniqueViolation: try isolate(error)
      case .retryable, .connectionLost, .unavailable, .readOnly, .diskFull, .timeout, .authentication, .schemaMismatch,
        .configuration, .bug:
        throw .postgres(error)
      }
    }
  }

  private mutating func trim() throws(MirrorError) {
    let now = wall.nowMicroseconds
    guard now >= nextTrimMicroseconds else { return }
    // Set first: a trimming that fails must not hold up the facts behind it at every batch.
    nextTrimMicroseconds = now + Int64(limits.trimMinutes) * 60_000_000
    do throws(PostgresError) {
      try connection.trimRaw(olderThanHours: limits.rawRetentionHours)
    } catch { throw .postgres(error) }
  }

  /// A fact whose content the database refuses must not hold up all others for ever: halve until it stands alone, then
  /// drop it.
  private mutating func isolate(_ error: PostgresError) throws(MirrorError) {
    note(.postgres(error))
    guard pending.count > 1 else {
      shared.withLock { shared in
        shared.status.factsLost += 1
        shared.status.needsResync = true
      }
      return finishPending()
    }
    let all = pending
    let middle = all.count / 2
    for half in [all[..<middle], all[middle...]] {
      pending = Array(half)
      if !connection.isOpen { try connectForHalf(rest: half.startIndex == 0 ? all[middle...] : []) }
      if pending.isEmpty { continue }
      do throws(MirrorError) {
        try write()
      } catch {
        // The connection went away meanwhile: keep what is not in yet for the next try.
        if half.startIndex == 0 { pending += all[middle...] }
        throw error
      }
    }
  }

  private mutating func connectForHalf(rest: ArraySlice<QueuedFact>) throws(MirrorError) {
    let half = pending
    do throws(MirrorError) {
      _ = try connection.open()
      shared.withLock { $0.status.state = .connected }
    } catch {
      pending = half + rest
      throw error
    }
  }

  private mutating func finishPending() {
    let count = pending.count
    let last = pending.last?.sequence ?? 0
    let now = wall.nowMicroseconds
    shared.withLock { shared in
      shared.status.committedSequence = max(shared.status.committedSequence, last)
      shared.status.lastCommitMicroseconds = now
      shared.status.batches += 1
      shared.status.factsCommitted += Int64(count)
      shared.inFlight = max(0, shared.inFlight - count)
      shared.oldestInFlightMicroseconds = nil
    }
    pending = []
    progress.wake()
  }

  private func note(_ error: MirrorError) {
    shared.withLock { shared in
      shared.status.failures += 1
      shared.status.lastError = error
      switch error {
      case .environmentDiffers, .accountDiffers, .unreadable: shared.status.state = .refused(error)
      case .migration: shared.status.state = error.isTransient ? .disconnected(error) : .refused(error)
      case .postgres: shared.status.state = .disconnected(error)
      }
    }
  }

  /// Waits until the back-off has passed or the writer is stopped; a wake for new facts does not shorten it.
  private mutating func pause() {
    failures += 1
    let doubled = limits.backoffMillisecondsMin << min(failures - 1, 10)
    let ceiling = min(doubled, limits.backoffMillisecondsMax)
    stopping.wait(milliseconds: Int.random(in: (ceiling / 2)...ceiling, using: &entropy))
  }
}
