import PaperVenue
import Reconciler
import Trading
import Venue

// The private stream: connections, what they carry, and how they end.
extension World {
  static let overlap: Duration = .seconds(5)
  /// An event that is late comes by then.
  static let eventDelayMost: Duration = .seconds(5)
  /// A stream that stood for less is not doubted: the sweep after an opening is there to learn what the gap hid.
  static let doubtAfterOpening: Duration = .seconds(1)

  // MARK: - Opening

  mutating func connect(_ number: Int, _ failures: Int) {
    guard number == incarnation, guardian != nil else { return }
    let isHopeless = options.extras.always == .streamCut && faultsAct
    if isHopeless || tape.chance(perMille: strength(.streamCut) / 2, about: .fault(.streamCut)) {
      mischief(.streamCut)
      guardian?.cutOff(at: now)
      return reconnect(failures + 1)
    }
    let id = connections.count
    connections.append(Connection(id: id, incarnation: number))
    heap.push(.subscribed(id), at: now + latency() + latency() + latency())
  }

  private mutating func reconnect(_ failures: Int) {
    let bound = min(Duration.milliseconds(500) * (1 << min(failures, 6)), .seconds(30))
    heap.push(.connect(incarnation: incarnation, failures: failures), at: now + tape.duration(.zero, bound))
  }

  mutating func subscribed(_ id: Int) {
    guard connections[id].state == .opening, connections[id].incarnation == incarnation else { return }
    connections[id].state = .open
    if options.extras.always == .streamStall, faultsAct { connections[id].isSilent = true }
    let ack = now + latency()
    connections[id].lastDelivery = ack
    heap.push(.streamOpens(id), at: ack)
  }

  mutating func streamOpens(_ id: Int) {
    guard connections[id].state != .gone, connections[id].incarnation == incarnation, guardian != nil else { return }
    // Overtaken by a younger one.
    if let current = guardian?.connection, current > id { return connections[id].state = .gone }
    trace.note(now, 30, Int64(id), "stream \(id) open")
    for other in connections where other.id < id && other.incarnation == incarnation && other.state != .gone {
      heap.push(.retire(other.id), at: now + Self.overlap)
    }
    guardian?.connection = id
    guardian?.openedAt = now
    if guardian?.heardSince == nil || guardian?.isCutOff == true { guardian?.heardSince = now }
    guardian?.cutOffSince = nil
    feed(.streamOpened(epoch: Int64(id)))
    // What the gap hid is nowhere else (fault ST01).
    guard guardian?.isRestored == true, guardian?.readings.isEmpty == true else { return }
    referee.violate(.cover, now, "the stream opened, and nothing is read for what it did not tell")
  }

  // MARK: - Ending

  /// The venue or the network ends a connection.
  mutating func cut(_ id: Int, _ reason: String, noticedAfter delay: Duration) {
    guard connections[id].state == .open || connections[id].state == .opening else { return }
    connections[id].state = .cut
    heap.push(.streamBreaks(id, reason), at: now + delay)
  }

  mutating func streamBreaks(_ id: Int, _ reason: String) {
    guard connections[id].state != .gone else { return }
    let wasCurrent = guardian?.connection == id
    connections[id].state = .gone
    guard connections[id].incarnation == incarnation, guardian != nil else { return }
    mischief(.streamCut)
    trace.note(now, 31, Int64(id), "stream \(id) lost: \(reason)")
    if wasCurrent {
      guardian?.connection = nil
      guardian?.cutOff(at: now)
      feed(.streamLost(epoch: Int64(id), reason: reason))
    }
    abandonCalls(on: id)
    // An older one that is about to be retired does not count.
    let hasOther = connections.contains {
      $0.incarnation == incarnation && $0.id > id && ($0.state == .open || $0.state == .opening)
    }
    if !hasOther, guardian != nil { reconnect(0) }
  }

  /// The one that the guardian listens to stays: of two that were opening at once the older may have opened last.
  mutating func retire(_ id: Int) {
    guard connections[id].state != .gone, guardian?.connection != id else { return }
    connections[id].state = .gone
    if connections[id].incarnation == incarnation { abandonCalls(on: id) }
  }

  /// Commands whose replies can no longer come are ambiguous, not failed.
  private mutating func abandonCalls(on id: Int) {
    let calls = guardian?.calls.values.filter { $0.connection == id } ?? []
    let isCommand = calls.contains { if case .command = $0.question { true } else { false } }
    if isCommand { everywhere { $0.referee.lastLostCommand = $0.now } }
    for number in calls.map(\.number).sorted() { timeOut(number) }
  }

  /// A sweep that learned facts while the stream was open says that the stream does not tell everything.
  mutating func doubtStream(after sweep: SweepRecord) {
    guard let id = guardian?.connection, sweep.isComplete, sweep.repairs > 0,
      sweep.startedAt - (guardian?.openedAt ?? now) > Self.doubtAfterOpening
    else { return }
    trace.note(now, 32, Int64(id), "stream \(id) doubted: a sweep learned \(sweep.repairs) facts")
    // It is replaced without a gap, as the shell does.
    heap.push(.connect(incarnation: connections[id].incarnation, failures: 0), at: now + .milliseconds(1))
  }

  // MARK: - Events

  /// After every change of the venue: who sees it, and what it means.
  mutating func settle(_ events: [PaperEvent]) {
    for event in events { note(event) }
    everywhere { $0.learn(events) }
    if !events.isEmpty, options.has(.staleReads), let account = exchange.account(Self.account) {
      replicas.append((now, account))
      if replicas.count > 400 { replicas.removeFirst(200) }
    }
    for index in connections.indices where connections[index].state == .open && !isMute {
      for event in events {
        guard let translated = VenueTranslation.event(event, options.grain) else { continue }
        route(translated, on: index)
      }
    }
    everywhere { $0.judgeCover() }
  }

  private mutating func learn(_ events: [PaperEvent]) {
    if events.contains(where: sellsUnrecognized) { referee.unknowableSale(at: now) }
    truth.take(events)
    if let ledger = exchange.ledger(of: Self.account, symbol) { truth.compare(wallet: ledger.base) }
    guard events.contains(where: \.isTrade) else { return }
    if stale != nil { salesOfTwo.formUnion(events.compactMap(\.sale)) }
    let open = Set(exchange.openOrders(of: Self.account, symbol).map(\.key))
    truth.retireDust(below: referee.dust(exchange), except: open)
  }

  private func sellsUnrecognized(_ event: PaperEvent) -> Bool {
    guard event.isTrade, case .executionReport(let report) = event.payload else { return false }
    return report.order.symbol == symbol && isUnrecognizable(report.order)
  }

  private var triggerHangs: Bool {
    exchange.openOrders(of: Self.account, symbol).contains(where: \.hangs)
  }

  private mutating func judgeCover() {
    if exchange.status(of: symbol) != .trading { referee.stands(.marketClosed, at: now) }
    if exchange.triggerFate(of: symbol) != .executes, triggerHangs { referee.stands(.triggerFailure, at: now) }
    if throttledUntil.map({ now < $0 }) == true { referee.stands(.throttle, at: now) }
    if mirror.isDown { referee.stands(.mirrorDown, at: now) }
    if guardian?.isCutOff == true { referee.stands(.streamCut, at: now) }
    if stale != nil { referee.stands(.twoWriters, at: now) }
    if referee.nakedSince != nil, slotsAreForeign { referee.meets(.foreignSlots, at: now) }
    markets[place].judgeCover(exchange, at: now, phase: phase)
  }

  private mutating func delay(_ least: Duration, _ bounds: [Duration], _ fault: FaultClass) -> Duration {
    let most = tape.pick(bounds, about: .fault(fault))
    return tape.duration(least, most, about: .fault(fault))
  }

  private mutating func route(_ event: VenueEvent, on index: Int) {
    if connections[index].isSilent || connections[index].isBlackhole {
      mischief(.streamStall)
      return
    }
    if tape.chance(perMille: strength(.eventLoss), about: .fault(.eventLoss)) {
      mischief(.eventLoss)
      trace.note(now, 33, Int64(index), "  event is lost: \(event.label)")
      return
    }
    if tape.chance(perMille: strength(.eventDelay), about: .fault(.eventDelay)) {
      mischief(.eventDelay)
      heap.push(
        .delivery(index, event),
        at: now + delay(.milliseconds(1), [.milliseconds(100), Self.eventDelayMost], .eventDelay))
      return
    }
    let due = max(connections[index].lastDelivery, now + latency())
    connections[index].lastDelivery = due
    heap.push(.delivery(index, event), at: due)
    if tape.chance(perMille: strength(.eventCopies), about: .fault(.eventCopies)) {
      mischief(.eventCopies)
      heap.push(.delivery(index, event), at: due + delay(.zero, [.milliseconds(5), .seconds(8)], .eventCopies))
    }
  }

  mutating func deliver(_ event: VenueEvent, on id: Int) {
    guard connections[id].state != .gone, connections[id].incarnation == incarnation, guardian != nil else { return }
    trace.note(now, 34, Int64(id), "event \(event.label)")
    if case .order(let update) = event {
      toldOrders.insert(update.order.key)
      if !update.order.isOpen, options.has(.retention), !actsForStale { toldEnds[update.order.key] = now }
    }
    if case .balanceChange(let asset, let delta, _) = event { guardian?.noteDeposit(of: asset, delta) }
    feed(.event(event))
  }

  private mutating func note(_ event: PaperEvent) {
    guard case .executionReport(let report) = event.payload else { return }
    look(at: report.order.symbol) { $0.note(report) }
  }

  private mutating func note(_ report: ExecutionReport) {
    let order = report.order
    if order.side == .buy, let trade = report.trade { referee.purchase(for: trade.price, at: now) }
    if order.side == .sell {
      let isOwn = truth.isOwn(order)
      if isOwn, order.type.isStop, report.execution == .canceled { referee.wipe(at: now) }
      if report.trade != nil, !isOwn { referee.foreignSale(at: now) }
      if isOwn, report.execution == .expired {
        let isIlliquid = order.expiryReason == .insufficientLiquidity
        if isIlliquid { referee.meets(.illiquid, at: now) }
        // The leg is gone with its rest, and nobody of ours has asked for that.
        if isIlliquid || exchange.triggerFate(of: symbol) != .executes { referee.undoes(at: now) }
      }
    }
    trace.mix(order.executedQuantity)
    trace.note(
      now, 35, order.id.number,
      "  VENUE #\(order.id) \(order.side) \(order.type.name) \(report.execution.rawValue) \(order.status.name) \(order.executedQuantity)/\(order.quantity)"
        + (report.trade.map { " trade \($0.id) \($0.quantity) at \($0.price)" } ?? "")
        + (order.listID.map { " list \($0)" } ?? "") + (order.stopPrice.isPositive ? " trigger \(order.stopPrice)" : "")
    )
  }
}

extension PaperEvent {
  /// The sale that it tells of.
  fileprivate var sale: MirrorModel.FillKey? {
    guard case .executionReport(let report) = payload, let trade = report.trade, trade.side == .sell else { return nil }
    return MirrorModel.FillKey(symbol: report.order.symbol, trade: trade.id)
  }

  var isTrade: Bool { if case .executionReport(let report) = payload { report.trade != nil } else { false } }
}

extension VenueEvent {
  var label: String {
    switch self {
    case .order(let update):
      "#\(update.order.venueOrderID) \(update.execution.name) \(update.order.status.name) \(update.order.executedQuantity)/\(update.order.quantity)"
    case .orderList(let list): "list \(list.orderListID) \(list.isDone ? "done" : "executing")"
    case .balances(let balances, _): "balances \(balances.map { "\($0.asset) \($0.total)" }.joined(separator: " "))"
    case .balanceChange(let asset, let delta, _): "transfer \(delta) \(asset)"
    case .externalLock(let asset, let delta, _): "lock \(delta) \(asset)"
    case .unknown(let type): type
    }
  }
}
