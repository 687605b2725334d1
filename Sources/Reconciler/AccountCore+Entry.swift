import Trading
import Venue

extension AccountCore {
  /// Most time between a bot's request and its answer.
  private static let answerWithin: Duration = .seconds(3)

  // MARK: - Gates

  /// Places a bot's entry behind the risk gates and promises it its bracket.
  mutating func enter(_ requestID: Int64, _ placement: EntryPlacement, _ bracket: Bracket?, _ strategy: StrategyID?) {
    if let refusal = gate(placement, bracket) {
      turn.effects.append(
        .entryReport(requestID: requestID, EntryReport(state: .rejected, entry: nil, detail: refusal)))
      return
    }
    if let bracket {
      let registration = BracketRegistration(
        entryClientOrderID: placement.clientOrderID, symbol: placement.symbol, bracket: bracket, strategy: strategy)
      brackets[placement.clientOrderID] = registration
      turn.facts.append(.bracket(registration))
    }
    let id = nextID()
    let record = ActionRecord(
      id: id, symbol: placement.symbol, lot: nil, command: "place_entry", clientOrderIDs: [placement.clientOrderID],
      reason: Reason.directEntry.rawValue, source: .direct, quantity: placement.quantity, state: .sent, attempt: 1,
      sentAt: turn.now)
    entries[requestID] = DirectEntry(
      requestID: requestID, placement: placement, commandID: id, sentAt: turn.now,
      answerBy: turn.now + Self.answerWithin, record: record)
    turn.facts.append(.action(record))
    turn.effects.append(.send(id: id, .placeEntry(placement), receiveWindow: policy.timing.receiveWindow))
    turn.effects.append(.setTimer(.entry(requestID: requestID), at: turn.now + policy.timing.queryAfter))
  }

  /// Why an entry may not be placed, or `nil`.
  private func gate(_ placement: EntryPlacement, _ bracket: Bracket?) -> String? {
    guard policy.isArmed else { return "the account is not armed: set `armed: true`" }
    if isPaused { return "the account is paused: resume it first" }
    guard isSynced else { return "the account's state is not known yet: wait until /ready says so" }
    guard let instrument = instruments[placement.symbol] else { return "unknown symbol \(placement.symbol)" }
    guard placement.side == .buy else {
      return "only BUY entries open a position on Spot: sell through the venue, and the legs follow"
    }
    let allowed = policy.risk.symbols
    guard allowed.isEmpty || allowed.contains(placement.symbol) else {
      return "symbol \(placement.symbol) is not in risk.symbols"
    }
    guard instrument.status.acceptsOrders else {
      return "\(placement.symbol) is \(instrument.status.name) at the venue"
    }
    if let defect = bracket?.defect { return defect.description }
    if placement.type == .limit, let defect = bracket?.defect(longEntryAt: placement.price) {
      return defect.description
    }
    if let open = book.order(placement.clientOrderID), open.isOpen {
      return "an open order has the client order id \(placement.clientOrderID) already"
    }
    return riskGate(placement)
  }

  private func riskGate(_ placement: EntryPlacement) -> String? {
    let risk = policy.risk
    guard risk.orderNotionalMax.isPositive || risk.openNotionalMax.isPositive else { return nil }
    let price = placement.price.isPositive ? placement.price : sweeps.prices[placement.symbol]?.price
    let notional = placement.quoteQuantity.isPositive ? placement.quoteQuantity : price.map { $0 * placement.quantity }
    guard let notional else {
      return "the notional limits need a value: give a price, or quote_quantity for a market order"
    }
    if risk.orderNotionalMax.isPositive, notional > risk.orderNotionalMax {
      return "the order's value \(notional) is above risk.order_notional_max \(risk.orderNotionalMax)"
    }
    let open = ledger.allOpen.reduce(notional) { $0 + $1.lot.openQuantity * ($1.lot.averagePrice ?? .zero) }
    if risk.openNotionalMax.isPositive, open > risk.openNotionalMax {
      return "the open value would be \(open), above risk.open_notional_max \(risk.openNotionalMax)"
    }
    return nil
  }

  // MARK: - Settling

  mutating func takeEntry(_ outcome: CommandOutcome, _ requestID: Int64) {
    guard let entry = entries[requestID] else { return }
    turn.source = .direct
    if case .accepted(let receipt) = outcome { learn(receipt) }
    guard !entry.isSettled else { return }
    switch outcome {
    case .accepted: settleEntry(requestID, .accepted, nil)
    case .rejected(let rejection):
      settleEntry(requestID, .rejected, "\(rejection.kind.rawValue) \(rejection.code): \(rejection.message)")
    case .ambiguous:
      entries[requestID]?.record.state = .ambiguous
      if let record = entries[requestID]?.record { turn.facts.append(.action(record)) }
      queryEntry(requestID)
    }
  }

  private mutating func settleEntry(_ requestID: Int64, _ state: ActionRecord.State, _ refusal: String?) {
    guard var entry = entries[requestID] else { return }
    entry.isSettled = true
    entry.record.state = state
    entry.record.settledAt = turn.now
    entry.record.rejection = refusal
    entries[requestID] = entry
    turn.facts.append(.action(entry.record))
    guard let refusal else { return }
    answer(requestID, EntryReport(state: .rejected, entry: nil, detail: refusal))
  }

  /// The venue showed an order that a direct entry waits for.
  mutating func noteEntry(_ order: Order) {
    for id in entries.keys.sorted() where entries[id]?.placement.clientOrderID == order.clientOrderID {
      entries[id]?.lot = order.key
      if entries[id]?.isSettled == false { settleEntry(id, .accepted, nil) }
    }
  }

  private mutating func queryEntry(_ requestID: Int64) {
    guard let entry = entries[requestID] else { return }
    ask(
      OrderQuery(symbol: entry.placement.symbol, reference: .client(entry.placement.clientOrderID)),
      .entry(requestID: requestID))
  }

  mutating func takeEntry(_ requestID: Int64, _ result: QueryResult) {
    guard let entry = entries[requestID], !entry.isSettled, result == .absent else { return }
    let first = entry.firstAbsence ?? turn.now
    entries[requestID]?.firstAbsence = first
    let timing = policy.timing
    let isDead = turn.now - entry.sentAt >= timing.receiveWindow + timing.skewAllowance
    if isDead, turn.now - first >= timing.absenceInterval {
      settleEntry(requestID, .absent, "the order never reached the venue")
    }
  }

  mutating func entryIsDue(_ requestID: Int64) {
    guard let entry = entries[requestID] else { return }
    if !entry.isSettled { queryEntry(requestID) }
    if turn.now >= entry.answerBy, !entry.hasAnswered { answer(requestID, report(entry, isFinal: true)) }
    guard let rest = entries[requestID], !(rest.isSettled && rest.hasAnswered) else { return }
    turn.effects.append(.setTimer(.entry(requestID: requestID), at: turn.now + timing(of: rest)))
  }

  private func timing(of entry: DirectEntry) -> Duration { entry.isSettled ? .milliseconds(500) : .milliseconds(800) }

  // MARK: - Answering

  /// Answers every direct entry whose legs stand, or that rests without a fill.
  mutating func reportEntries() {
    for id in entries.keys.sorted() {
      guard let entry = entries[id], !entry.hasAnswered, entry.isSettled else { continue }
      let report = report(entry, isFinal: false)
      if report.state == .covered || report.state == .working { answer(id, report) }
    }
  }

  private mutating func answer(_ requestID: Int64, _ report: EntryReport) {
    guard entries[requestID]?.hasAnswered == false else { return }
    entries[requestID]?.hasAnswered = true
    turn.effects.append(.entryReport(requestID: requestID, report))
    if entries[requestID]?.isSettled == true {
      entries[requestID] = nil
      turn.effects.append(.cancelTimer(.entry(requestID: requestID)))
    }
  }

  private func report(_ entry: DirectEntry, isFinal: Bool) -> EntryReport {
    guard let key = entry.lot, let order = book[key] else {
      return EntryReport(
        state: .unknown, entry: nil, detail: "the venue has not answered yet; the order is being queried")
    }
    guard order.executedQuantity.isPositive else {
      return EntryReport(state: order.isOpen ? .working : .uncovered, entry: order)
    }
    let covered = view(of: key.symbol, at: turn.now)?.coverage.lots.first { $0.lot.id == key }
    let live = legs.values.filter { $0.lot == key && book.order($0.clientOrderID)?.isOpen == true }
      .sorted { $0.clientOrderID < $1.clientOrderID }
    let uncovered = lanes[key.symbol]?.coverage.map { $0.state == .covered } ?? false
    return EntryReport(
      state: uncovered ? .covered : .uncovered, entry: order, legs: live, coveredQuantity: covered?.covered ?? .zero,
      detail: uncovered ? "" : lanes[key.symbol]?.coverage?.reasons.joined(separator: ", ") ?? "")
  }
}
