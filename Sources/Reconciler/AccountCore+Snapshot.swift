import Trading
import Venue

extension AccountCore {
  // MARK: - Asking

  /// Asks for a full reading; while one is outstanding the wish waits for it.
  mutating func requestSnapshot(_ trigger: String) {
    guard isRestored else { return }
    guard sweeps.outstanding == nil else {
      sweeps.again = sweeps.again ?? trigger
      return
    }
    sweeps.wantRechecks(by: turn.now)
    let histories = sweeps.wantedHistories.sorted().prefix(SweepSchedule.historiesMax).map(historyRequest)
    send(SnapshotScope(histories: Array(histories), prices: watchedSymbols), trigger)
  }

  private mutating func samplePrices() {
    guard isRestored, sweeps.outstanding == nil, !watchedSymbols.isEmpty else { return }
    send(SnapshotScope(prices: watchedSymbols, readsAccount: false), "price")
  }

  private mutating func send(_ scope: SnapshotScope, _ trigger: String) {
    let id = nextID()
    sweeps.outstanding = SweepSchedule.Outstanding(id: id, trigger: trigger, startedAt: turn.now, scope: scope)
    turn.effects.append(.requestSnapshot(id: id, scope))
    turn.effects.append(.setTimer(.snapshotDeadline(id: id), at: turn.now + snapshotPatience))
  }

  /// How long a reading may take: three times what the last complete one took, so that one lost answer costs seconds
  /// and not the request's own deadline; twice as long from the second failure on, for a venue that has become slow.
  private var snapshotPatience: Duration {
    let usual = max(SweepSchedule.patienceLeast, sweeps.lastDuration * 3)
    let doublings = max(0, min(sweeps.failures - 1, 4))
    return min(usual * (1 << doublings), policy.timing.snapshotDeadline)
  }

  private func historyRequest(_ symbol: Symbol) -> HistoryRequest {
    // An hour's overlap: an order is listed by its creation, and may have rested before it traded.
    let read = sweeps.readThrough[symbol].map { $0 + .seconds(-3600) }
    let start = protectedSince ?? Timestamp(microseconds: 0)
    let usual = max(start, read ?? start)
    let since = sweeps.floors[symbol].map { min($0, usual) } ?? usual
    return HistoryRequest(symbol: symbol, fromTradeID: sweeps.cursors[symbol], since: since)
  }

  /// Symbols whose last price a rule needs.
  var watchedSymbols: [Symbol] { lanes.keys.sorted().filter { lanes[$0]?.watchesPrice == true } }

  mutating func scheduleSweep() {
    guard isRestored else { return }
    let exposed = !ledger.openSymbols.isEmpty
    let timing = policy.timing
    var period = exposed ? (streamEpoch == nil ? timing.sweepUnproven : timing.sweepExposed) : timing.sweepIdle
    // Without the stream nobody says that something is exposed now.
    if !exposed, streamEpoch == nil { period = timing.sweepUnproven * 2 }
    if sweeps.failures > 0 { period = min(period, retryPeriod(exposed: exposed)) }
    let base = sweeps.lastComplete ?? turn.now
    sweeps.nextFull = max(turn.now, sweeps.failures > 0 ? turn.now + period : base + period)
    // One that failed is tried again like any other reading.
    if let look = sweeps.looks.first, sweeps.failures == 0 || look > turn.now {
      sweeps.nextFull = min(sweeps.nextFull ?? look, max(look, turn.now))
    }
    if let recheck = sweeps.rechecks.values.min() { sweeps.nextFull = min(sweeps.nextFull ?? recheck, recheck) }
    // What waits for a second look does not wait for the next interval.
    let waits = !sweeps.absences.isEmpty || sweeps.drifts.values.contains { $0.unread.isEmpty }
    if waits { sweeps.nextFull = min(sweeps.nextFull ?? turn.now, turn.now + .seconds(1)) }
    setSweepTimer()
  }

  /// After a failed reading: quickly while nothing is known yet and nothing may be sent. What looks flat may have been
  /// entered since the last reading that came through, so it is not waited for longer than an exposed position.
  private func retryPeriod(exposed: Bool) -> Duration {
    let unproven = policy.timing.sweepUnproven
    let doublings = sweeps.failures - 1
    if !isSynced { return unproven / 4 * (1 << min(doublings, exposed ? 1 : 2)) }
    return unproven * (1 << min(doublings, 1))
  }

  /// What opens while the account is read as one that holds nothing is looked at as early as anything exposed.
  mutating func sweepAsExposed() {
    let due = turn.now + (streamEpoch == nil ? policy.timing.sweepUnproven : policy.timing.sweepExposed)
    if let next = sweeps.nextFull, next > due { sweepNoLater(than: due) }
  }

  mutating func sweepNoLater(than instant: Instant) {
    sweeps.nextFull = min(sweeps.nextFull ?? instant, instant)
    setSweepTimer()
  }

  mutating func setSweepTimer() {
    guard let nextFull = sweeps.nextFull else { return }
    if watchedSymbols.isEmpty {
      sweeps.nextPrice = nil
    } else if sweeps.nextPrice.map({ $0 <= turn.now }) ?? true {
      sweeps.nextPrice = turn.now + .seconds(1)
    }
    let next = min(nextFull, sweeps.nextPrice ?? nextFull)
    turn.effects.append(.setTimer(.sweep, at: sweeps.doubts.values.reduce(next, min)))
  }

  mutating func sweepIsDue() {
    if let asset = takeDoubts() {
      sweeps.wantedHistories.formUnion(historySymbols(of: asset))
      requestSnapshot("unexplained_balance")
      setSweepTimer()
    } else if let next = sweeps.nextFull, turn.now < next {
      if sweeps.nextPrice.map({ $0 <= turn.now }) ?? false { samplePrices() }
      setSweepTimer()
    } else {
      wantAudit()
      requestSnapshot("interval")
    }
  }

  /// Active symbols whose histories are read with one interval, one for each of so many: what neither an event nor the
  /// wallet tells of, an order that never traded or a round trip that cost nothing, is found nowhere else (fault ST05).
  private static let auditShare = 20

  private mutating func wantAudit() {
    let symbols = activeSymbols
    let longestAgo = symbols.sorted {
      let (a, b) = (sweeps.readThrough[$0], sweeps.readThrough[$1])
      return a == b ? $0 < $1 : a.map { a in b.map { a < $0 } ?? false } ?? true
    }
    sweeps.wantedHistories.formUnion(longestAgo.prefix(1 + symbols.count / Self.auditShare))
  }

  /// Settles the doubts that are due; answers with an asset that is still not explained, if there is one.
  private mutating func takeDoubts() -> Asset? {
    for asset in sweeps.doubts.keys.sorted() where sweeps.doubts[asset].map({ $0 <= turn.now }) == true {
      sweeps.doubts[asset] = nil
      if sweeps.drifts[asset] == nil, let total = wallet[asset]?.balance.total, isUnexplained(asset, total) {
        return asset
      }
    }
    return nil
  }

  private func isUnexplained(_ asset: Asset, _ total: FixedDecimal) -> Bool {
    // Even dust is the trace of a trade: a round trip leaves what its commissions and steps leave.
    let difference = (total - (expectedTotals[asset] ?? .zero)).magnitude
    return difference >= "0.00000001" && !historySymbols(of: asset).isEmpty
  }

  /// A snapshot that never came back is a failed one; whatever it would have said is unknown.
  mutating func snapshotIsOverdue(_ id: Int64) {
    guard let outstanding = sweeps.outstanding, outstanding.id == id else { return }
    let failed = VenueSnapshot(
      requestedAt: outstanding.startedAt, venueTimeAtStart: Timestamp(microseconds: 0), balances: nil, openOrders: nil,
      failures: ["no answer within \(turn.now - outstanding.startedAt)"])
    take(failed, id: id)
  }

  // MARK: - Taking

  mutating func take(_ received: VenueSnapshot, id: Int64) {
    guard let outstanding = sweeps.outstanding, outstanding.id == id else { return takeLate(received) }
    var snapshot = received
    snapshot.venueTimeAtStart = venueClock.sure(received.venueTimeAtStart, at: received.requestedAt)
    turn.source = .sweep
    turn.readAt = snapshot.venueTimeAtStart
    sweeps.outstanding = nil
    turn.effects.append(.cancelTimer(.snapshotDeadline(id: id)))
    for symbol in snapshot.prices.keys.sorted() {
      guard let price = snapshot.prices[symbol] else { continue }
      sweeps.prices[symbol] = SymbolView.SampledPrice(price: price, at: turn.now)
      endWaitForPrice(symbol, askedAt: outstanding.startedAt)
      turn.dirty.insert(symbol)
    }
    guard outstanding.scope.readsAccount else { return setSweepTimer() }
    begin(snapshot)
    for history in snapshot.histories { take(history, snapshot) }
    if let orders = snapshot.openOrders { take(open: orders, requestedAt: snapshot.requestedAt) }
    if let balances = snapshot.balances { take(balances: balances, snapshot) }
    conclude(snapshot, outstanding)
  }

  /// A reading that was given up proves nothing about what it does not show; the orders and trades that it lists are
  /// true for all that (fault RS09).
  private mutating func takeLate(_ snapshot: VenueSnapshot) {
    turn.source = .sweep
    for history in snapshot.histories {
      learn(history)
      if history.isComplete { sweeps.historiesRead.insert(history.request.symbol) }
    }
    // What it shows was there once, and may be the trace of a trade that nobody told of (B383).
    for balance in snapshot.balances ?? [] { wallet.noteHeld(balance) }
  }

  /// The very first complete reading fixes since when entries are protected.
  private mutating func begin(_ snapshot: VenueSnapshot) {
    if snapshot.venueTimeAtStart.milliseconds > 0 { sweeps.readFirst = sweeps.readFirst ?? snapshot.venueTimeAtStart }
    if needsFreshIDs, snapshot.venueTimeAtStart.milliseconds > 0 {
      // An earlier life gave out ids that nobody can tell us: the venue's clock puts ours beyond them.
      lastID = max(lastID, snapshot.venueTimeAtStart.milliseconds * 1024)
      needsFreshIDs = false
    }
    guard protectedSince == nil, snapshot.isComplete else { return }
    let since = snapshot.venueTimeAtStart + (.zero - policy.adoptWindow)
    protectedSince = since
    turn.facts.append(.protectedSince(since))
    growKnownOrders()
  }

  /// Sales close lots in the order of their times, whichever was heard of first.
  private mutating func learn(_ history: SymbolHistory) {
    ledger.defersClosing = true
    for order in history.orders { learn(order) }
    for fill in history.fills { learn(fill) }
    ledger.defersClosing = false
    record(closures: ledger.settle(history.request.symbol))
  }

  private mutating func take(_ history: SymbolHistory, _ snapshot: VenueSnapshot) {
    learn(history)
    guard history.isComplete else { return }
    let symbol = history.request.symbol
    sweeps.haveRead(symbol)
    lanes[symbol]?.awaitsPastSince = nil
    sweeps.readThrough[symbol] = snapshot.venueTimeAtStart
    // A fill that waits for its order or its lot is not recorded yet: a cursor behind it would hide it from the next
    // life.
    let waiting = history.fills.map(\.tradeID).filter { !ledger.hasSeen($0, of: symbol) }.min()
    let booked = history.fills.map(\.tradeID).filter { id in waiting.map { id < $0 } ?? true }
    if let newest = booked.max(), newest > sweeps.cursors[symbol] ?? 0 {
      sweeps.cursors[symbol] = newest
      turn.facts.append(.tradeCursor(symbol, newest))
    }
    for asset in sweeps.drifts.keys.sorted()
    where sweeps.drifts[asset].map({ $0.since <= snapshot.requestedAt }) == true {
      sweeps.drifts[asset]?.unread.remove(symbol)
    }
  }

  /// Orders that the venue shows as open, and those that it should show and does not.
  private mutating func take(open orders: [Order], requestedAt: Instant) {
    for order in orders {
      learn(order)
      if let name = name(of: order)?.name, !ledger.contains(name.lot) { askForEntry(of: name.lot) }
    }
    noteAlone(orders)
    let shown = Set(orders.lazy.map(\.key))
    if !sweeps.absences.isEmpty {
      // Shown again, or ended by other news: no longer missing.
      for key in sweeps.absences.keys.sorted() where shown.contains(key) || book[key]?.isOpen != true {
        sweeps.absences[key] = nil
      }
    }
    var budget = 20  // targeted queries per sweep; weight 4 each
    for (key, heardAt) in book.openOrders(except: shown) where budget > 0 {
      // Younger than the reading: the reading proves nothing (fault ST10).
      guard heardAt + policy.timing.settlingWindow <= requestedAt else {
        // Told of a moment ago, or shown open by the history, and not there now: one of the two is late (fault RS06).
        // For a leg an interval is too long to wait for the next word on it.
        if let id = book.clientID(of: key), legs.index(forKey: id) != nil {
          sweeps.lookAgain(at: turn.now + policy.timing.settlingWindow)
        }
        continue
      }
      budget -= 1
      ask(OrderQuery(symbol: key.symbol, reference: .venue(key.venueOrderID)), .missing(key))
    }
  }

  /// Notes take-profits whose stops this life has never heard of and this reading does not show. One reading proves
  /// nothing (faults RS06, RS09): another one follows soon.
  private mutating func noteAlone(_ orders: [Order]) {
    var alone: [OrderKey: SweepSchedule.Absence] = [:]
    for order in orders {
      // By the name that we know it by, whatever somebody has renamed it to (fault OL16, B426).
      let known = book[order.key] ?? order
      guard name(of: known)?.part == .takeProfit, book.stop(of: known.orderListID) == nil else { continue }
      alone[order.key] = SweepSchedule.Absence(first: sweeps.alone[order.key]?.first ?? turn.now, last: turn.now)
      if sweeps.alone[order.key] == nil { sweeps.lookAgain(at: turn.now + policy.timing.absenceInterval) }
    }
    sweeps.alone = alone
  }

  private mutating func take(balances: [Balance], _ snapshot: VenueSnapshot) {
    for balance in wallet.apply(
      all: balances, and: expectedTotals.keys.sorted() + ledger.openSymbols.compactMap { instruments[$0]?.base },
      asOf: snapshot.venueTimeAtStart, readAt: snapshot.requestedAt)
    {
      turn.facts.append(.balance(balance, at: snapshot.venueTimeAtStart))
      touch(holdersOf: balance.asset)
      noteLock(balance.asset)
    }
    for asset in wallet.assets { compare(asset, snapshot) }
  }

  /// Compares what the wallet holds with what the known fills explain. A difference means a fill or a transfer that
  /// nobody told us of: the histories of the asset's symbols are read before anything is believed about it (faults
  /// ST05, ST08).
  private mutating func compare(_ asset: Asset, _ snapshot: VenueSnapshot) {
    guard let total = wallet[asset]?.balance.total else { return }
    // A fill younger than the reading: the two figures speak of different moments, and are compared a moment later
    // (B409).
    if let last = lastFillAt[asset], last >= snapshot.venueTimeAtStart { return doubt(asset) }
    let expected = expectedTotals[asset] ?? .zero
    guard isUnexplained(asset, total) else {
      expectedTotals[asset] = total
      sweeps.surpluses[asset] = nil
      explainedAssets.insert(asset)
      sweeps.drifts[asset] = nil
      return
    }
    if let drift = sweeps.drifts[asset], drift.difference == total - expected {
      guard drift.unread.isEmpty else { return sweeps.wantedHistories.formUnion(drift.unread) }
      guard turn.now - drift.since >= policy.timing.driftPatience, !hasWaitingFills(asset) else { return }
      // Every history was read since and the difference stays: a transfer. It belongs to the residual, not to any lot.
      // A lagging replica may still have hidden the trade behind it: it is looked for once more.
      sweeps.recheck(historySymbols(of: asset), at: turn.now + SweepSchedule.replicaLagMost)
      expectedTotals[asset] = total
      sweeps.surpluses[asset] = nil
      explainedAssets.insert(asset)
      explainedThrough[asset] = snapshot.venueTimeAtStart
      sweeps.drifts[asset] = nil
      sweeps.unwrittenResiduals[asset] = turn.now + SweepSchedule.replicaLagMost
    } else {
      let symbols = historySymbols(of: asset)
      sweeps.drifts[asset] = SweepSchedule.Drift(
        since: turn.now, difference: total - expected, unread: Set(symbols))
      sweeps.wantedHistories.formUnion(symbols)
    }
  }

  /// Writes down what is believed to be a transfer once the histories were read again, when no replica hides a trade
  /// any more: the next life takes the mirror's word for it (fault RS06).
  private mutating func writeResiduals(readSince start: Instant) {
    for asset in sweeps.unwrittenResiduals.keys.sorted() {
      guard let due = sweeps.unwrittenResiduals[asset], due <= start, sweeps.drifts[asset] == nil,
        historySymbols(of: asset).allSatisfy({ !sweeps.isWanted($0) })
      else { continue }
      sweeps.unwrittenResiduals[asset] = nil
      turn.facts.append(.residual(asset, quantity: (expectedTotals[asset] ?? .zero) - lotTotal(asset)))
    }
  }

  /// Fills that were read and have no lot or order to go to yet: they may be the difference.
  private func hasWaitingFills(_ asset: Asset) -> Bool {
    guard !orphanFills.isEmpty else { return protectedSince == nil }
    return protectedSince == nil || !Set(orphanFills.keys.map(\.symbol)).isDisjoint(with: historySymbols(of: asset))
  }

  /// Symbols whose trades can have moved an asset's total. As its base: active ones first, and of a wide choice only
  /// those whose quote the account has ever held. As its quote: the active ones, which shows a purchase and its sale
  /// that both stayed hidden, and some whose base was ever in the wallet or of which orders were seen, for a sale of
  /// what came by a transfer that nobody told of (promise I4).
  private func historySymbols(of asset: Asset) -> [Symbol] {
    let all = symbolsByBase[asset] ?? []
    let likely = all.filter { symbol in
      guard let quote = instruments.place(of: symbol).map({ instruments.values[$0].quote }) else { return false }
      let isHeld = wallet[quote]?.balance.total.isPositive == true || expectedTotals[quote]?.isPositive == true
      return sweeps.cursors[symbol] != nil || isHeld || ledger.hasOpen(symbol)
    }
    let quoted = symbolsByQuote[asset] ?? []
    let held = quoted.lazy.filter { !isActive($0) && hasHeldBase(of: $0) }
      .prefix(SweepSchedule.historiesMax)
    return (likely.isEmpty ? all : likely) + quoted.filter { isActive($0) } + held
  }

  private func hasHeldBase(of symbol: Symbol) -> Bool {
    instruments.place(of: symbol).map { wallet.wasHeld(instruments.values[$0].base) } ?? false
  }

  func lotTotal(_ asset: Asset) -> FixedDecimal {
    var sum = FixedDecimal.zero
    for symbol in symbolsByBase[asset] ?? [] { sum = sum + ledger.openQuantity(symbol) }
    return sum
  }

  // MARK: - Concluding

  private mutating func conclude(_ snapshot: VenueSnapshot, _ outstanding: SweepSchedule.Outstanding) {
    let unexplained = wantUnbookedHistories(after: snapshot)
    let record = SweepRecord(
      id: outstanding.id, trigger: outstanding.trigger, startedAt: outstanding.startedAt, finishedAt: turn.now,
      isComplete: snapshot.isComplete, failures: snapshot.failures, openOrders: snapshot.openOrders?.count ?? 0,
      repairs: turn.repairs)
    turn.facts.append(.sweep(record))
    if snapshot.isComplete {
      sweeps.failures = 0
      sweeps.lastComplete = turn.now
      sweeps.readThroughAll = snapshot.venueTimeAtStart
      sweeps.lastDuration = turn.now - outstanding.startedAt
      // What a lagging replica did not show at the first look is there at the second.
      sweeps.haveLooked(at: outstanding.startedAt)
      writeResiduals(readSince: outstanding.startedAt)
      if !isSynced { sweeps.lookAgain(at: turn.now + SweepSchedule.replicaLagMost) }
      isSynced = true
      closeGap(snapshot)
      reviewLocks()
      clear(.sweepIncomplete, "")
    } else {
      sweeps.failures += 1
      if sweeps.failures >= 3 {
        raise(
          .sweepIncomplete, "", .warning,
          "\(sweeps.failures) sweeps in a row could not read the venue: \(snapshot.failures.joined(separator: "; "))")
      }
    }
    turn.dirty.formUnion(ledger.openSymbols)
    turn.dirty.formUnion(book.openSymbols)
    if snapshot.isComplete, !isPastRead, sweeps.wantedHistories.subtracting(unexplained).isEmpty {
      isPastRead = true
      turn.dirty.formUnion(lanes.keys)
    }
    book.forgetOld { legs.index(forKey: $1) != nil || ledger.contains($0) }
    scheduleSweep()
    // It was waited for long enough.
    let wasSlow = turn.now - outstanding.startedAt >= SweepSchedule.patienceLeast
    if !snapshot.isComplete, wasSlow { sweepNoLater(than: turn.now) }
    if let again = sweeps.again {
      sweeps.again = nil
      requestSnapshot(again)
    } else if snapshot.isComplete, !sweeps.wantedHistories.subtracting(unexplained).isEmpty {
      requestSnapshot("history")
    } else if !unexplained.isEmpty {
      sweepNoLater(than: turn.now + SweepSchedule.patienceLeast)
    }
  }

  /// An order whose own cumulative figure is ahead of its fills: their events were lost, so its history is wanted
  /// (RS10). Where a complete reading has just brought none of them, the cursor may stand behind them: it is read from
  /// the orders' creation. Answers with the symbols whose histories explain less than they should even so: the venue's
  /// trade list lags, and asking at full speed does not help.
  private mutating func wantUnbookedHistories(after snapshot: VenueSnapshot) -> Set<Symbol> {
    var unexplained = askAboutOrphanFills()
    for symbol in activeSymbols {
      let orders = unbookedOrders(symbol)
      guard !orders.isEmpty else { continue }
      sweeps.wantedHistories.insert(symbol)
      guard let history = snapshot.histories.first(where: { $0.request.symbol == symbol && $0.isComplete }),
        let first = orders.map({ $0.createdAt ?? $0.updatedAt }).min()
      else { continue }
      if history.request.fromTradeID == nil, history.request.since <= first { unexplained.insert(symbol) }
      sweeps.cursors[symbol] = nil
      sweeps.floors[symbol] = first
    }
    return unexplained
  }

  /// Fills whose order neither the stream nor a history has shown: asked for until somebody knows it.
  private mutating func askAboutOrphanFills() -> Set<Symbol> {
    for key in orphanFills.keys.sorted() where !book.contains(key) {
      ask(OrderQuery(symbol: key.symbol, reference: .venue(key.venueOrderID)), .unknownOrder(key))
      sweeps.wantedHistories.insert(key.symbol)
    }
    return Set(orphanFills.keys.lazy.map(\.symbol))
  }

  /// Orders of a symbol that have executed beyond their known fills.
  private func unbookedOrders(_ symbol: Symbol) -> [Order] {
    let entries = ledger.open(symbol).filter { ledger.filled($0.lot.id).quantity < $0.lot.filledQuantity }.map(\.lot.id)
    let sales = ledger.hasOpen(symbol) ? lanes[symbol]?.recentSales.filter { unbooked($0) != nil } ?? [] : []
    return (entries + sales).compactMap { book[$0] }
  }

  private mutating func closeGap(_ snapshot: VenueSnapshot) {
    guard var record = gap, streamEpoch != nil, snapshot.requestedAt >= record.from else { return }
    record.until = turn.now
    gap = nil
    turn.facts.append(.gap(record))
  }
}
