import DequeModule
import Trading
import Venue

/// The facts that wait for the database: bounded, in order, and dropping only in a fixed order of worth.
///
/// Over its limits: raw messages and order events go first, the oldest before the newer; then facts that a newer one
/// replaces; then, and only then, a fact is lost, which is counted and means a resync. Orders and fills are never
/// dropped while anything of less worth remains.
struct FactQueue: Sendable {
  let limits: MirrorLimits
  private(set) var waiting: Deque<QueuedFact> = []
  private(set) var telemetryCount = 0
  private(set) var telemetryBytes = 0
  private(set) var telemetryDropped: Int64 = 0
  private(set) var factsLost: Int64 = 0
  private(set) var lastSequence: Int64 = 0
  /// Compacting pays only after the queue has grown again; set to twice what the last one left.
  private var compactAt: Int

  init(limits: MirrorLimits) {
    self.limits = limits
    compactAt = limits.factsMax / 2
  }

  var count: Int { waiting.count }

  mutating func append(
    _ facts: [Fact], account: AccountID, receivedMicroseconds: Int64, wallOffsetMicroseconds: Int64
  ) {
    for (index, fact) in facts.enumerated() {
      lastSequence += 1
      push(
        QueuedFact(
          sequence: lastSequence, account: account, fact: fact, receivedMicroseconds: receivedMicroseconds,
          wallOffsetMicroseconds: wallOffsetMicroseconds, endsInput: index == facts.count - 1))
    }
    if waiting.count >= compactAt { compact() }
    while waiting.count > limits.factsMax, let lost = waiting.popFirst() {
      forget(lost)
      factsLost += 1
    }
  }

  private mutating func push(_ queued: QueuedFact) {
    waiting.append(queued)
    guard queued.isTelemetry else { return }
    telemetryCount += 1
    telemetryBytes += queued.telemetryBytes
    if telemetryCount > limits.telemetryFactsMax || telemetryBytes > limits.telemetryBytesMax { dropTelemetry() }
  }

  /// Drops the older half at once, so that the cost per append stays constant on average.
  private mutating func dropTelemetry() {
    let countGoal = telemetryCount / 2
    let bytesGoal = telemetryBytes / 2
    filter { queue, queued in
      guard queued.isTelemetry, queue.telemetryCount > countGoal || queue.telemetryBytes > bytesGoal else {
        return true
      }
      queue.telemetryDropped += 1
      return false
    }
  }

  /// Leaves one fact where several say the same thing at different times, in the place of the last of them: sequence
  /// numbers must keep rising, because the database's watermark is one of them.
  private mutating func compact() {
    waiting = Deque(Array(waiting).coalesced().sorted { $0.sequence < $1.sequence })
    compactAt = max(limits.factsMax / 2, min(limits.factsMax, waiting.count * 2))
  }

  /// Keeps what `keep` says. The end of an input survives its last fact.
  private mutating func filter(_ keep: (inout FactQueue, inout QueuedFact) -> Bool) {
    var kept: Deque<QueuedFact> = []
    kept.reserveCapacity(waiting.count)
    for var queued in waiting {
      if keep(&self, &queued) {
        kept.append(queued)
      } else {
        forget(queued)
        if queued.endsInput, !kept.isEmpty { kept[kept.count - 1].endsInput = true }
      }
    }
    waiting = kept
  }

  private mutating func forget(_ queued: QueuedFact) {
    guard queued.isTelemetry else { return }
    telemetryCount -= 1
    telemetryBytes -= queued.telemetryBytes
  }

  /// The next transaction's facts: whole inputs, as many as the limits allow, at least one.
  mutating func takeBatch() -> [QueuedFact] {
    var bytes = 0
    var end = 0
    for (index, queued) in waiting.enumerated() {
      bytes += queued.telemetryBytes
      guard queued.endsInput else { continue }
      if end > 0, index + 1 > limits.batchFactsMax || bytes > limits.batchBytesMax { break }
      end = index + 1
      if end >= limits.batchFactsMax { break }
    }
    let batch = Array(waiting.prefix(end))
    waiting.removeFirst(end)
    for queued in batch { forget(queued) }
    return batch
  }
}
