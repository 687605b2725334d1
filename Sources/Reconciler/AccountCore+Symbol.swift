import Trading
import Venue

extension AccountCore {
  /// Judges one symbol from the whole of what is known, records what it is worth, and sends the first step of the plan.
  mutating func judge(_ symbol: Symbol) {
    guard !isIdle(symbol) else { return }
    retire(symbol)
    guard !judgeIgnored(symbol) else { return }
    clampStops(symbol)
    guard let view = view(of: symbol, at: turn.now) else { return judgeWithoutFilters(symbol) }
    guard !view.coverage.lots.isEmpty || !view.protections.isEmpty || lanes[symbol] != nil else { return }
    let plan = self.plan(for: view)
    let watchesPrice = view.watchesPrice
    let uncovered = view.coverage.lots.reduce(FixedDecimal.zero) { $0 + $1.uncovered }
    let isExiting = view.coverage.lots.contains(where: \.exiting.isPositive)
    let cause = Lane.Cause(source: turn.source, at: turn.now, uncovered: uncovered, isExiting: isExiting)
    lanes[symbol, default: Lane()].note(cause, watchesPrice: watchesPrice)
    if plan.actions.isEmpty { forgetRefusals(symbol, hasRoom: !plan.held.contains { $0.reason == .noSlot }) }
    if canAct(symbol, plan) { act(symbol, plan, view) }
    publish(view, plan)
    if watchesPrice { setSweepTimer() }
    askAboutSuperseded(symbol)
    if plan.held.contains(where: { $0.reason == .venueClosed || $0.reason == .noSlot }) { probeRules() }
    wake(view)
  }

  /// What was refused is no longer wanted: the next need starts with a fresh patience.
  private mutating func forgetRefusals(_ symbol: Symbol, hasRoom: Bool) {
    guard let lane = lanes[symbol], !lane.isFlying, lane.retryAt.map({ $0 <= turn.now }) ?? true else { return }
    if lane.refusals > 0 { lanes[symbol]?.refusals = 0 }
    clear(.protectionRefused, symbol.text)
    if hasRoom, lane.memory.consolidated != nil { lanes[symbol]?.memory.consolidated = nil }
    if let at = lane.memory.algoRefusedAt, turn.now - at >= SymbolMemory.algoRefusalCounts {
      forgetLearnedLimit(symbol)
    }
  }

  /// Nothing of ours is at stake on a symbol, nothing is remembered of it, and its row says so: where most events of a
  /// busy bot end.
  private func isIdle(_ symbol: Symbol) -> Bool {
    guard alerts.isEmpty, isKnown, !ledger.hasOpen(symbol), instruments.contains(symbol),
      lanes.place(of: symbol).map({ lanes.values[$0].isIdle }) ?? true
    else { return false }
    return !hasOwnOrListed(symbol)
  }

  /// Whether an open order may be ours, or belongs to a list of anybody's.
  func hasOwnOrListed(_ symbol: Symbol) -> Bool {
    book.hasListedSale(symbol, or: { name(of: $0) != nil })
  }

  /// Whether something waits for a market that is closed, or for room that the venue's limit does not leave.
  func waitsForRules(_ symbol: Symbol) -> Bool {
    instruments[symbol]?.status.acceptsOrders == false
      || alerts[AlertKey(kind: .noSlot, subject: symbol.text)]?.isStanding == true
  }

  /// Asks for the instruments soon: that a market has opened again, or a limit was raised, is said nowhere else (faults
  /// OL33, OL34).
  private mutating func probeRules() {
    // What was read long ago says nothing about now.
    let isDue = instrumentsAskedAt.map { turn.now - $0 >= policy.timing.marketProbe } ?? true
    if isDue {
      instrumentsAskedAt = turn.now
      turn.effects.append(.requestInstruments)
    }
    let next = turn.now + policy.timing.marketProbe
    guard isDue || instrumentsDue.map({ $0 > next }) ?? true else { return }
    instrumentsDue = next
    turn.effects.append(.setTimer(.instruments, at: next))
  }

  /// A stop whose sibling ended, and whose own end has not been heard of, is asked about: its event was lost, or the
  /// venue ended one of the two alone.
  private mutating func askAboutSuperseded(_ symbol: Symbol) {
    for order in book.listedStops(symbol) {
      guard let since = doubtedSince(order), turn.now >= since else { continue }
      ask(OrderQuery(symbol: symbol, reference: .venue(order.venueOrderID)), .missing(order.key))
    }
  }

  /// When a stop that lost its sibling is to be asked about: soon, if it may still be the only cover.
  private func doubtedSince(_ order: Order) -> Instant? {
    book.siblingEnd(of: order).map { end in
      end.heardAt + (end.hasExecuted ? policy.timing.queryAfter : Protection.siblingGrace)
    }
  }

  /// Sets the symbol's timer to the next moment at which time alone changes its judgement.
  private mutating func wake(_ view: SymbolView) {
    let symbol = view.symbol
    guard let lane = lanes[symbol] else { return }
    var moments = [
      lane.retryAt, lane.pacedUntil, lane.exitPacedUntil, lane.takePacedUntil, lane.takeHiddenUntil,
      lane.flattenPacedUntil,
    ].compactMap { $0 }
    moments += lane.memory.triggeredAt.values.map { $0 + policy.timing.triggerPatience }
    moments += ledger.settlingMoments(symbol)
    if let since = lane.awaitsPastSince { moments += [since + Self.pastPatience, since + Self.pastPatienceOfExit] }
    moments += view.protections.compactMap(\.siblingDueAt)
    if let until = view.foreignHalvesUntil { moments.append(until) }
    moments += book.listedStops(symbol).compactMap { doubtedSince($0) }
    if let until = surplusCounts(view.instrument.base) { moments.append(until) }
    if let at = lane.memory.algoRefusedAt { moments.append(at + SymbolMemory.algoRefusalCounts) }
    if let at = lane.memory.otherWriterAt {
      let end = at + SymbolMemory.otherWriterCounts
      if end <= turn.now { lanes[symbol]?.memory.otherWriterAt = nil }
      moments.append(end)
    }
    if let last = lane.memory.lastConsolidation {
      moments += [last + Planner.consolidationInterval, last + Planner.consolidationIntervalOfTwo]
      if let patience = lane.memory.consolidated?.patience { moments.append(last + patience) }
    }
    guard let next = moments.filter({ $0 > turn.now }).min() else { return }
    turn.effects.append(.setTimer(.retry(symbol), at: next))
  }

  /// Puts stops that the price has passed just below the last price, where the policy says so.
  private mutating func clampStops(_ symbol: Symbol) {
    guard let lane = lanes.place(of: symbol), !lanes.values[lane].memory.crossed.isEmpty,
      let sample = sweeps.prices[symbol], turn.now - sample.at < .seconds(2)
    else { return }
    // While nothing may be sent the price moves on: the stop is put under the last one when it can go.
    if let retryAt = lanes.values[lane].retryAt, turn.now < retryAt { return }
    for id in lanes.values[lane].memory.crossed.sorted()
    where ledger[id]?.lot.bracket.onCrossedStop == .clamp && lanes.values[lane].memory.clampedStops[id] == nil {
      let tries = lanes.values[lane].memory.clampedInVain[id] ?? 0
      let price =
        sample.price - sample.price * Self.clampDistance * FixedDecimal(1 << min(tries, Self.clampDoublingsMax))
      lanes.values[lane].memory.clampedStops[id] = instruments[symbol]?.legalPrice(price, .down)
    }
  }

  /// Under the last price by this share: near enough to still be a stop, far enough not to be crossed on its way.
  /// Twice as far each time that the price was faster, up to 3.2 %.
  private static let clampDistance: FixedDecimal = "0.002"
  static let clampDoublingsMax = 4

  func plan(for view: SymbolView) -> Plan {
    let findings = Rules.findings(view)
    guard !findings.isEmpty else { return Plan() }
    let namer = LegNamer(
      key: policy.tagKey, account: policy.account, stepSize: view.instrument.filters.stepSize,
      hasBeenSeen: { [book] in book.order($0) != nil })
    return Planner(view: view, namer: namer).plan(findings)
  }

  /// A lot on a symbol whose filters are unknown cannot be protected, and must not look as if it were.
  private mutating func judgeWithoutFilters(_ symbol: Symbol) {
    guard book.open(symbol).contains(where: { $0.side == .buy }) || !ledger.open(symbol).isEmpty else { return }
    turn.effects.append(.requestInstruments)
  }

  // MARK: - Lots that are done

  /// Closes lots that hold nothing, or only what no filter lets anyone sell.
  private mutating func retire(_ symbol: Symbol) {
    for account in doneLots(symbol) {
      let now = latestFill(of: account)
      let closed = ledger.update(account.lot.id) { account -> Lot in
        account.lot.closedAt = now
        account.lot.closeReason = account.lot.closeReason ?? .dust
        return account.lot
      }
      lanes[symbol]?.memory.forget(account.lot.id)
      if let closed { turn.facts.append(.lot(closed)) }
    }
  }

  private func doneLots(_ symbol: Symbol) -> [LotAccount] { ledger.endedLots(symbol).filter { isDone($0) } }

  private func isDone(_ account: LotAccount) -> Bool {
    let lot = account.lot
    guard !lot.entryIsOpen, ledger.filled(lot.id).quantity >= lot.filledQuantity else { return false }
    if lot.openQuantity.isZero { return true }
    guard lot.closedQuantity.isPositive, let instrument = instruments[lot.symbol] else { return false }
    let price = instrument.judgingPrice(of: lot, clamped: lanes[lot.symbol]?.memory.clampedStops[lot.id])
    guard instrument.legalQuantity(lot.openQuantity, at: price, market: true) == nil else { return false }
    // A leg that sells may be a closed lot's, and take this rest with it.
    return !group(book.live(lot.symbol)).own.contains { $0.name.lot == lot.id || $0.exitingQuantity.isPositive }
  }

  private func latestFill(of account: LotAccount) -> Timestamp {
    let base = instruments[account.lot.symbol]?.base
    return base.flatMap { lastFillAt[$0] } ?? account.lot.openedAt
  }

  // MARK: - Acting

  private func canAct(_ symbol: Symbol, _ plan: Plan) -> Bool {
    guard isSynced, policy.isArmed, !isPaused, !plan.actions.isEmpty, let lane = lanes[symbol], !lane.isFlying
    else { return false }
    return lane.refusedQuantity != nil || !lane.waitingLots.isEmpty || lane.retryAt.map { turn.now >= $0 } ?? true
  }

  /// What was refused is not sent again before its time. Less than the wallet could not give is another question:
  /// facts have come since, and each of them asks only once.
  private func isDue(_ action: PlannedAction, _ symbol: Symbol) -> Bool {
    guard let lane = lanes[symbol], let retryAt = lane.retryAt, turn.now < retryAt else { return true }
    guard lane.waitingLots.isEmpty else { return true }
    guard let refused = lane.refusedQuantity, !isTidying(action) else { return false }
    return action.quantity < refused
  }

  /// An order of its lot was refused for what it says, and is not tried again yet.
  private func waitsAlone(_ action: PlannedAction, _ symbol: Symbol) -> Bool {
    guard let lane = lanes.place(of: symbol), lanes.values[lane].isWaiting(at: turn.now) else { return false }
    return action.lot.map(lanes.values[lane].waitingLots.contains) ?? false
  }

  private mutating func act(_ symbol: Symbol, _ plan: Plan, _ view: SymbolView) {
    guard
      let action = plan.actions.first(where: { !waitsAlone($0, symbol) && !isPaced($0, symbol) && !awaitsPast($0) }),
      isDue(action, symbol), !asksFirst(action)
    else { return }
    let cause = lanes[symbol]?.cause
    var sourced = action
    sourced.source = isTidying(action) ? turn.source : cause?.source ?? turn.source
    let id = nextID()
    let placed = sourced.command.placedIDs
    let record = ActionRecord(
      id: id, symbol: symbol, lot: sourced.lot, command: sourced.command.name, clientOrderIDs: placed.all,
      reason: sourced.reason.rawValue, source: sourced.source, quantity: sourced.quantity, state: .sent,
      attempt: (lanes[symbol]?.refusals ?? 0) + 1, sentAt: turn.now, latency: cause.map { turn.now - $0.at })
    let flight = InFlight(
      id: id, action: sourced, sentAt: turn.now, readThrough: sweeps.readThroughAll, placed: placed.legs,
      target: target(of: sourced.command), record: record)
    lanes[symbol]?.inFlight = flight
    // What bears one of these names from now on is ours.
    lanes[symbol]?.refusedNames = []
    flights[id] = symbol
    if lanes[symbol]?.isWaiting(at: turn.now) == false { lanes[symbol]?.endWait() }
    lanes[symbol]?.refusedQuantity = nil
    turn.facts.append(.action(record))
    recordLegs(of: sourced, placed)
    remember(sourced, symbol)
    paceExit(sourced, symbol)
    turn.effects.append(.send(id: id, sourced.command, receiveWindow: policy.timing.receiveWindow))
    turn.effects.append(.setTimer(.settle(symbol), at: flight.nextQuery(timing: policy.timing, now: turn.now)))
  }

  private func isTidying(_ action: PlannedAction) -> Bool {
    switch action.command {
    case .amend, .cancelList, .cancelOrder: true
    case .placeOCO, .placeLeg, .placeEntry: false
    }
  }

  /// The order whose end shows that an amend or cancel was executed.
  private func target(of command: VenueCommand) -> OrderKey? {
    switch command {
    case .amend(let amendment): OrderKey(amendment.symbol, amendment.venueOrderID)
    case .cancelOrder(let cancel): OrderKey(cancel.symbol, cancel.venueOrderID)
    case .cancelList(let cancel): book.open(cancel.symbol).first { $0.orderListID == cancel.orderListID }?.key
    case .placeOCO, .placeLeg, .placeEntry: nil
    }
  }

  private mutating func recordLegs(of action: PlannedAction, _ placed: VenueCommand.PlacedIDs) {
    for terms in placed.terms {
      guard
        let (name, part) = LegName.parse(
          terms.clientOrderID, symbol: action.command.symbol, key: policy.tagKey, account: policy.account)
      else { continue }
      let step = instruments[action.command.symbol]?.filters.stepSize ?? .zero
      let leg = Leg(
        lot: name.lot, role: part.role, tranche: name.tranche, generation: name.generation,
        clientOrderID: terms.clientOrderID, listClientOrderID: placed.list,
        rangeStart: FixedDecimal(Int(name.rangeStartSteps)) * step, quantity: action.quantity,
        triggerPrice: terms.triggerPrice.isPositive ? terms.triggerPrice : terms.limitPrice, source: action.source)
      legs[terms.clientOrderID] = leg
      sentLegs.insert(terms.clientOrderID)
      turn.facts.append(.leg(leg))
    }
  }

  /// What an action leaves in memory for the inputs that follow it.
  private mutating func remember(_ action: PlannedAction, _ symbol: Symbol) {
    switch action.reason {
    case .flatten where isTidying(action): lanes[symbol]?.flattenPacedUntil = turn.now + Self.flattenPaceOfTwo
    case .consolidate:
      lanes[symbol]?.memory.lastConsolidation = turn.now
      raise(
        .consolidating, symbol.text, .notice, "a list over \(action.quantity) is replaced to make room for more cover")
    case .watchedTakeProfit:
      if case .placeLeg(let leg) = action.command {
        exitReasons[leg.terms.clientOrderID] = .takeProfit
      } else if let lot = action.lot {
        lanes[symbol]?.memory.takingProfit[lot] = action.quantity
      }
    case .flatten:
      if case .placeLeg(let leg) = action.command { exitReasons[leg.terms.clientOrderID] = .flatten }
    case .stopCrossed:
      if case .placeLeg(let leg) = action.command { exitReasons[leg.terms.clientOrderID] = .exit }
    default: break  // ok: no other reason leaves anything to remember
    }
  }
}

extension VenueCommand {
  struct PlacedIDs {
    var list: ClientOrderID?
    var terms: [LegTerms]
    /// The stop first: its existence settles the placement.
    var legs: [ClientOrderID] { terms.map(\.clientOrderID) }
    var all: [ClientOrderID] { [list].compactMap { $0 } + legs }
  }

  var placedIDs: PlacedIDs {
    switch self {
    case .placeOCO(let oco): PlacedIDs(list: oco.listClientOrderID, terms: [oco.stop, oco.takeProfit])
    case .placeLeg(let leg): PlacedIDs(list: nil, terms: [leg.terms])
    case .amend, .cancelOrder, .cancelList, .placeEntry: PlacedIDs(list: nil, terms: [])
    }
  }
}
