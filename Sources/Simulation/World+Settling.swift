import PaperVenue
import Reconciler
import Trading
import Venue

// The end of a run: faults stop, the venue heals, and the world must come to rest and stay there.
extension World {
  /// After the last fault everything holds again within this (T_conv).
  static let convergence: Duration = .seconds(10)
  /// A fact that the stream hid before it healed is found by the next sweep.
  static let hiddenConvergence: Duration = .seconds(42)
  /// Long enough for the slowest sweep and the slowest commit.
  static let quiet: Duration = .seconds(40)

  mutating func heal() {
    phase = .settling
    healedAt = now
    trace.note(now, 60, 0, "HEAL: faults and actors stop")
    mirror.isDown = false
    mirror.commit()
    mirrorIsBack()
    if let stale { staleDies(stale.incarnation) }
    resume()
    for market in markets {
      exchange.setStatus(.trading, of: market.symbol)
      exchange.setDepth(.unlimited, of: market.symbol)
    }
    everywhere { $0.triggersWork() }
    for index in connections.indices where connections[index].state == .open {
      if connections[index].isBlackhole || (connections[index].isSilent && tape.chance(perMille: 500)) {
        cut(index, "found dead", noticedAfter: .milliseconds(50))
      }
      connections[index].isSilent = false
    }
    // A trigger that was swallowed fires when the venue is well again.
    everywhere {
      guard let last = $0.exchange.lastPrice(of: $0.symbol) else { return }
      $0.settle($0.exchange.setPrice(last, of: $0.symbol, at: $0.venueTime))
    }
    if guardian == nil { heap.push(.boot(incarnation: incarnation + 1), at: now + .milliseconds(100)) }
    let hides = options.hidesActivation || FaultClass.allCases.contains { $0.hidesEvents && options.mayStrike($0) }
    // What the venue announced is obeyed to its end.
    // So is what the guardian says of a duel: the last repair comes with its pace (fault OL26).
    let isPaced = guardian?.core.status.frozen.isEmpty == false
    hasAwaitedDuel = isPaced
    // A sale at market that nobody answered for may have been made unseen: the next one waits (fault RS03).
    let unseen = markets.compactMap { $0.referee.lastExit.map { $0 + Referee.lateBound } }.max() ?? now
    let open = max(now + (isPaced ? policy.timing.duelPace : .zero), throttledUntil ?? now, unseen)
    // A stream that comes back only now has the account read twice, the second time when no replica lags any more. What
    // two guardians have placed in one place is cut then.
    let isReadTwice = options.mayStrike(.staleReads) || options.mayStrike(.twoWriters)
    let usual = isReadTwice ? Self.convergence + Referee.lateBound : Self.convergence
    heap.push(.rest, at: open + (hides ? Self.hiddenConvergence : usual + Self.tidying))
  }

  /// What is cut only when no reading can lag any more, ten seconds after the last that happened, takes a round trip
  /// for each write from then on.
  static let tidying: Duration = .seconds(1)

  /// A watched take-profit is sold every two seconds, lot after lot: each of these sales puts rest off by as much.
  static let sale: Duration = .seconds(3)
  static let salesMax = 12

  mutating func rest() {
    if sales < Self.salesMax, markets.contains(where: { $0.referee.lastExit.map { now - $0 < Self.sale } ?? false }) {
      sales += 1
      return heap.push(.rest, at: now + Self.sale)
    }
    if let again = lostSaleAgain, again > now { return heap.push(.rest, at: again) }
    // A duel that was noticed only after the venue was well again: its last repair comes with its pace (fault OL26).
    if !hasAwaitedDuel, guardian?.core.status.frozen.isEmpty == false {
      hasAwaitedDuel = true
      return heap.push(.rest, at: now + policy.timing.duelPace)
    }
    everywhere { if let pending = $0.pending { $0.referee.violate(.live, $0.now, "not converged: \(pending)") } }
    phase = .quiet
    trace.note(now, 61, 0, "REST: nothing may be written from here on")
    heap.push(.end, at: now + Self.quiet)
  }

  /// By when a sale at market that left before its connection was lost has been made again: it may have been made
  /// unseen, and the cut that lost it may come after the heal (fault RS03, B433).
  private var lostSaleAgain: Instant? {
    markets.compactMap { market in
      guard let sale = market.referee.lastExit, let lost = market.referee.lastLostCommand,
        sale <= lost, lost < sale + Self.socketPatience
      else { return nil }
      return sale + Referee.lateBound + Self.tidying
    }.max()
  }

  /// Why the world is not at rest; `nil` when it is.
  var pending: String? {
    guard let guardian else { return "the guardian does not run" }
    let status = guardian.core.status
    guard status.isKnown else { return "the guardian does not know the account" }
    // Until the reconnect's back-off ends, sweeps stand in for the stream.
    guard guardian.connection != nil || phase == .settling else { return "the stream is down" }
    let commands = guardian.calls.values.contains { if case .command = $0.question { true } else { false } }
    if commands { return "a command is unanswered" }
    if !status.frozen.isEmpty { return nil }
    let uncovered = referee.uncovered(exchange, truth)
    if uncovered > referee.tolerance(exchange, truth), !slotsAreForeign {
      let reasons = status.coverage.flatMap(\.reasons).joined(separator: ",")
      return
        "\(uncovered) of \(truth.held) uncovered, the guardian says \(status.coverage.map(\.state.rawValue)) \(reasons)"
    }
    return excess ?? missedTakeProfit
  }

  /// Others hold every conditional-order slot of the symbol: no stop of ours can stand, and none may be taken away
  /// (DESIGN, "Slots are a resource"; promise I3). Excused only while the guardian says so by its alert.
  var slotsAreForeign: Bool {
    let most = exchange.rules(of: symbol)?.filters.algoOrdersMax ?? 0
    let conditional = exchange.openOrders(of: Self.account, symbol).filter { $0.type.isConditional }
    // One of ours that stands beside them makes no room when it goes: the limit may have sunk below what stands.
    guard most > 0, conditional.count(where: { !truth.isOwn($0) }) >= most else { return false }
    return guardian?.core.status.alerts.contains { $0.kind == "no_slot" && $0.isStanding } ?? false
  }

  /// Trades that nobody was told of on a symbol that nobody has heard of, and that left both its assets as they were:
  /// nothing tells to look for them there (fault ST05).
  private func leaveNoTrace(_ trades: [PaperTrade]) -> Bool {
    guard !mirror.orders.keys.contains(where: { $0.symbol == symbol }) else { return false }
    let (base, quote) = trades.reduce((FixedDecimal.zero, FixedDecimal.zero)) { sum, trade in
      let isBuy = trade.side == .buy
      return (
        isBuy ? sum.0 + trade.quantity : sum.0 - trade.quantity, isBuy ? sum.1 - trade.quote : sum.1 + trade.quote
      )
    }
    let isFree = trades.allSatisfy { trade in
      let isOfThird = trade.commissionAsset != truth.base && trade.commissionAsset != options.rules.quote
      return trade.commission.isZero || isOfThird
    }
    return base.isZero && quote.isZero && isFree
  }

  /// Legs beyond what the entries hold.
  var excess: String? {
    // A sale that stayed hidden for a while is attributed by what was known when it was found: either way coins are
    // left.
    if options.extras.always != nil || FaultClass.allCases.contains(where: { $0.hidesEvents && options.mayStrike($0) })
    {
      return nil
    }
    // Nor what two guardians sold together.
    if referee.racedSales > 0 { return nil }
    let legs = ownLegs - renamedLegs
    guard legs > truth.held + truth.retiredDust + referee.tolerance(exchange, truth) else { return nil }
    return "legs of \(legs) stand behind \(truth.held)"
  }

  /// Legs that nobody can tell to be ours; a pair counts once.
  private var renamedLegs: FixedDecimal { remaining { isUnrecognizable($0) } }

  /// A leg that somebody's amend has given another name, and of which no memory is left (faults OL16, DB01).
  func isUnrecognizable(_ order: PaperOrder) -> Bool {
    let names = [order.clientOrderID, mirror.orders[order.key]?.clientOrderID].compactMap { $0 }
    return truth.isOwn(order) && order.side == .sell && !names.contains(where: truth.gave)
  }

  /// What the guardian's open orders would sell; a pair counts once.
  var ownLegs: FixedDecimal { remaining { truth.isOwn($0) && $0.side == .sell } }

  private func remaining(where counts: (PaperOrder) -> Bool) -> FixedDecimal {
    var byList: [OrderListID: FixedDecimal] = [:]
    var single = FixedDecimal.zero
    for order in exchange.openOrders(of: Self.account, symbol) where counts(order) {
      if let list = order.listID {
        byList[list] = FixedDecimal.max(byList[list] ?? .zero, order.remainingQuantity)
      } else {
        single = single + order.remainingQuantity
      }
    }
    return byList.values.reduce(single, +)
  }

  mutating func finish() -> SeedReport {
    everywhere {
      if let since = $0.referee.nakedSince { $0.referee.close(since, at: $0.now) }
      if let pending = $0.pending { $0.referee.violate(.live, $0.now, "not at rest at the end: \(pending)") }
      $0.judgeTelling()
      $0.judgeMirror()
    }
    if let broken = exchange.brokenInvariant() { referee.violate(.live, now, "the venue's own books: \(broken)") }
    for conflict in mirror.conflicts.prefix(3) { referee.violate(.mirror, now, conflict) }
    return report()
  }

  mutating func report() -> SeedReport {
    trace.mix(UInt64(happenings))
    trace.mix(UInt64(tape.drawn))
    return SeedReport(
      seed: options.seed, crashPoints: options.crashPoints, violations: violations,
      intervals: markets.flatMap(\.referee.intervals), struck: struck, refusals: sum(\.refusals),
      commands: sum(\.commands), reasons: sum(\.reasons), happenings: happenings,
      fills: markets.reduce(0) { $0 + $1.truth.fills },
      racedSales: markets.reduce(0) { $0 + $1.referee.racedSales }, lives: incarnation, fingerprint: trace.fingerprint,
      isFaultFree: options.isFaultFree,
      traits: markets[0].options.traits + markets[0].options.fullStrength,
      reach: reach, exposure: exposure, trace: trace.lines)
  }

  private func sum(_ path: KeyPath<Referee, [String: Int]>) -> [String: Int] {
    markets.dropFirst().reduce(markets[0].referee[keyPath: path]) {
      $0.merging($1.referee[keyPath: path], uniquingKeysWith: +)
    }
  }

  /// What strikes the whole account is told to every referee, and counts once.
  private var struck: [FaultClass: Int] {
    markets.dropFirst().reduce(markets[0].referee.struck) { sum, market in
      sum.merging(market.referee.struck) { $0 > $1 ? $0 : $1 }
    }
  }

  private var violations: [Violation] {
    guard markets.count > 1 else { return referee.violations }
    let all = markets.flatMap { market in
      market.referee.violations.map { Violation(promise: $0.promise, at: $0.at, text: "\(market.symbol): \($0.text)") }
    }
    return all.sorted { $0.at < $1.at }
  }

  /// "Protected" is never said of what is not, and what is not protected is said aloud.
  private mutating func judgeTelling() {
    guard let status = guardian?.core.status else { return }
    let uncovered = referee.uncovered(exchange, truth)
    let isNaked = uncovered > referee.tolerance(exchange, truth)
    let states = status.coverage.filter { $0.symbol == symbol }.map(\.state)
    guard isNaked else { return }
    if states.contains(.covered) || states.contains(.flat) || states.isEmpty {
      referee.violate(.tell, now, "\(uncovered) uncovered, shown as \(states.map(\.rawValue))")
    }
    if !status.alerts.contains(where: { $0.kind == "naked" && $0.isStanding }) {
      referee.violate(.tell, now, "\(uncovered) uncovered and no alert stands")
    }
  }

  /// Every order and fill of the venue is in the mirror, as it is.
  private mutating func judgeMirror() {
    // Before the guardian's first start, and while nothing was ever held, nobody can know where to look.
    guard let first = referee.firstStart else { return }
    let start = Self.epoch + Duration.nanoseconds(max(first, tracelessThrough[symbol] ?? first).nanoseconds)
    // Bought and sold again to the last unit while no guardian ran or before one remembered anything: no reading of
    // the account tells that the symbol was ever traded (B10; the venue lists histories by symbol only). What is
    // deposited after that is told as a deposit. So it is with what was over when a life without memory of it began.
    let isTraceless =
      !mirror.orders.keys.contains { $0.symbol == symbol } && guardian?.flatAtStart.contains(symbol) == true
    if isTraceless { return }
    let trades = exchange.trades(of: Self.account, symbol)
    if !toldOrders.contains(where: { $0.symbol == symbol }), leaveNoTrace(trades) { return }
    let firstTrade = trades.first?.time
    for order in exchange.orders(of: Self.account, symbol) {
      if !order.isOpen, order.updatedAt <= start { continue }
      if !order.isOpen, order.executedQuantity.isZero, firstTrade.map({ order.updatedAt <= $0 }) ?? true { continue }
      // Never traded, never told: the audit of every ten minutes finds it, which no world lasts for.
      if !order.isOpen, order.executedQuantity.isZero, !toldOrders.contains(order.key),
        mirror.orders[order.key] == nil
      {
        continue
      }
      // Placed before the account was looked at, and ended without a trade: the memory of a life that heard of its end
      // may be lost, and the history since then does not list it.
      if !order.isOpen, order.executedQuantity.isZero, order.createdAt <= start { continue }
      // Archived before anybody could ask how it ended.
      if options.has(.retention), !order.isOpen, order.executedQuantity.isZero, toldEnds[order.key] == nil { continue }
      guard let row = mirror.orders[order.key] else {
        referee.violate(
          .mirror, now, "order \(order.id) (\(order.side) \(order.type.name) \(order.status.name)) is not in the mirror"
        )
        continue
      }
      if row.status != order.status || row.executedQuantity != order.executedQuantity {
        referee.violate(
          .mirror, now,
          "order \(order.id) is \(order.status.name) \(order.executedQuantity), the mirror says \(row.status.name) \(row.executedQuantity)"
        )
      }
    }
    for trade in trades
    where trade.time > start
      && mirror.fills[MirrorModel.FillKey(symbol: symbol, trade: trade.id)]?.quantity != trade.quantity
    {
      referee.violate(.mirror, now, "fill \(trade.id) of order \(trade.orderID) is not in the mirror")
    }
    judgeClosures()
  }

  /// No sale is written down to have closed more than it sold, or the next life holds coins for sold that are there.
  /// A life that began without the mirror writes down what it reads, and what no life is told of any more nobody mends:
  /// of an older sale that are the rests of closed lots that it took along (B428). Two guardians that write at once
  /// each write down what they know; only the lease can keep them apart.
  private mutating func judgeClosures() {
    let twice = mirror.closedBySale.filter { sale, closed in
      sale.symbol == symbol && mirror.fills[sale].map { closed > $0.quantity } ?? false
    }
    guard !twice.isEmpty, let told = mirror.recovered() else { return }
    let given = Set(told.fills.map { MirrorModel.FillKey(symbol: $0.symbol, trade: $0.tradeID) })
    let untold = mirror.rests(below: referee.dust(exchange), except: told.closures)
    for (sale, closed) in twice.sorted(by: { $0.key < $1.key })
    where given.contains(sale) && !salesOfTwo.contains(sale) {
      let sold = mirror.fills[sale]?.quantity ?? .zero
      guard closed - (untold[sale] ?? .zero) > sold else { continue }
      referee.violate(.mirror, now, "sale \(sale.trade) of \(sold) is written down to have closed \(closed)")
    }
  }
}
