import Trading
import Venue

extension AccountCore {
  /// Gathers what the rules may see of a symbol. `nil` while its filters are unknown.
  func view(of symbol: Symbol, at now: Instant) -> SymbolView? {
    guard let instrument = instruments[symbol] else { return nil }
    let open = book.live(symbol)
    let (protections, strangers) = group(open)
    let foreignStops = strangers.reduce(FixedDecimal.zero) { $0 + $1.restingStopQuantity }
    let lots = heldLots(symbol)
    let halves = foreignHalves(strangers, at: now)
    let memory = lanes.place(of: symbol).map { lanes.values[$0].memory } ?? SymbolMemory()
    let coverage = Coverage(
      lots: lots, protections: protections, foreignStops: foreignStops,
      foreignHalves: halves.reduce(.zero) { $0 + $1.quantity }, leaving: memory.leaving,
      walletShort: walletShort(instrument.base, symbol))
    return SymbolView(
      instrument: instrument, coverage: coverage, protections: protections,
      foreignLocks: strangers.filter {
        $0.side == .sell && $0.restingStopQuantity.isZero && $0.remainingQuantity.isPositive
      },
      foreignHalvesUntil: halves.map(\.until).min(),
      isLockedElsewhere: lockElsewhere(instrument.base).isPositive,
      sellable: sellable(instrument.base, symbol),
      isExcessDoubtful: surplusCounts(instrument.base) != nil || awaitsHistory(symbol)
        || (coverage.excess.isPositive
          && (isRememberedOnly(protections, lots.map(\.account.lot)) || mayHaveReplacedEachOther(protections))),
      slots: slots(instrument, open),
      memory: memory, lastPrice: sweeps.prices[symbol], timing: policy.timing,
      allowsExit: policy.allowsExit,
      isExitPaced: lanes.place(of: symbol).flatMap { lanes.values[$0].exitPacedUntil }.map { now < $0 } ?? false,
      now: now)
  }

  /// Sales of others, or of ours under a name that nobody remembers, whose stop has just ended: they end with it, and
  /// what they sold is reported next (fault ST05).
  private func foreignHalves(
    _ strangers: [Order], at now: Instant
  ) -> [(quantity: FixedDecimal, until: Instant)] {
    strangers.compactMap { sale in
      guard let ended = book.stopEnd(beside: sale), now < ended + Protection.siblingGrace else { return nil }
      return (sale.remainingQuantity, ended + Protection.siblingGrace)
    }
  }

  /// A leg that the mirror alone tells of may have ended long ago, and what is cut for it may be the only one that
  /// stands; an entry that it remembers as open may have bought more.
  private func isRememberedOnly(_ protections: [Protection], _ lots: [Lot]) -> Bool {
    let legs = protections.lazy.flatMap(\.members).map(\.key)
    let entries = lots.lazy.filter(\.entryIsOpen).map(\.id)
    return legs.contains { book.lastHeard(of: $0) == Book.neverHeard }
      || entries.contains { book.lastHeard(of: $0) ?? Book.neverHeard == Book.neverHeard }
  }

  /// Whether a leg may stand in the place of another one that a lagging reading shows, and that has died while nobody
  /// listened: no reading is so late that both stood at its time (fault RS06). To cut the younger would uncover. Of two
  /// that this life has sent itself the second was sent in the knowledge of the first (B434).
  private func mayHaveReplacedEachOther(_ protections: [Protection]) -> Bool {
    var youngest: [Lane.Place: Timestamp] = [:]
    var (doubted, strange): (Set<Lane.Place>, Set<Lane.Place>) = ([], [])
    for protection in protections {
      let born = protection.members.map { $0.createdAt ?? $0.updatedAt }.max() ?? Timestamp(microseconds: 0)
      let place = Lane.Place(protection.name)
      if !protection.members.allSatisfy({ sentLegs.contains($0.clientOrderID) }) { strange.insert(place) }
      guard let other = youngest[place] else {
        youngest[place] = born
        continue
      }
      let since = max(born, other)
      youngest[place] = since
      guard sweeps.readThroughAll.map({ $0 < since + SweepSchedule.replicaLagMost }) ?? true else { continue }
      if protections.flatMap(\.members).contains(where: { isMissing($0.key) }) { return true }
      doubted.insert(place)
    }
    return sweeps.awaitsLook && !doubted.isDisjoint(with: strange)
  }

  /// A reading did not show it, and nobody has said what became of it.
  private func isMissing(_ key: OrderKey) -> Bool {
    sweeps.absences[key] != nil || queries.values.contains { $0.purpose == .missing(key) }
  }

  /// Own live orders grouped by name, in the order of their venue ids, and everybody else's. A tagged order whose lot
  /// we do not know yet counts with the strangers: it covers, and nobody touches it.
  func group(_ open: [Order]) -> (own: [Protection], strangers: [Order]) {
    var own: [Protection] = []
    var places: [LegName: Int] = [:]
    var strangers: [Order] = []
    for order in open {
      guard let (name, part) = legName(of: order), ledger.contains(name.lot) else {
        strangers.append(order)
        continue
      }
      let place = places[name] ?? own.count
      if place == own.count {
        own.append(Protection(name: name))
        places[name] = place
      }
      own[place].orderListID = own[place].orderListID ?? order.orderListID
      switch part {
      case .stopLoss, .list: own[place].stop = order
      case .takeProfit: own[place].takeProfit = order
      case .exit: own[place].exit = order
      }
    }
    for place in own.indices where own[place].stop == nil && own[place].takeProfit != nil {
      let stop = book.stop(of: own[place].orderListID)
      own[place].stopHasEnded =
        stop.map { !$0.isOpen || book.isSuperseded($0) } ?? own[place].takeProfit.map(isShownAlone) ?? false
      own[place].stopEndedAt = stop.flatMap { book.lastHeard(of: $0.key) }
    }
    return (own, strangers)
  }

  /// The name of a leg that our records hold. A list has one writer, so one member's name proves the other, which
  /// somebody's amend gave another name that an earlier life alone knew (fault OL16).
  private func legName(of order: Order) -> (name: LegName, part: LegName.Part)? {
    if legs[order.clientOrderID] != nil { return name(of: order) }
    guard let list = order.orderListID, order.side == .sell else { return nil }
    let siblings = book.members(of: list).lazy.filter { $0.key != order.key && legs[$0.clientOrderID] != nil }
    guard let name = siblings.compactMap({ name(of: $0)?.name }).first else { return nil }
    return (name, order.type.isStop ? .stopLoss : .takeProfit)
  }

  /// Readings far enough apart, and late enough for any replica, showed the order and not the stop that was placed with
  /// it, of which we know nothing: that one has ended, and so long ago that nobody tells (faults RS15, RS06).
  private func isShownAlone(_ takeProfit: Order) -> Bool {
    guard let read = sweeps.readThroughAll, let alone = sweeps.alone[takeProfit.key],
      alone.last - alone.first >= policy.timing.absenceInterval
    else { return false }
    return (takeProfit.createdAt ?? takeProfit.updatedAt) + SweepSchedule.replicaLagMost <= read
  }

  // MARK: - What is held

  /// Open lots with what each holds for certain: less sales whose fills have not come yet, own legs' from their own
  /// lot, others first in first out.
  private func heldLots(_ symbol: Symbol) -> [(account: LotAccount, held: FixedDecimal)] {
    var foreign = FixedDecimal.zero
    var own: [LotID: FixedDecimal] = [:]
    for sale in unbookedSales(symbol) {
      if let lot = sale.lot {
        own[lot] = (own[lot] ?? .zero) + sale.quantity
      } else {
        foreign = foreign + sale.quantity
      }
    }
    var lots = ledger.open(symbol).map { (account: $0, held: $0.sureQuantity) }
    for index in lots.indices {
      let sold = own.removeValue(forKey: lots[index].account.lot.id) ?? .zero
      let part = FixedDecimal.min(sold, lots[index].held)
      lots[index].held = lots[index].held - part
      foreign = foreign + (sold - part)
    }
    // A leg that sold more than its own lot held sold of the others, and so did the legs of closed lots.
    foreign = own.values.reduce(foreign, +)
    return lots.map { account, sure in
      var held = sure
      let part = FixedDecimal.min(foreign, held)
      foreign = foreign - part
      held = held - part
      return (account, held)
    }
  }

  /// Sales that an order's own cumulative figure shows and no fill explains yet (fault RS10).
  func unbookedSales(_ symbol: Symbol) -> [(lot: LotID?, quantity: FixedDecimal)] {
    guard ledger.hasOpen(symbol) else { return [] }
    let recent = lanes.place(of: symbol).map { lanes.values[$0].recentSales } ?? []
    let sales = recent.compactMap { key -> (lot: LotID?, quantity: FixedDecimal)? in
      guard let quantity = unbooked(key), let order = book[key] else { return nil }
      return (name(of: order)?.name.lot, quantity)
    }
    guard !orphanFills.isEmpty else { return sales }
    return sales + [(nil, soldAdrift(symbol))]
  }

  /// What was sold by fills whose order, or whose lot's order, is still asked for: whoever sold, it is gone (fault
  /// ST11). What was bought before them by other such fills went first.
  private func soldAdrift(_ symbol: Symbol) -> FixedDecimal {
    let adrift = orphanFills.lazy.filter { $0.key.symbol == symbol }.flatMap(\.value)
    var bought = FixedDecimal.zero
    var sold = FixedDecimal.zero
    for fill in adrift.sorted(by: { $0.moment < $1.moment }) {
      guard fill.side == .sell else {
        bought = bought + fill.quantity
        continue
      }
      let part = FixedDecimal.min(bought, fill.quantity)
      bought = bought - part
      sold = sold + (fill.quantity - part)
    }
    return sold
  }

  /// Whether there may be any such sale.
  func mayHaveUnbookedSales(_ symbol: Symbol) -> Bool {
    guard orphanFills.isEmpty else { return true }
    guard let place = lanes.place(of: symbol) else { return false }
    for key in lanes.values[place].recentSales where unbooked(key) != nil { return true }
    return false
  }

  /// What an order has executed beyond its known fills, if anything.
  func unbooked(_ key: OrderKey) -> FixedDecimal? {
    guard let executed = book.executedQuantity(of: key) else { return nil }
    let unbooked = executed - ledger.filled(key).quantity
    return unbooked.isPositive ? unbooked : nil
  }

  // MARK: - What the wallet allows

  /// Whether the wallet's figure is as new as the lots, and proven: pushed by the venue, or a reading that the known
  /// fills explain. A lower figure that nothing explains may be a lagging replica's; until then growth is believed
  /// (race R7).
  func isCurrent(_ asset: Asset) -> Bool {
    guard let holding = wallet[asset], lastFillAt[asset].map({ holding.asOf >= $0 }) ?? true else { return false }
    return holding.isPushed || sweeps.drifts[asset] == nil
  }

  /// Base that a new SELL order could still lock: the total less what all known open orders hold of it.
  private func sellable(_ asset: Asset, _ symbol: Symbol) -> FixedDecimal? {
    guard isCurrent(asset) || wasRefusedForBalance(symbol), let total = wallet[asset]?.balance.total else { return nil }
    return FixedDecimal.max(.zero, total - locked(asset) - lockElsewhere(asset))
  }

  /// What is locked elsewhere. An order that the figure knew before we did makes it less; one that has ended since the
  /// figure does not make it more.
  private func lockElsewhere(_ asset: Asset) -> FixedDecimal {
    guard !lockedElsewhere.isEmpty, let noted = lockedElsewhere[asset] else { return .zero }
    return FixedDecimal.min(noted, unexplainedLock(asset))
  }

  /// What the last figure shows to be locked beyond the orders of its time that we know. Believed only after a refusal:
  /// without that it is most likely an order event and a figure that cross each other.
  private func unexplainedLock(_ asset: Asset) -> FixedDecimal {
    guard let holding = wallet[asset] else { return .zero }
    let known = locked(asset) { order in
      if order.createdAt ?? order.updatedAt <= holding.asOf { return true }
      // A slow clock dates a reading before what it lists (fault PR06). Our own we may have placed since.
      guard name(of: order) == nil, let readAt = holding.readAt, let heard = book.lastHeard(of: order.key)
      else { return false }
      return heard >= readAt
    }
    return FixedDecimal.max(.zero, holding.balance.locked - known)
  }

  mutating func suspectLock(_ asset: Asset) { lockedElsewhere[asset] = unexplainedLock(asset) }

  /// A sale that was heard of explains what seemed locked elsewhere, and does so when it has ended as well: a figure
  /// may come before the order that it tells of (fault ST07).
  mutating func explainLock(by order: Order) {
    guard !lockedElsewhere.isEmpty, order.side == .sell, let base = instruments[order.symbol]?.base,
      let noted = lockedElsewhere[base]
    else { return }
    lockedElsewhere[base] = FixedDecimal.min(noted, unexplainedLock(base))
  }

  /// A new figure of the asset has come.
  mutating func noteLock(_ asset: Asset) {
    guard !lockedElsewhere.isEmpty, lockedElsewhere[asset] != nil else { return }
    suspectLock(asset)
  }

  /// After a complete reading: what nothing else holds any more is believed free again.
  mutating func reviewLocks() {
    for asset in lockedElsewhere.keys where lockElsewhere(asset).isZero { lockedElsewhere[asset] = nil }
  }

  /// A shrunken wallet is believed only after proof; a refusal for want of balance is one. It counts for this long, so
  /// that one lagging reading after it does no lasting harm.
  private static let balanceRefusalCounts: Duration = .seconds(10)

  private func wasRefusedForBalance(_ symbol: Symbol) -> Bool {
    guard let place = lanes.place(of: symbol), let refusedAt = lanes.values[place].memory.balanceRefusedAt else {
      return false
    }
    return turn.now - refusedAt < Self.balanceRefusalCounts
  }

  /// What the known open SELL orders hold of an asset, or those of them that count; the legs of a list hold it once.
  func locked(_ asset: Asset, by counts: (Order) -> Bool = { _ in true }) -> FixedDecimal {
    var lists: [OrderListID: FixedDecimal] = [:]
    var single = FixedDecimal.zero
    for symbol in symbolsByBase[asset] ?? [] {
      for order in book.live(symbol) where order.status != .pendingNew && counts(order) {
        if let list = order.orderListID {
          lists[list] = FixedDecimal.max(lists[list] ?? .zero, order.lockedBaseQuantity)
        } else {
          single = single + order.lockedBaseQuantity
        }
      }
    }
    return lists.values.reduce(single, +)
  }

  /// What the wallet lacks against the lots of the asset, as far as it falls on this symbol.
  func walletShort(_ asset: Asset, _ symbol: Symbol) -> FixedDecimal {
    guard isCurrent(asset), let total = wallet[asset]?.balance.total else { return .zero }
    // What nobody has proven to be there, since its commission is unknown, the wallet does not lack.
    let short = (symbolsByBase[asset] ?? []).reduce(.zero) { $0 + ledger.sureQuantity($1) } - total
    guard short.isPositive else { return .zero }
    return FixedDecimal.min(short, ledger.sureQuantity(symbol))
  }

  /// Until when a purchase may be on its way that the wallet shows and no fill explains. What was sold meanwhile may
  /// have been that, and not what the lots hold.
  func surplusCounts(_ asset: Asset) -> Instant? {
    guard let since = sweeps.surpluses[asset], let total = wallet[asset]?.balance.total,
      total > expectedTotals[asset] ?? .zero
    else { return nil }
    let until = since + SweepSchedule.surplusCounts
    return turn.now < until ? until : nil
  }

  /// A sale is known by its order alone, and the history that tells what else was traded is on its way: what was bought
  /// meanwhile may stand behind the legs that seem too much. So may what an entry is taken to have paid in fees until
  /// its fills are read. Not for longer than readings succeed.
  private func awaitsHistory(_ symbol: Symbol) -> Bool {
    guard let outstanding = sweeps.outstanding,
      outstanding.scope.histories.contains(where: { $0.symbol == symbol }), let last = sweeps.lastComplete,
      turn.now - last < SweepSchedule.replicaLagMost
    else { return false }
    return mayHaveUnbookedSales(symbol)
      || ledger.open(symbol).contains { ledger.filled($0.lot.id).quantity < $0.lot.filledQuantity }
  }

  // MARK: - Slots

  private func slots(_ instrument: Instrument, _ open: [Order]) -> SymbolView.Slots {
    let filters = instrument.filters
    let algo = open.filter(\.takesAlgoSlot).count
    let lists = Set(open.compactMap(\.orderListID)).count
    func left(_ limit: Int, _ used: Int) -> Int { limit > 0 ? limit - used : Int.max / 4 }
    var algoMax = filters.algoOrdersMax
    let place = lanes.place(of: instrument.symbol)
    let refusedAt = place.flatMap { lanes.values[$0].memory.algoRefusedAt }
    let counts = refusedAt.map { turn.now - $0 < SymbolMemory.algoRefusalCounts } ?? false
    let seen = counts ? place.flatMap { lanes.values[$0].memory.algoOrdersMaxSeen } : nil
    if let seen { algoMax = algoMax > 0 ? min(algoMax, seen) : seen }
    let algoLeft = seen == 0 ? -algo : left(algoMax, algo)
    return SymbolView.Slots(
      algo: algoLeft, lists: left(filters.orderListsMax, lists), orders: left(filters.ordersMax, open.count))
  }
}
