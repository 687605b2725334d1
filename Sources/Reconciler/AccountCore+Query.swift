import Trading
import Venue

/// Why one order was asked about.
enum QueryPurpose: Hashable, Sendable {
  /// An unanswered command of this symbol.
  case inFlight(Symbol, id: Int64)
  /// Open in our book and not in a snapshot.
  case missing(OrderKey)
  /// A fill came for an order that we do not know.
  case unknownOrder(OrderKey)
  /// A tagged leg names an entry that we do not know.
  case entryOfLeg(LotID)
  /// A sale of this lot at market that an earlier life may have made.
  case earlierExit(LotID)
  /// An unanswered direct entry.
  case entry(requestID: Int64)
}

struct PendingQuery: Hashable, Sendable {
  /// After this an answer counts as lost and the same question may be asked again.
  static let lostAfter: Duration = .seconds(5)

  var purpose: QueryPurpose
  var askedAt: Instant
}

extension AccountCore {
  /// Asks about one order, once at a time for one purpose.
  mutating func ask(_ query: OrderQuery, _ purpose: QueryPurpose, lostAfter: Duration = PendingQuery.lostAfter) {
    let same = queries.filter { $0.value.purpose == purpose }
    guard !same.contains(where: { turn.now - $0.value.askedAt < lostAfter }) else { return }
    for id in same.keys { queries[id] = nil }
    let id = nextID()
    queries[id] = PendingQuery(purpose: purpose, askedAt: turn.now)
    turn.effects.append(.query(id: id, query))
  }

  mutating func take(answer result: QueryResult, to id: Int64) {
    guard let purpose = queries.removeValue(forKey: id)?.purpose else { return }
    turn.source = .sweep
    if case .found(let order) = result { learn(order) }
    switch purpose {
    case .inFlight(let symbol, let command): settleInFlight(symbol, command, result)
    case .missing(let key): takeMissing(key, result)
    case .unknownOrder(let key): takeUnknown(key, result)
    case .entryOfLeg(let lot): takeEntryOfLeg(lot, result)
    case .earlierExit(let lot): takeEarlierExit(lot, result)
    case .entry(let requestID): takeEntry(requestID, result)
    }
  }

  /// An order missing from a snapshot is believed gone only after two answers "absent", far enough apart (faults RS06,
  /// RS09).
  private mutating func takeMissing(_ key: OrderKey, _ result: QueryResult) {
    switch result {
    case .found:
      sweeps.absences[key] = nil
      // A reading, or the end of its pair, spoke against it: either of the two is a lagging replica's (fault RS06).
      if book[key]?.isOpen == true { sweepNoLater(than: turn.now + policy.timing.sweepUnproven) }
    case .failed:
      sweeps.absences[key] = nil
      // What may be a stop that has gone does not wait for the next interval.
      sweepNoLater(than: turn.now + policy.timing.sweepUnproven)
    case .absent:
      var absence = sweeps.absences[key] ?? SweepSchedule.Absence(first: turn.now, last: turn.now)
      absence.last = turn.now
      sweeps.absences[key] = absence
      guard absence.last - absence.first >= policy.timing.absenceInterval, let order = book[key], !isRecent(order),
        absence.isRefused || absence.isOld || !isLocking(order)
      else {
        // Asked again soon: an exposed position cannot wait for the next interval.
        sweepNoLater(than: turn.now + policy.timing.absenceInterval)
        return
      }
      // Forgotten, not declared dead: should it turn up again it counts again, and a replacement of the same name
      // collides with it at the venue (fault RS09).
      sweeps.absences[key] = nil
      book.forget(order)
      // What was in the way is not there: nothing to wait for.
      endWaitForUnknownOrder(key.symbol)
      sweeps.wantedHistories.insert(key.symbol)
      turn.dirty.insert(key.symbol)
    }
  }

  /// What was heard of lately, or changed shortly before the last reading, is not believed gone while a lagging replica
  /// may answer (faults RS09, ST10).
  private func isRecent(_ order: Order) -> Bool {
    if let heard = book.lastHeard(of: order.key), turn.now - heard < SweepSchedule.replicaLagMost { return true }
    guard let read = sweeps.readThroughAll else { return true }
    return order.updatedAt + SweepSchedule.replicaLagMost > read
  }

  /// Whether the wallet shows that an order which a query could not find still holds its base: the lock is the oracle
  /// (R9). Of a pair whose other leg is there the lock says nothing: that one holds it alone.
  private func isLocking(_ order: Order) -> Bool {
    guard order.side == .sell, let base = instruments[order.symbol]?.base, isCurrent(base),
      let held = wallet[base]?.balance.locked
    else { return false }
    let known = locked(base)
    return held >= known && known > locked(base) { sweeps.absences[$0.key] == nil }
  }

  private mutating func takeUnknown(_ key: OrderKey, _ result: QueryResult) {
    switch result {
    case .found: break
    case .absent, .failed: sweeps.wantedHistories.insert(key.symbol)
    }
  }

  /// The entry that an own leg names. Its lot may have been partly sold before we knew it, so the symbol's history is
  /// read from the entry on.
  private mutating func takeEntryOfLeg(_ lot: LotID, _ result: QueryResult) {
    guard case .found(let order) = result else { return }
    let since = order.createdAt ?? order.updatedAt
    if let protectedSince, order.updatedAt < protectedSince { self.protectedSince = since }
    growKnownOrders(of: lot.symbol)
    sweeps.wantHistory(of: lot.symbol, from: since)
    sweeps.cursors[lot.symbol] = nil
    requestSnapshot("unknown_lot")
  }
}
