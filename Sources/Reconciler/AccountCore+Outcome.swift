import Trading
import Venue

extension AccountCore {
  // MARK: - Outcomes

  /// Settles a command by its reply. A reply to something that the stream or a query settled first only adds what it
  /// knows.
  mutating func take(_ outcome: CommandOutcome, of id: Int64) {
    if let requestID = entries.keys.sorted().first(where: { entries[$0]?.commandID == id }) {
      return takeEntry(outcome, requestID)
    }
    let symbol = flights[id]
    switch outcome {
    case .accepted(let receipt):
      learn(receipt)
      guard let symbol, lanes[symbol]?.inFlight?.id == id else { return }
      // A leg counts only after the venue showed it (requirement R5): a bare acknowledgement is asked about at once.
      if receipt.orders.isEmpty { queryInFlight(symbol) } else { finish(symbol, .accepted, nil) }
    case .rejected(let rejection):
      // An order with the name stands, and it is not this command that placed it.
      if let raced = lanes.keys.first(where: { lanes[$0]?.unanswered == id }) { hearOfOtherWriter(raced) }
      guard let symbol else { return }
      refuse(symbol, rejection)
    case .ambiguous:
      guard let symbol, let flight = lanes[symbol]?.inFlight else { return }
      if flight.record.state == .sent {
        lanes[symbol]?.inFlight?.record.state = .ambiguous
        if let record = lanes[symbol]?.inFlight?.record { turn.facts.append(.action(record)) }
      }
      queryInFlight(symbol)
    }
  }

  func learnedOrders(of receipt: CommandReceipt) -> [Order] {
    receipt.orders.map { order in
      var order = order
      order.orderListID = order.orderListID ?? receipt.orderListID
      return order
    }
  }

  mutating func learn(_ receipt: CommandReceipt) {
    turn.source = .direct
    for order in learnedOrders(of: receipt) { learn(order) }
    for fill in receipt.fills {
      observe(fill.venueTime)
      learn(fill)
    }
  }

  /// Ends the lane's command and lets the symbol be judged again.
  mutating func finish(_ symbol: Symbol, _ state: ActionRecord.State, _ rejection: Rejection?) {
    guard var flight = lanes[symbol]?.inFlight else { return }
    flight.record.state = state
    flight.record.settledAt = turn.now
    flight.record.rejection = rejection.map { "\($0.kind.rawValue) \($0.code) \($0.message)" }
    turn.facts.append(.action(flight.record))
    turn.effects.append(.cancelTimer(.settle(symbol)))
    lanes[symbol]?.inFlight = nil
    lanes[symbol]?.refusedNames = state == .rejected ? flight.placed : []
    if state == .rejected { sentLegs.subtract(flight.placed) }
    lanes[symbol]?.unanswered = state == .accepted && !flight.placed.isEmpty ? flight.id : nil
    flights[flight.id] = nil
    turn.dirty.insert(symbol)
    guard state == .accepted else {
      // What cannot be sold, or not be freed, is covered again.
      if let lot = flight.action.lot { lanes[symbol]?.memory.takingProfit[lot] = nil }
      if state == .absent { doubtAbsentExit(flight, symbol) }
      return
    }
    noteRepair(flight.action, symbol)
    if let consolidation = flight.action.consolidation { lanes[symbol]?.memory.consolidated = consolidation }
    lanes[symbol]?.refusals = 0
    lanes[symbol]?.refusal = nil
    lanes[symbol]?.endWait()
    clear(.protectionRefused, symbol.text)
    clear(.noSlot, symbol.text)
    if let lot = flight.action.lot, case .placeLeg(let leg) = flight.action.command, leg.terms.type.isStop {
      lanes[symbol]?.memory.stopOnly.remove(lot)
      lanes[symbol]?.memory.clampedInVain[lot] = nil
    }
    // Sold, or covered again because it could not be, or the stop itself has sold: the wish to sell ends.
    if let lot = flight.action.lot, flight.target.map({ book[$0]?.status != .canceled }) ?? true {
      lanes[symbol]?.memory.takingProfit[lot] = nil
    }
  }

  /// The stream, a reply or a query showed an order: a command that waits for just that is settled.
  mutating func settleInFlight(seen order: Order) {
    guard let place = lanes.place(of: order.symbol), let flight = lanes.values[place].inFlight else { return }
    if mayHavePlaced(order, flight) {
      // Members of a list are reported one by one; acting on the first would count one slot too few (fault OL31).
      guard flight.placed.allSatisfy({ isSeen($0, of: flight) }) else { return }
      finish(order.symbol, .accepted, nil)
    } else if concerns(flight, order), isDone(flight, order) {
      finish(order.symbol, .accepted, nil)
    }
  }

  /// Whether the order is one that the command places: an older one has the name from an earlier life (fault PR04,
  /// B408).
  private func mayHavePlaced(_ order: Order, _ flight: InFlight) -> Bool {
    guard flight.placed.contains(order.clientOrderID) else { return false }
    let sentAfter = venueClock.passed(at: flight.sentAt) ?? flight.readThrough
    // The venue writes whole milliseconds.
    return sentAfter.map { $0.milliseconds <= (order.createdAt ?? order.updatedAt).milliseconds } ?? true
  }

  /// Whether the order that it places under that name was heard of.
  private func isSeen(_ id: ClientOrderID, of flight: InFlight) -> Bool {
    book.order(id).map { mayHavePlaced($0, flight) } ?? false
  }

  private func concerns(_ flight: InFlight, _ order: Order) -> Bool {
    if case .cancelList(let cancel) = flight.action.command { return order.orderListID == cancel.orderListID }
    return flight.target == order.key
  }

  private func isDone(_ flight: InFlight, _ order: Order) -> Bool {
    switch flight.action.command {
    case .amend(let amendment): !order.isOpen || order.quantity <= amendment.newQuantity
    case .cancelOrder: !order.isOpen
    // The venue ends the members together and reports them one by one.
    case .cancelList(let cancel): openMember(of: cancel) == nil
    case .placeOCO, .placeLeg, .placeEntry: true
    }
  }

  private func openMember(of cancel: ListCancel) -> Order? {
    book.live(cancel.symbol).first { $0.orderListID == cancel.orderListID }
  }

  /// The order whose state settles a command: of a list to be cancelled the first member that is not known to have
  /// ended, of one to be placed the first that was not heard of.
  private func query(for flight: InFlight) -> OrderQuery? {
    if case .cancelList(let cancel) = flight.action.command, let member = openMember(of: cancel) {
      return OrderQuery(symbol: cancel.symbol, reference: .venue(member.venueOrderID))
    }
    // Of a pair the member that has ended tells nothing about the other, which may have sold.
    if flight.placed.contains(where: { isSeen($0, of: flight) }),
      let unheard = flight.placed.first(where: { !isSeen($0, of: flight) })
    {
      return OrderQuery(symbol: flight.action.command.symbol, reference: .client(unheard))
    }
    return flight.query
  }

  // MARK: - Settling by query

  mutating func queryInFlight(_ symbol: Symbol) {
    guard var flight = lanes[symbol]?.inFlight, let query = query(for: flight) else { return }
    turn.effects.append(.setTimer(.settle(symbol), at: flight.nextQuery(timing: policy.timing, now: turn.now)))
    flight.queries += 1
    lanes[symbol]?.inFlight = flight
    // A lost answer must not hold up the next question.
    ask(query, .inFlight(symbol, id: flight.id), lostAfter: policy.timing.queryAfter)
  }

  mutating func settleInFlight(_ symbol: Symbol, _ id: Int64, _ result: QueryResult) {
    guard let flight = lanes[symbol]?.inFlight, flight.id == id else { return }
    switch result {
    case .failed: break
    case .found(let order) where order.isOpen && flight.placed.contains(order.clientOrderID):
      finish(symbol, .accepted, nil)
    case .found(let order) where flight.placed.isEmpty && isDone(flight, order):
      finish(symbol, .accepted, nil)
    case .found(let order) where flight.placed.contains(order.clientOrderID) && !mayHavePlaced(order, flight):
      noteAbsence(flight)
    case .found(let order) where !order.isOpen && query(for: flight) != flight.query:
      // One member of a list has ended and another is not heard of yet.
      queryInFlight(symbol)
    case .found:
      // Seen, and still not as wanted: once the request is dead at the venue it was not executed.
      guard turn.now - flight.sentAt >= policy.timing.receiveWindow + policy.timing.skewAllowance else { return }
      finish(symbol, .absent, nil)
    case .absent: noteAbsence(flight)
    }
  }

  /// Nobody finds what the command should have done; once that is proven it is settled.
  private mutating func noteAbsence(_ flight: InFlight) {
    let symbol = flight.action.command.symbol
    var flight = flight
    flight.firstAbsence = flight.firstAbsence ?? turn.now
    flight.lastAbsence = turn.now
    lanes[symbol]?.inFlight = flight
    guard flight.isProvenAbsent(timing: policy.timing) else { return }
    // Of a pair that was placed one member may be in no reading any more.
    finish(symbol, flight.placed.contains { isSeen($0, of: flight) } ? .accepted : .absent, nil)
  }

  // MARK: - Refusals

  /// What a definite refusal means for the next step (binance.md §6, requirement R25).
  private mutating func refuse(_ symbol: Symbol, _ rejection: Rejection) {
    guard let flight = lanes[symbol]?.inFlight else { return }
    finish(symbol, .rejected, rejection)
    // Another kind of refusal is another obstacle: patience starts again.
    if lanes[symbol]?.refusal?.kind != rejection.kind { lanes[symbol]?.refusals = 0 }
    lanes[symbol]?.refusal = rejection
    lanes[symbol]?.clampRefusedAt = nil
    // What was asked before it may have been answered by a replica that lags.
    if flight.action.command.isExit, flight.action.lot.map({ ledger[$0]?.isWitnessed == false }) ?? false {
      doubtExit(flight)
    }
    switch rejection.kind {
    case .wouldTriggerImmediately, .badPriceRelation, .wouldMatchImmediately: priceRefused(symbol, flight)
    case .insufficientBalance:
      lanes[symbol]?.memory.balanceRefusedAt = turn.now
      if let base = instruments[symbol]?.base { suspectLock(base) }
      // The coins of a sale are gone: perhaps another guardian's sale of the same name took them.
      if flight.action.command.isExit { doubtExit(flight) }
      waitAndRead(symbol, "insufficient_balance")
      lanes[symbol]?.refusedQuantity = flight.action.quantity
    case .duplicateClientOrderID:
      // Evidence that an earlier attempt is live: look before anything else (fault OL32). It is another life's: this
      // one gives no name twice while its order may stand.
      hearOfOtherWriter(symbol)
      if let query = flight.query { ask(query, .inFlight(symbol, id: flight.id)) }
      waitAndRead(symbol, "duplicate_client_order_id")
    case .openOrderLimit: slotsExhausted(symbol, flight.action.command)
    case .filter, .invalid: formRefused(symbol, flight, rejection)
    case .unknownOrder: targetUnknown(symbol, flight)
    case .amendRefused:
      if let target = flight.target { lanes[symbol]?.memory.unamendable.insert(target) }
      waitAndRead(symbol, "amend_refused")
    // It has that quantity already: an earlier try came through, or another guardian's.
    case .nothingToChange: waitAndRead(symbol, "amend_refused")
    case .rateLimited, .banned:
      raise(.rateLimited, "", .critical, "the venue limits our requests: \(rejection.message)")
      wait(symbol, atLeast: rejection.retryAfter ?? policy.timing.retryFirst, most: rejection.retryAfter)
    case .notSent, .clockSkew, .overloaded:
      wait(symbol, atLeast: rejection.retryAfter ?? .zero, most: policy.timing.retryMaxWhenBlocked)
    case .marketClosed:
      turn.effects.append(.requestInstruments)
      wait(symbol, atLeast: .zero, most: policy.timing.marketProbe)
    case .unauthorized, .blocked:
      raise(.unauthorized, "", .critical, "the venue refuses our requests: \(rejection.code) \(rejection.message)")
      wait(symbol, atLeast: .seconds(5))
    }
  }

  /// The price is on the wrong side of a leg. Of a pair that leaves open which one, so a stop alone is tried: if that
  /// is refused as well, the price is through the stop, and that *is* the exit (fault OL07).
  private mutating func priceRefused(_ symbol: Symbol, _ flight: InFlight) {
    guard let lot = flight.action.lot else { return }
    switch flight.action.command {
    case .placeOCO: lanes[symbol]?.memory.stopOnly.insert(lot)
    case .placeLeg(let leg) where leg.terms.type.isStop:
      for id in lots(symbol, withStopAtOrAbove: leg.terms.triggerPrice, named: lot) { crossed(symbol, id) }
    // A take-profit that needs no stop is reached: at the venue it could only wait in front of the price.
    case .placeLeg(let leg) where leg.terms.type != .market: lanes[symbol]?.memory.takingProfit[lot] = leg.quantity
    case .placeLeg, .placeEntry, .amend, .cancelOrder, .cancelList: waitAndRead(symbol, "price_refused")
    }
  }

  /// The lots that a refused stop says something about. A merged one is named after its oldest lot and has the tightest
  /// stop of all: only the lots with a stop as high are crossed for certain.
  private func lots(_ symbol: Symbol, withStopAtOrAbove price: FixedDecimal, named: LotID) -> [LotID] {
    guard let view = view(of: symbol, at: turn.now) else { return [named] }
    let high = view.coverage.lots.map(\.lot).filter { view.stopPrice(of: $0).map { $0 >= price } ?? false }
    return high.isEmpty ? [named] : high.map(\.id)
  }

  /// The longest wait between two tries to put a clamped stop under a moving price.
  private static let crossedRetryMax: Duration = .milliseconds(500)

  private mutating func crossed(_ symbol: Symbol, _ id: LotID) {
    lanes[symbol]?.memory.crossed.insert(id)
    if lanes[symbol]?.memory.clampedStops.removeValue(forKey: id) != nil {
      lanes[symbol]?.memory.clampedInVain[id, default: 0] += 1
    }
    let policyName = ledger[id]?.lot.bracket.onCrossedStop ?? .alert
    // The reading that follows must bring the price, or a clamped stop would wait for the next sample.
    lanes[symbol]?.watchesPrice = true
    raise(.stopCrossed, symbol.text, .critical, "the price is through the stop of \(id): policy \(policyName.rawValue)")
    guard policyName != .exit || !policy.allowsExit else { return }
    // A price that runs away is followed: the longer the wait, the farther it gets.
    requestSnapshot("stop_crossed")
    wait(symbol, for: id, most: Self.crossedRetryMax)
    let inVain = lanes[symbol]?.memory.clampedInVain[id] ?? 0
    if policyName == .clamp, inVain <= Self.clampDoublingsMax { lanes[symbol]?.clampRefusedAt = turn.now }
  }

  /// The price that a stop to be clamped waits for has come: it goes at once, as long as each one goes farther.
  mutating func endWaitForPrice(_ symbol: Symbol, askedAt: Instant) {
    guard let place = lanes.place(of: symbol), let refusedAt = lanes.values[place].clampRefusedAt, askedAt >= refusedAt
    else { return }
    lanes.values[place].clampRefusedAt = nil
    lanes.values[place].retryAt = nil
  }

  /// The venue takes fewer conditional orders than we thought, or others stand that we have not heard of: as many as
  /// were asked for find no room, fewer may (B385).
  private mutating func slotsExhausted(_ symbol: Symbol, _ command: VenueCommand) {
    let used = book.open(symbol).filter(\.takesAlgoSlot).count
    lanes[symbol]?.memory.algoOrdersMaxSeen = used + max(0, command.algoSlots - 1)
    lanes[symbol]?.memory.algoRefusedAt = turn.now
    turn.effects.append(.requestInstruments)
    waitAndRead(symbol, "open_order_limit")
  }

  /// A filter or the form is refused: read the filters again, and try the plainest form, a stop alone.
  private mutating func formRefused(_ symbol: Symbol, _ flight: InFlight, _ rejection: Rejection) {
    turn.effects.append(.requestInstruments)
    if case .placeOCO = flight.action.command, let lot = flight.action.lot {
      lanes[symbol]?.memory.stopOnly.insert(lot)
    }
    if let lot = flight.action.lot { wait(symbol, for: lot) } else { wait(symbol, atLeast: .zero) }
  }

  /// A cancel or amend found nothing: filled, cancelled, or not visible yet. Only the order itself can say (fault
  /// RS12).
  private mutating func targetUnknown(_ symbol: Symbol, _ flight: InFlight) {
    if let target = flight.target {
      sweeps.absences[target]?.isRefused = true
      ask(OrderQuery(symbol: symbol, reference: .venue(target.venueOrderID)), .missing(target))
    }
    waitAndRead(symbol, "unknown_order")
  }

  /// The venue knew no order of that number, and an order of the symbol has ended: what was in the way is not there,
  /// and nothing is left to wait for (fault OL16).
  mutating func endWaitForUnknownOrder(_ symbol: Symbol) {
    guard let place = lanes.place(of: symbol), lanes.values[place].refusal?.kind == .unknownOrder else { return }
    lanes.values[place].retryAt = nil
  }

  private mutating func waitAndRead(_ symbol: Symbol, _ trigger: String, most: Duration? = nil) {
    requestSnapshot(trigger)
    wait(symbol, atLeast: .zero, most: most)
  }

  /// Backs off with one lot: what its order was refused for says nothing about the others, and a cover that waits is
  /// worse than a write too many (B413).
  private mutating func wait(_ symbol: Symbol, for lot: LotID, most: Duration? = nil) {
    let waiting = lanes[symbol]?.waitingLots ?? []
    wait(symbol, atLeast: .zero, most: most)
    lanes[symbol]?.waitingLots = waiting.union([lot])
  }

  /// Backs off: 250 ms doubling to a minute, or what the venue asks for.
  /// What only passes by itself (a limit, a closed way) is tried again as soon as it may have passed: `most`.
  private mutating func wait(_ symbol: Symbol, atLeast: Duration, most: Duration? = nil) {
    let refusals = lanes[symbol]?.refusals ?? 0
    let backoff = min(policy.timing.retryFirst * (1 << min(refusals, 8)), most ?? policy.timing.retryMax)
    let until = turn.now + max(backoff, atLeast)
    lanes[symbol]?.refusals = refusals + 1
    if refusals >= 2, let refusal = lanes[symbol]?.refusal {
      raise(
        .protectionRefused, symbol.text, .critical,
        "\(refusals + 1) refusals in a row: \(refusal.kind.rawValue) \(refusal.code) \(refusal.message)")
    }
    lanes[symbol]?.retryAt = until
    lanes[symbol]?.waitingLots = []
  }
}

extension VenueCommand {
  /// Conditional orders that it would add.
  fileprivate var algoSlots: Int {
    switch self {
    case .placeOCO(let pair): [pair.stop, pair.takeProfit].count { $0.type.isConditional }
    case .placeLeg(let leg): leg.terms.type.isConditional ? 1 : 0
    case .amend, .cancelOrder, .cancelList, .placeEntry: 0
    }
  }
}
