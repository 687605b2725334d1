import PaperVenue
import Trading
import Venue

/// Holds the world to the promises while it runs, by the venue's private ledger.
struct Referee: Sendable {
  /// Fault-free: a fill is covered within this (T0, p100).
  static let faultFreeBound: Duration = .milliseconds(750)
  /// Writes, one after another, that fit into that, however slow the way.
  static let usualWrites = 6
  /// Under one fault class (T1).
  static let oneFaultBound: Duration = .seconds(5)
  /// A fact that the stream hid is found by the sweep of an idle account at the latest, plus what reading and acting
  /// takes.
  static let hiddenBound: Duration = .seconds(33)
  /// Legs that stand behind what others have sold are cut within this, without faults.
  static let cutBound: Duration = .seconds(2)
  /// Two guardians that hear of each other only protect; what stands too much is cut within this after the last of it.
  static let tidyPause: Duration = .seconds(5) + cutBound
  /// Events that are late come by then.
  static let lateBound: Duration = .seconds(10)
  /// A stop's worth is judged at its own price, which is taken for no less than this share of the last one.
  private static let lowestStop: FixedDecimal = "0.9"
  /// Violations kept per world; more say nothing new.
  static let violationsMax = 20

  private let fixed: FixedOptions
  var options: WorldOptions { _read { yield fixed.value } }
  private(set) var violations: [Violation] = []
  private(set) var intervals: [NakedInterval] = []
  private(set) var struck: [FaultClass: Int] = [:]
  private(set) var refusals: [String: Int] = [:]
  private(set) var commands: [String: Int] = [:]
  private(set) var reasons: [String: Int] = [:]
  private(set) var writesSinceHeal = 0
  var nakedSince: Instant?
  /// What has come to be held while something is naked.
  private var waiting = NakedGrowth()
  /// When an alert was last seen to say that something is naked.
  var nakedAlertedAt: Instant?
  private var hitsAtStart = 0
  private var recentHits: [Instant] = []
  /// Own stops that others took down.
  private(set) var wiped: [Instant] = []
  /// When somebody else last took a leg of ours down, or a part of it.
  private var lastUndoing: Instant?
  /// When something was last sold for a second time because nobody could know of the first.
  private(set) var lastUnknowableSale: Instant?
  var lastMischief: [FaultClass: Instant] = [:]
  private var lastCondition: [Condition: Instant] = [:]
  var standing: Set<Condition> = [.down]
  private var reasonOfCommand: [CommandKey: String] = [:]
  var lastForeignSale: Instant?
  /// This life was given the whole history of the symbol.
  var isPastTold = false
  /// Whether the life that runs was given a complete reading of the account: it writes nothing before.
  var hasRead = false
  /// Others sold while no guardian ran, or while it was told to do nothing.
  var soldUnattended = false
  /// Sales at market that sold something.
  private(set) var sales = 0
  /// When the guardian last sold at market.
  private(set) var lastExit: Instant?
  /// When what stands behind what is sold already was last to be cut.
  var lastCut: Instant?
  /// When a query about an order was last answered.
  var lastAnswer: Instant?
  /// When a command was last lost with the connection that carried it.
  var lastLostCommand: Instant?
  /// The start of the life that was the first to be able to hear of a sale by others.
  var soldBeforeStart: Instant?
  /// When the venue last refused a command of ours for want of coins.
  private(set) var lastBalanceRefusal: Instant?
  /// When it last refused to make one of our legs smaller.
  private var lastAmendRefusal: Instant?
  private var sentAt: [CommandKey: Instant] = [:]
  private var lastPurchase: Instant?
  private var cheapestPurchase: FixedDecimal?
  var oversoldSeen: FixedDecimal = .zero
  /// Sales beyond what was held while two guardians wrote: only a lease could have kept them from that.
  var racedSales = 0
  private(set) var firstStart: Instant?
  var startedAt = Instant(nanoseconds: 0)
  private var resumedAt = Instant(nanoseconds: 0)

  /// The coarsest filters that the world has had: the guardian reads them again every ten minutes only.
  private var notionalMin: FixedDecimal
  private var stepSize: FixedDecimal

  /// A fault is a cause of what becomes naked this long after it struck: a reading that it spoilt is given up then.
  private static let causeLead: Duration = .seconds(2)
  /// A write that was lost keeps its symbol's next one waiting until it is given up, after 3.2 s.
  static let lostRequestLead: Duration = .seconds(4)

  init(_ fixed: FixedOptions) {
    self.fixed = fixed
    let options = fixed.value
    notionalMin = options.rules.filters.notionalMin
    stepSize = options.rules.filters.stepSize
  }

  mutating func filtersChanged(_ filters: SymbolFilters) {
    notionalMin = FixedDecimal.max(notionalMin, filters.notionalMin)
    stepSize = FixedDecimal.max(stepSize, filters.stepSize)
  }

  mutating func violate(_ promise: Promise, _ at: Instant, _ text: String) {
    guard violations.count < Self.violationsMax,
      !violations.contains(where: { $0.promise == promise && $0.text == text })
    else { return }
    violations.append(Violation(promise: promise, at: at, text: text))
  }

  /// A fault had its effect.
  mutating func mischief(_ fault: FaultClass, at now: Instant) {
    lastMischief[fault] = now
    struck[fault, default: 0] += 1
    recentHits.removeAll { (nakedSince ?? now) > $0 }
    recentHits.append(now + (fault.hindersRequests ? Self.lostRequestLead : Self.causeLead))
  }

  /// A fault that has struck goes on.
  mutating func stands(_ fault: FaultClass, at now: Instant) { lastMischief[fault] = now }

  mutating func wipe(at now: Instant) { wiped.append(now) }
  mutating func undoes(at now: Instant) { lastUndoing = now }

  mutating func guardianStarted(at now: Instant) {
    if lastMischief[.crash] != nil { lastMischief[.crash] = now }
    startedAt = now
    firstStart = firstStart ?? now
    standing.remove(.down)
    noteUnseenSale(at: now)
    isPastTold = false
    hasRead = false
  }

  /// What stood was said by a life that is over.
  mutating func guardianDied(at now: Instant) {
    leaveUnattended(at: now)
    let isPaused = standing.contains(.paused)
    for condition in standing { lastCondition[condition] = now }
    standing = isPaused ? [.down, .paused] : [.down]
  }

  mutating func raised(_ alert: AlertRecord, at now: Instant) {
    guard let condition = Condition(alert: alert.kind) else { return }
    lastCondition[condition] = now
    if alert.isStanding { standing.insert(condition) } else { standing.remove(condition) }
  }

  mutating func meets(_ condition: Condition, at now: Instant) { lastCondition[condition] = now }

  /// The market or the account leaves no way just now.
  func isExcused(at now: Instant) -> Bool {
    // Who finds no buyer tries again every second.
    let findsNobody = lastCondition[.illiquid].map { now - $0 < .seconds(2) } ?? false
    return isShut(at: now) || findsNobody || standing.contains { $0.bound == nil }
  }

  /// The venue takes nothing, nor just now: heal + T2.
  func isShut(at now: Instant) -> Bool {
    [.throttle, .marketClosed].contains { lastMischief[$0].map { now - $0 < .seconds(3) } ?? false }
  }

  mutating func paused(at now: Instant) {
    leaveUnattended(at: now)
    standing.insert(.paused)
  }

  /// What is naked counts from now on.
  mutating func resumed(at now: Instant) {
    standing.remove(.paused)
    lastCondition[.paused] = now
    resumedAt = now
    noteUnseenSale(at: now)
  }

  /// Two lives may give the same number to two commands.
  private struct CommandKey: Hashable {
    var life: Int
    var id: Int64
  }

  mutating func noted(_ action: ActionRecord, life: Int) {
    guard action.state == .sent else { return }
    reasonOfCommand[CommandKey(life: life, id: action.id)] = action.reason
    reasons[action.reason, default: 0] += 1
  }

  // MARK: - Commands

  mutating func sent(_ command: VenueCommand, id: Int64, life: Int, at now: Instant, phase: World.Phase) {
    commands[command.name, default: 0] += 1
    sentAt[CommandKey(life: life, id: id)] = now
    if command.isExit { lastExit = now }
    if ["excess", "orphan", "flatten"].contains(reason(id, life)) { lastCut = now }
    switch phase {
    case .active: break
    case .settling: writesSinceHeal += 1
    case .quiet: violate(.live, now, "a write on an account at rest: \(command.text) (\(reason(id, life)))")
    }
    if case .placeEntry = command, !options.actors.contains(.directEntries) {
      violate(.noOversell, now, "the guardian buys")
    }
  }

  /// Before the venue executes it: nothing but our own may be cancelled or amended.
  mutating func arrived(_ command: VenueCommand, _ exchange: PaperExchange, _ truth: Truth, at now: Instant) {
    let targets: [PaperOrder]
    let open = exchange.openOrders(of: World.account, command.symbol)
    switch command {
    case .amend(let amendment): targets = open.filter { $0.id == amendment.venueOrderID }
    case .cancelOrder(let cancel): targets = open.filter { $0.id == cancel.venueOrderID }
    case .cancelList(let cancel): targets = open.filter { $0.listID == cancel.orderListID }
    case .placeOCO, .placeLeg, .placeEntry: return
    }
    for target in targets where !truth.isOwn(target) {
      violate(.own, now, "\(command.text) touches order \(target.id) (\(target.clientOrderID)), which is not ours")
    }
  }

  /// - Parameter isRaced: a second guardian placed the same while both wrote. The venue knows ids of open orders only,
  ///   so it cannot fence two sales at market.
  /// - Parameter untoldBefore: of what ended before then the life that placed it could not read. It waits for its past
  ///   for seconds, and then protects what it knows to be held: never unprotected comes before never oversold.
  /// - Parameter untold: of what ended then nobody has told it, because its stream was down.
  /// - Parameter heard: of which time events have told that life everything.
  /// - Parameter readAt: when the newest history that it was given was asked for.
  mutating func executed(
    _ command: VenueCommand, _ exchange: PaperExchange, _ truth: Truth, isRaced: Bool, untoldBefore: Instant?,
    untold: Range<Instant>?, heard: Range<Instant>?, readAt: Instant?, sentAt: Instant, at now: Instant
  ) {
    if isRaced, command.isExit { return }
    // Slow answers are waited for, and not for longer than one fault takes (B423); refused ones are not (B435).
    let slowest = refusesReadings(at: now) ? Instant(nanoseconds: 0) : sentAt + (.zero - Self.oneFaultBound)
    let readAt = min(sentAt, max(readAt ?? sentAt, slowest))
    // What was taken a moment before it left was on its way to be told.
    let sent = World.epoch + .nanoseconds(sentAt.nanoseconds) + (.zero - options.latencyMost)
    for id in command.placedOrderIDs + command.entryIDs {
      let same = exchange.orders(of: World.account, command.symbol).filter { $0.clientOrderID == id }
      // On its way already when the other guardian's was taken, which ended before it arrived.
      // Or nobody told this one of it.
      let isUntold = isBlind(at: now) || lastMischief[.staleReads].map { now - $0 < Self.lateBound } ?? false
      let isRacedUntold = same.dropLast().allSatisfy { order in
        let ended = Instant(nanoseconds: (order.updatedAt - World.epoch).wholeNanoseconds)
        return !order.isOpen && (isUntold || order.createdAt >= sent || untold?.contains(ended) == true)
      }
      if isRaced, isRacedUntold { continue }
      if same.dropLast().contains(where: {
        $0.executedQuantity.isPositive && isUnknowable($0, untoldBefore, heard, readAt: readAt, at: now)
      }) {
        lastUnknowableSale = now
      }
      // Used again after an end without a fill it does no harm; where it sold, the second one sells twice (RS03).
      guard same.count > 1,
        same.dropLast().contains(where: {
          ($0.isOpen || $0.executedQuantity.isPositive)
            && !isUnknowable($0, untoldBefore, heard, readAt: readAt, at: now)
        })
      else { continue }
      let states = same.map { "#\($0.id) \($0.status.name)" }.joined(separator: ", ")
      violate(.idempotent, now, "leg \(id) was accepted \(same.count) times: \(states)")
    }
  }

  /// An order of whose end no event told this life, and that ended so lately before its newest reading that every one
  /// may have been lagging (fault RS06). What may be sold already is sold then, since it may as well be naked.
  private func isUnknowable(
    _ order: PaperOrder, _ untoldBefore: Instant?, _ heard: Range<Instant>?, readAt: Instant, at now: Instant
  ) -> Bool {
    guard !order.isOpen else { return false }
    if let untoldBefore, order.updatedAt <= World.epoch + .nanoseconds(untoldBefore.nanoseconds) { return true }
    let isHeard = heard.map { heard in
      order.updatedAt > World.epoch + .nanoseconds(heard.lowerBound.nanoseconds)
        && order.updatedAt < World.epoch + .nanoseconds(heard.upperBound.nanoseconds)
    }
    let isUnheard = isBlind(at: now) || isHeard != true
    let isUnread = refusesReadings(at: now) && order.updatedAt > World.epoch + .nanoseconds(readAt.nanoseconds)
    if isUnheard, isUnread { return true }
    guard let struck = lastMischief[.staleReads], now - struck < Self.lateBound else { return false }
    let laggard = World.epoch + .nanoseconds((readAt + (.zero - Self.lateBound)).nanoseconds)
    return isUnheard && order.updatedAt >= laggard
  }

  /// A leg that was placed: with all others it stands behind no more than is held (promise I2, nominal), unless
  /// somebody else has just sold or moved coins, or a fault may have kept the news back.
  mutating func placed(
    _ command: VenueCommand, legs: FixedDecimal, _ exchange: PaperExchange, _ truth: Truth, at now: Instant
  ) {
    switch command {
    case .placeOCO, .placeLeg: break
    case .amend, .cancelOrder, .cancelList, .placeEntry: return
    }
    let held = truth.held + truth.retiredDust
    guard !command.isExit, legs > held + tolerance(exchange, truth), !options.hidesActivation,
      !lastMischief.contains(where: { $0.key.delaysNews && now - $0.value < Self.hiddenBound }),
      lastForeignSale.map({ now - $0 > .seconds(2) }) ?? true, now - startedAt > .seconds(1)
    else { return }
    violate(.noOversell, now, "\(command.text) makes legs of \(legs) behind \(held)")
  }

  mutating func refused(_ command: VenueCommand, _ error: PaperError, at now: Instant) {
    if error == .insufficientBalance { lastBalanceRefusal = now }
    if case .amend = command { lastAmendRefusal = now }
    refusals["\(command.name) \(error.code) \(error.message)", default: 0] += 1
  }

  func writes(since: Instant) -> Int { sentAt.values.count { $0 >= since } }

  func sentAt(_ id: Int64, _ life: Int) -> Instant? { sentAt[CommandKey(life: life, id: id)] }

  func reason(_ id: Int64, _ life: Int) -> String {
    reasonOfCommand[CommandKey(life: life, id: id)] ?? "?"
  }

  /// No step of ours lowers cover, except for a named reason.
  mutating func compareCover(
    _ before: LedgerView, _ after: LedgerView, _ command: VenueCommand, id: Int64, life: Int,
    _ exchange: PaperExchange, _ truth: Truth, at now: Instant
  ) {
    switch command {
    case .amend, .cancelOrder, .cancelList: break
    case .placeOCO, .placeLeg, .placeEntry: return
    }
    let reason = reason(id, life)
    // What is cut as too much must not be what is held, as far as the wallet has it. Legs of closed lots are cut whole.
    let isCut = reason == "excess" || reason == "orphan"
    let held = isCut ? FixedDecimal.min(truth.held - truth.departed, after.base) : truth.held
    let lowered = FixedDecimal.min(held, before.stopCoverage) - FixedDecimal.min(held, after.stopCoverage)
    guard lowered > tolerance(exchange, truth) else { return }
    // Without amends, or after too many of one order (B427), the venue leaves no other way than to take a leg down and
    // place a smaller one; and who hears late that one leg has gone cuts another.
    let isAmendable = options.rules.allowsAmend && lastAmendRefusal.map { now - $0 > Self.oneFaultBound } ?? true
    if isCut, newsIsLate(at: now) || (reason == "excess" && !isAmendable) { return }
    // A take-profit whose stop has ended, and a stop that has triggered, cover nothing: they need no excuse.
    let named = ["consolidate", "flatten", "watched_take_profit"]
    guard !named.contains(reason), !isBlind(at: now) else { return }
    // Bought, or a leg taken down by others, while the command was on its way, or just before it left: nobody could
    // know.
    let sentAt = sentAt[CommandKey(life: life, id: id)] ?? now
    if isCut, let lastUndoing, sentAt - lastUndoing < .milliseconds(500) { return }
    if let lastPurchase, sentAt - lastPurchase < .milliseconds(500) { return }
    violate(.neverWorse, now, "\(command.text) for \(reason) lowers cover of \(held) by \(lowered)")
  }
}

// MARK: - Cover and oversell

extension Referee {
  /// What no filter lets anyone protect: for each entry less than the least notional and two steps.
  func tolerance(_ exchange: PaperExchange, _ truth: Truth) -> FixedDecimal {
    // A stop stands where its entry was bought, however far the price has gone up since.
    guard let last = exchange.lastPrice(of: options.rules.symbol),
      let least = notionalMin.divided(by: min(last, cheapestPurchase ?? last) * Self.lowestStop)
    else { return .zero }
    let each = FixedDecimal.max(least, stepSize) + stepSize + stepSize
    return each * FixedDecimal(max(1, truth.openLots.count))
  }

  /// Less than this of one entry cannot be sold.
  func dust(_ exchange: PaperExchange) -> FixedDecimal {
    guard let last = exchange.lastPrice(of: options.rules.symbol), let least = notionalMin.divided(by: last) else {
      return stepSize
    }
    return FixedDecimal.max(least, stepSize).rounded(toMultipleOf: stepSize, .up)
  }

  /// What could have a stop now: what the entries hold, as far as the wallet has it and nobody else holds it.
  func coverable(_ exchange: PaperExchange, _ truth: Truth) -> FixedDecimal {
    guard let ledger = exchange.ledger(of: World.account, options.rules.symbol) else { return .zero }
    let orders = exchange.openOrders(of: World.account, options.rules.symbol)
    var foreign = FixedDecimal.zero
    for order in orders where order.side == .sell && !truth.isOwn(order) && order.status != .pendingNew {
      if order.awaitsTrigger, order.type.isStop || orders.contains(where: { $0.standsBefore(order) }) { continue }
      foreign = foreign + order.remainingQuantity
    }
    if options.actors.contains(.locks) {
      foreign += exchange.account(World.account)?.balance(of: options.rules.base).lockedExternally ?? .zero
    }
    return FixedDecimal.max(.zero, FixedDecimal.min(truth.held - truth.departed, ledger.base - foreign))
  }

  /// What is held and has no stop, whether or not anybody could place one.
  func bare(_ exchange: PaperExchange, _ truth: Truth) -> FixedDecimal {
    guard let ledger = exchange.ledger(of: World.account, options.rules.symbol) else { return .zero }
    return FixedDecimal.min(truth.held - truth.departed, ledger.base) - ledger.stopCoverage
  }

  func uncovered(_ exchange: PaperExchange, _ truth: Truth) -> FixedDecimal {
    guard let ledger = exchange.ledger(of: World.account, options.rules.symbol) else { return .zero }
    return coverable(exchange, truth) - ledger.stopCoverage
  }

  /// More could be covered than is, by more than no filter lets anyone protect. Asked after every change of the venue:
  /// what is bare at all is cheap to tell, and nearly always nothing.
  func isNaked(_ exchange: PaperExchange, _ truth: Truth) -> Bool {
    let bare = bare(exchange, truth)
    guard bare.isPositive else { return false }
    let tolerance = tolerance(exchange, truth)
    return bare > tolerance && uncovered(exchange, truth) > tolerance
  }

  mutating func judgeCover(_ exchange: PaperExchange, _ truth: Truth, at now: Instant, phase: World.Phase) {
    judgeOversell(truth, at: now)
    let isNaked = isNaked(exchange, truth)
    if let since = nakedSince {
      if isNaked { waiting.grow(to: coverable(exchange, truth), at: now) }
      let next = isNaked ? waiting.oldest(beyond: cover(exchange), tolerance(exchange, truth)) ?? now : nil
      guard next != since else { return }
      nakedSince = nil
      close(since, at: now)
      if let next { beNaked(since: next) }
    } else if isNaked {
      waiting = NakedGrowth(coverable(exchange, truth), at: now)
      beNaked(since: now)
    }
  }

  private mutating func beNaked(since: Instant) {
    // What struck just before counts as a cause, so it counts as a hit.
    hitsAtStart = hits - recentHits.count { since <= $0 }
    nakedSince = since
  }

  private func cover(_ exchange: PaperExchange) -> FixedDecimal {
    exchange.ledger(of: World.account, options.rules.symbol)?.stopCoverage ?? .zero
  }

  /// Requests do not arrive, or their replies do not.
  func hinders(at now: Instant) -> Bool {
    lastMischief.contains { $0.key.hindersRequests && now - $0.value < Self.lateBound }
  }

  /// The venue, or who answers in its place, has just refused everything for as long as such a fault lasts.
  private func refusesReadings(at now: Instant) -> Bool {
    [.throttle, .blockedPage].contains { lastMischief[$0].map { now - $0 < Self.lateBound } ?? false }
  }

  /// How often faults have had their effect so far.
  private var hits: Int { struck.values.reduce(0, +) }

  /// A fact may be hidden from the guardian: what it does is right by what it knows.
  func isBlind(at now: Instant, beside known: FaultClass? = nil) -> Bool {
    options.hidesActivation
      || lastMischief.contains { $0.key.hidesEvents && $0.key != known && now - $0.value < Self.hiddenBound }
  }

  /// Something may have happened at the venue that the guardian could not hear of yet. A life that has just begun has
  /// read everything before it cuts anything.
  private func newsIsLate(at now: Instant) -> Bool {
    lastMischief.contains { $0.key.delaysNews && $0.key != .crash && now - $0.value < Self.lateBound }
  }

  /// A fault has had its effect within the time that events may be late.
  func struckLately(at now: Instant) -> Bool { lastMischief.values.contains { now - $0 < Self.lateBound } }

  /// A sale of ours that nobody could know to be one.
  mutating func unknowableSale(at now: Instant) { lastUnknowableSale = now }
  mutating func sells() { sales += 1 }
  mutating func purchase(for price: FixedDecimal, at now: Instant) {
    lastPurchase = now
    cheapestPurchase = min(cheapestPurchase ?? price, price)
  }

  func hasJustBought(at now: Instant) -> Bool { lastPurchase.map { now - $0 < .seconds(2) } ?? false }

  mutating func close(_ since: Instant, at now: Instant) {
    let faults = causes(since, now)
    let conditions = conditions(since, now)
    let bound = bound(faults, conditions, since)
    var names = faults.map(\.rawValue)
    if faults.isEmpty, startedAt > since { names.append("cold start") }
    names += conditions.map(\.rawValue)
    let name = faults.count > 1 ? "several" : names.isEmpty ? "none" : names.joined(separator: "+")
    intervals.append(NakedInterval(since: since, until: now, cause: name, isExcused: bound == nil))
    // While no guardian runs, or it was told to do nothing, nobody can protect: counted from its start.
    let counted = now - max(since, startedAt, resumedAt)
    // T1 is for one fault: each further one that hits the same stretch may take as long.
    guard let bound, counted > bound * max(1, hits - hitsAtStart) else { return }
    let milliseconds = counted.wholeMilliseconds
    violate(.cover, now, "naked for \(milliseconds) ms since \(since.nanoseconds / 1_000_000) ms, cause \(name)")
  }

  private func causes(_ since: Instant, _ until: Instant) -> [FaultClass] {
    lastMischief.filter { $0.value >= since + (.zero - lead(of: $0.key, since)) && $0.value <= until }.keys.sorted()
  }

  /// How long before something is naked a fault of the class may have caused it. What a reading that lags showed a
  /// start is believed until one that cannot lag so far (fault RS06).
  private func lead(of fault: FaultClass, _ since: Instant) -> Duration {
    fault == .staleReads && since < startedAt + Self.lateBound ? Self.lateBound : Self.causeLead
  }

  private func conditions(_ since: Instant, _ until: Instant) -> [Condition] {
    Condition.allCases.filter { standing.contains($0) || lastCondition[$0].map { $0 >= since + .seconds(-1) } == true }
  }
}
