import Trading
import Venue

extension AccountCore {
  /// Publishes how well a symbol is covered: its row, its naked timer and its alerts (promises I1, I8).
  mutating func publish(_ view: SymbolView, _ plan: Plan) {
    let symbol = view.symbol
    let naked = nakedQuantity(view)
    publish(coverageRecord(symbol, view.coverage, naked: naked, reasons(view, plan, naked: naked)))
    time(naked: naked, symbol, cause: cause(plan, symbol))
    alertOn(plan, view)
  }

  /// Records a symbol's row if it says something new.
  mutating func publish(_ record: CoverageRecord) {
    if let place = lanes.place(of: record.symbol), !lanes.values[place].publish(record) { return }
    turn.facts.append(.coverage(record))
  }

  /// Whether what we show can be believed: a complete reading, the histories that it made us want, and since then a
  /// stream that tells or readings that succeed.
  public var isKnown: Bool {
    guard isPastRead, let last = sweeps.lastComplete else { return false }
    return streamEpoch != nil || turn.now - last <= policy.timing.knownFor
  }

  /// Protected lots' quantity that could be covered and is not. Dust is excluded and shown apart. Once the naked timer
  /// runs, what is being sold counts until it is sold: a thin book may take next to nothing of it (fault OL38).
  private func nakedQuantity(_ view: SymbolView) -> FixedDecimal {
    let runs = lanes.place(of: view.symbol).map { lanes.values[$0].naked != nil } ?? false
    return view.coverage.lots.reduce(.zero) { sum, lot in
      let open = runs ? lot.uncovered + lot.exiting : lot.uncovered
      guard lot.account.lot.isProtected, open.isPositive else { return sum }
      let price = view.exitsOnCross(lot.lot) ? view.exitPrice(of: lot.lot) : view.judgingPrice(of: lot.lot)
      return sum + (view.instrument.legalQuantity(open, at: price, market: true) ?? .zero)
    }
  }

  /// - Parameter reasons: codes of what is not covered, sorted.
  private func coverageRecord(
    _ symbol: Symbol, _ coverage: Coverage, naked: FixedDecimal, _ reasons: [String]
  ) -> CoverageRecord {
    let hasProtected = coverage.lots.contains(where: \.account.lot.isProtected)
    let uncovered = coverage.protectedSum(\.uncovered)
    let exiting = coverage.protectedSum(\.exiting)
    let state: CoverageRecord.State
    if !isKnown {
      state = .unknown
    } else if coverage.held.isZero {
      state = .flat
    } else if !hasProtected {
      state = .ignored
    } else if naked.isPositive {
      state = coverage.covered.isPositive ? .partial : .naked
    } else if coverage.covered.isPositive || exiting.isPositive {
      state = .covered
    } else {
      state = .dust
    }
    return CoverageRecord(
      symbol: symbol, state: state, position: coverage.held, covered: coverage.covered,
      dust: FixedDecimal.max(.zero, uncovered - naked), reasons: reasons)
  }

  private func reasons(_ view: SymbolView, _ plan: Plan, naked: FixedDecimal) -> [String] {
    var reasons = Set(plan.held.map(\.reason.rawValue))
    if naked.isPositive, let reason = cause(plan, view.symbol) { reasons.insert(reason.rawValue) }
    let hasNoStop = view.coverage.lots.contains { $0.account.lot.isProtected && $0.account.lot.bracket.stop == nil }
    if hasNoStop { reasons.insert(Reason.takeProfitOnly.rawValue) }
    reasons.formUnion(plan.actions.compactMap { $0.degradation?.rawValue })
    return reasons.sorted()
  }

  /// What stands in the way of covering a symbol now, if anything does.
  private func cause(_ plan: Plan, _ symbol: Symbol) -> Reason? {
    if !isKnown { return .unknown }
    if !policy.isArmed { return .disarmed }
    if isPaused { return .paused }
    guard let lane = lanes.place(of: symbol) else { return .uncovered }
    if lanes.values[lane].isFlying { return .inFlight }
    if let paced = lanes.values[lane].pacedUntil, turn.now < paced { return .frozen }
    if let held = plan.held.first(where: { $0.reason != .belowMinimum && $0.reason != .ignored }) { return held.reason }
    if let retry = lanes.values[lane].retryAt, turn.now < retry {
      return lanes.values[lane].refusal == nil ? .backoff : .refused
    }
    return .uncovered
  }

  /// Starts, carries and stops the naked timer.
  private mutating func time(naked: FixedDecimal, _ symbol: Symbol, cause: Reason?) {
    let place = lanes.place(of: symbol)
    let running = place.flatMap { lanes.values[$0].naked }
    if naked.isPositive {
      var record =
        running
        ?? NakedRecord(
          id: nextID(), symbol: symbol, since: place.flatMap { lanes.values[$0].cause?.at } ?? turn.now, until: nil,
          quantity: naked, cause: (cause ?? .uncovered).rawValue)
      record.quantity = FixedDecimal.max(record.quantity, naked)
      record.cause = (cause ?? .uncovered).rawValue
      if running != record { turn.facts.append(.naked(record)) }
      if let place { lanes.values[place].naked = record }
      let alertAt = record.since + policy.timing.nakedAlertAfter
      if running == nil { turn.effects.append(.setTimer(.nakedAlert(symbol), at: alertAt)) }
      if turn.now >= alertAt {
        raise(.naked, symbol.text, .critical, "\(naked) \(symbol) without a stop: \(record.cause)")
      }
    } else if let place, var record = running {
      record.until = turn.now
      lanes.values[place].naked = nil
      turn.facts.append(.naked(record))
      turn.effects.append(.cancelTimer(.nakedAlert(symbol)))
      clear(.naked, symbol.text)
    }
  }

  private mutating func alertOn(_ plan: Plan, _ view: SymbolView) {
    let symbol = view.symbol.text
    let reasons = Set(plan.held.map(\.reason))
    if reasons.contains(.baseLocked) {
      let what =
        view.foreignLocks.first.map {
          "order \($0.venueOrderID) (\($0.type.name), \($0.remainingQuantity)) is not ours and"
        }
        ?? "something that is no order of this symbol"
      // It may have ended, and the event of it been lost: what it seems to hold is naked until somebody looks.
      if !isStanding(.baseLocked, symbol) { sweepNoLater(than: turn.now + policy.timing.sweepUnproven) }
      raise(.baseLocked, symbol, .critical, "\(what) holds what needs a stop")
    } else {
      clear(.baseLocked, symbol)
    }
    if reasons.contains(.noSlot) {
      raise(.noSlot, symbol, .critical, "the venue accepts no further conditional order on \(symbol)")
    } else {
      clear(.noSlot, symbol)
    }
    // Between a fill and its balance event the two may disagree; only a reading of both is worth an alert.
    if view.coverage.walletShort.isZero {
      clear(.walletShort, symbol)
    } else if turn.source == .sweep,
      view.coverage.walletShort >= FixedDecimal.max(view.instrument.filters.stepSize, "0.00000001")
    {
      raise(.walletShort, symbol, .warning, "the wallet holds \(view.coverage.walletShort) less than the lots say")
    }
    guard let place = lanes.place(of: view.symbol) else { return }
    if lanes.values[place].memory.crossed.isEmpty { clear(.stopCrossed, symbol) }
    // The duel is over when a whole window has passed without a repair.
    if let paced = lanes.values[place].pacedUntil, turn.now >= paced + policy.timing.duelWindow {
      lanes.values[place].pacedUntil = nil
      clear(.frozen, symbol)
    }
    if plan.actions.isEmpty { clear(.consolidating, symbol) }
  }
}
