import PaperVenue
import Reconciler
import Trading
import Venue

// The process around the core: it starts, feeds, performs and dies. It decides nothing.
extension World {
  static let tagKey = TagKey(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)

  var policy: ProtectionPolicy {
    ProtectionPolicy(
      account: Self.account, environment: .paper, brackets: BracketPolicy(standard: bracket),
      tagKey: Self.tagKey)
  }

  mutating func boot(_ number: Int) {
    guard guardian == nil, number == incarnation + 1 else { return }
    incarnation = number
    guardian = GuardianProcess(core: AccountCore(policy: policy), bornAt: now)
    noteFlat()
    noteTraceless()
    drawCrash()
    trace.note(now, 1, Int64(number), "guardian starts (life \(number))")
    everywhere { $0.referee.guardianStarted(at: $0.now) }
    askFirstInstruments()
    heap.push(.connect(incarnation: number, failures: 0), at: now + tape.duration(.zero, .milliseconds(30)))
  }

  /// Nothing can be protected before the instruments are known, so a slow answer is not waited for, as in the shell.
  mutating func askFirstInstruments() {
    ask(.instruments)
    heap.push(.instrumentsAgain(incarnation: incarnation, isFirst: true), at: now + .seconds(2))
  }

  /// Symbols of which a life began with nothing, or read nothing at first.
  mutating func noteFlat() {
    for market in markets {
      let held = exchange.ledger(of: Self.account, market.symbol)?.base ?? .zero
      let deposited = guardian?.deposits[market.truth.base] ?? .zero
      if held.isZero || held == deposited { guardian?.flatAtStart.insert(market.symbol) }
    }
  }

  /// Symbols of which a life that begins, or has read the account for the first time, can find nothing: nothing in the
  /// wallet, nothing in the mirror, nothing told.
  mutating func noteTraceless() {
    for symbol in markets.map(\.symbol) {
      guard exchange.ledger(of: Self.account, symbol)?.base.isZero != false,
        !mirror.orders.keys.contains(where: { $0.symbol == symbol }),
        !toldOrders.contains(where: { $0.symbol == symbol })
      else { continue }
      tracelessThrough[symbol] = now
    }
  }

  /// The mirror is read once the filters are there.
  mutating func readMirror() {
    let state = mirror.recovered()
    let wait =
      state == nil ? tape.duration(.milliseconds(50), .seconds(2)) : tape.duration(.milliseconds(1), .milliseconds(60))
    heap.push(.mirrorRead(incarnation: incarnation, state), at: now + wait)
  }

  /// The database is back: a life that started without it reads it now.
  mutating func mirrorIsBack() {
    if guardian?.lacksMirror == true { readMirror() }
  }

  mutating func restore(_ number: Int, _ state: MirrorState?) {
    guard number == incarnation, guardian != nil else { return }
    trace.note(
      now, 2, Int64(state?.lots.count ?? -1),
      "mirror gives \(state.map { "\($0.lots.count) open lots" } ?? "nothing: it is down")")
    guardian?.lacksMirror = state == nil
    guardian?.isRestored = true
    feed(.restored(state))
    // It came back while the start still waited for it.
    if !mirror.isDown { mirrorIsBack() }
  }

  mutating func feed(_ input: Input) {
    guard guardian != nil else { return }
    guard let effects = guardian?.core.handle(input, at: now) else { return }
    for effect in effects {
      if crashesNow() { return crashes(before: effect) }
      perform(effect)
    }
  }

  private mutating func perform(_ effect: Effect) {
    switch effect {
    case .send(let id, let command, let window):
      trace.mix(command.name)
      trace.mix(command.quantity)
      look(at: command.symbol) { $0.leave(command, id: id, window: window) }
    case .query(let id, let query):
      trace.note(now, 4, id, "query \(id): \(query.reference)")
      guardian?.queriesOpen.insert(id)
      ask(.query(id: id, query))
    case .requestSnapshot(let id, let scope): read(scope, id: id)
    case .requestInstruments: ask(.instruments)
    case .setTimer(let timer, let at): set(timer, at: at)
    case .cancelTimer(let timer): guardian?.timers[timer] = nil
    case .record(let facts): record(facts)
    case .alert(let alert):
      everywhere {
        if alert.subject.isEmpty || alert.subject == $0.symbol.text { $0.referee.raised(alert, at: $0.now) }
      }
      trace.note(
        now, 5, alert.isStanding ? 1 : 0,
        "alert \(alert.isStanding ? "raised" : "cleared"): \(alert.kind) \(alert.message)")
    case .entryReport(let id, let report): trace.note(now, 6, id, "entry report \(id): \(report.state)")
    }
  }

  private mutating func record(_ facts: [Fact]) {
    // The database takes nothing from a guardian that has lost its lease.
    if !actsForStale {
      mirror.enqueue(facts)
      heap.push(.commit, at: now + options.commitLag)
    }
    for fact in facts {
      switch fact {
      case .action(let action): look(at: action.symbol) { $0.referee.noted(action, life: $0.incarnation) }
      case .leg(let leg): look(at: leg.lot.symbol) { $0.truth.noted(leg) }
      case .coverage(let coverage):
        trace.note(
          now, 7, 0,
          "coverage \(coverage.state.rawValue) \(coverage.covered)/\(coverage.position) \(coverage.reasons.joined(separator: ","))"
        )
      case .sweep(let sweep): doubtStream(after: sweep)
      case .lot(let lot):
        trace.note(
          now, 8, lot.id.venueOrderID.number, "lot \(lot.id) open \(lot.openQuantity) closed \(lot.closedQuantity)")
      default: break
      }
    }
  }

  // MARK: - Timers

  private mutating func set(_ timer: CoreTimer, at deadline: Instant) {
    guard guardian != nil else { return }
    guardian?.lastGeneration += 1
    let generation = guardian?.lastGeneration ?? 0
    guardian?.timers[timer] = generation
    heap.push(.timer(incarnation: incarnation, timer, generation: generation), at: max(deadline, now))
  }

  mutating func fire(_ timer: CoreTimer, _ generation: UInt64, _ number: Int) {
    guard number == incarnation, guardian?.timers[timer] == generation else { return }
    guardian?.timers[timer] = nil
    trace.note(now, 9, Int64(generation), "timer \(timer)")
    feed(.timer(timer))
  }

  // MARK: - Death

  private mutating func drawCrash() {
    effectsUntilCrash = nil
    guard crashesLeft > 0, faultsAct else { return }
    if !options.crashPoints.isEmpty {
      effectsUntilCrash = options.crashPoints[options.crashPoints.count - crashesLeft]
      return
    }
    let most = tape.pick([8, 40, 200, 600])
    effectsUntilCrash = Int(tape.number(1...Int64(most)))
  }

  private mutating func crashesNow() -> Bool {
    if faultsAct { effects += 1 }
    guard let left = effectsUntilCrash, faultsAct else { return false }
    effectsUntilCrash = left - 1
    return left <= 1
  }

  mutating func crash(_ why: String) {
    crashesLeft -= 1
    mischief(.crash)
    trace.note(now, 10, Int64(incarnation), "guardian dies \(why)")
    everywhere { $0.referee.guardianDied(at: $0.now) }
    loseUncommitted()
    leave()
    let pause = tape.duration(.milliseconds(30), tape.chance(perMille: 150) ? .seconds(15) : .seconds(2))
    heap.push(.boot(incarnation: incarnation + 1), at: now + pause)
  }
}

extension World {
  /// The longest that a row waits for its batch, down times of the database included.
  static let commitLagMost: Duration = .seconds(45)

  /// The process is gone, and its connections with it.
  mutating func leave() {
    guardian = nil
    for index in connections.indices where connections[index].incarnation == incarnation {
      connections[index].state = .gone
    }
  }

  /// The rows that were not committed yet are gone.
  mutating func loseUncommitted() {
    mirror.loseUncommitted()
    forgetEnds()
  }

  /// What this life was told lately may be written nowhere, and of what it was told before it had read the mirror it
  /// has taken nothing yet.
  mutating func forgetEnds() {
    let untaken = guardian.map { $0.isRestored ? .zero : now - $0.bornAt } ?? .zero
    toldEnds = toldEnds.filter { now - $0.value > max(untaken, Self.commitLagMost) }
  }

  private mutating func leave(_ command: VenueCommand, id: Int64, window: Duration) {
    let reason = referee.reason(id, incarnation)
    trace.note(now, 3, id, "send \(id): \(command.text) (\(reason))" + (actsForStale ? " by life \(incarnation)" : ""))
    referee.sent(command, id: id, life: incarnation, at: now, phase: phase)
    if guardian?.hasRead == false { referee.violate(.fenced, now, "\(command.text) before the venue was read") }
    judgePast(command)
    send(command, id: id, window: window)
  }
}

extension Effect {
  var label: String {
    switch self {
    case .send(_, let command, _): "send \(command.text)"
    case .query: "query"
    case .requestSnapshot: "snapshot"
    case .requestInstruments: "instruments"
    case .setTimer(let timer, _): "set \(timer)"
    case .cancelTimer: "cancel timer"
    case .record(let facts): "record \(facts.count) facts"
    case .alert: "alert"
    case .entryReport: "entry report"
    }
  }
}

extension VenueCommand {
  var quantity: FixedDecimal {
    switch self {
    case .placeOCO(let oco): oco.quantity
    case .placeLeg(let leg): leg.quantity
    case .amend(let amendment): amendment.newQuantity
    case .placeEntry(let entry): entry.quantity
    case .cancelOrder, .cancelList: .zero
    }
  }

  /// The client id of an entry that it places.
  var entryIDs: [ClientOrderID] { if case .placeEntry(let entry) = self { [entry.clientOrderID] } else { [] } }

  /// For people.
  var text: String {
    switch self {
    case .placeOCO(let oco):
      "OCO \(oco.quantity) tp \(oco.takeProfit.type.name) \(oco.takeProfit.triggerPrice)/\(oco.takeProfit.limitPrice) sl \(oco.stop.triggerPrice) \(oco.stop.clientOrderID.text.prefix(13))"
    case .placeLeg(let leg):
      "leg \(leg.terms.type.name) \(leg.quantity) at \(leg.terms.triggerPrice) \(leg.terms.clientOrderID.text.prefix(13))"
    case .amend(let amendment): "amend #\(amendment.venueOrderID) to \(amendment.newQuantity)"
    case .cancelOrder(let cancel): "cancel #\(cancel.venueOrderID)"
    case .cancelList(let cancel): "cancel list \(cancel.orderListID)"
    case .placeEntry(let entry): "entry \(entry.type.name) \(entry.quantity)"
    }
  }

  /// The client ids that a placement gives to orders.
  var placedOrderIDs: [ClientOrderID] {
    switch self {
    case .placeOCO(let oco): [oco.stop.clientOrderID, oco.takeProfit.clientOrderID]
    case .placeLeg(let leg): [leg.terms.clientOrderID]
    case .amend, .cancelOrder, .cancelList, .placeEntry: []
    }
  }
}
