import Trading
import Venue

/// One fact on its way to the database.
struct QueuedFact: Sendable {
  /// Its number in this process's journal.
  var sequence: Int64
  var account: AccountID
  var fact: Fact
  /// Wall clock, microseconds since 1970.
  var receivedMicroseconds: Int64
  /// Wall minus monotonic clock at that moment: turns the core's monotonic instants into wall time, the same at each
  /// try.
  var wallOffsetMicroseconds: Int64
  /// The last fact of one input: batches end only here.
  var endsInput: Bool

  var telemetryBytes: Int {
    if case .raw(let message) = fact { return message.bytes.count }
    return 0
  }

  var isTelemetry: Bool {
    switch fact {
    case .raw, .orderEvent: true
    case .instrument, .order, .fill, .closure, .balance, .bracket, .lot, .leg, .action, .sweep, .coverage, .naked,
      .alert,
      .gap, .residual, .tradeCursor, .protectedSince:
      false
    }
  }

  /// What this fact and a later one of the same key say together. The same as applying both to the database, one after
  /// the other.
  func merged(with later: QueuedFact) -> QueuedFact {
    var merged = later
    switch (fact, later.fact) {
    case (.order(let old, let source), .order(let new, _)):
      merged.fact = .order(old.merged(with: new), source: source)
    case (.fill, .fill): return standing(against: later)
    case (.balance(_, let oldTime), .balance(_, let newTime)): if newTime < oldTime { return standing(against: later) }
    case (.tradeCursor(_, let old), .tradeCursor(_, let new)): if new < old { return standing(against: later) }
    case (.protectedSince(let old), .protectedSince(let new)): if old < new { return standing(against: later) }
    case (.gap(let old), .gap(var new)):
      new.from = min(old.from, new.from)
      new.until = new.until ?? old.until
      merged.fact = .gap(new)
    case (_, _): break
    }
    return merged
  }

  /// This fact, in the later one's place.
  private func standing(against later: QueuedFact) -> QueuedFact {
    var kept = self
    kept.sequence = later.sequence
    kept.endsInput = later.endsInput
    return kept
  }
}

extension [QueuedFact] {
  /// One fact per key, in order of first appearance; facts of which each one counts stay as they are.
  func coalesced() -> [QueuedFact] {
    var result: [QueuedFact] = []
    result.reserveCapacity(count)
    var position: [SupersededKey: Int] = [:]
    for queued in self {
      guard let key = SupersededKey(queued) else {
        result.append(queued)
        continue
      }
      if let index = position[key] {
        result[index] = result[index].merged(with: queued)
      } else {
        position[key] = result.count
        result.append(queued)
      }
    }
    return result
  }
}
