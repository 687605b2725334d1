import Trading
import Venue

extension AccountCore {
  // MARK: - Events

  /// Kept until the mirror was read: entries that fill in thousands of pieces during a start of a minute. What is
  /// beyond this is in the histories, which are read then, unless the venue has archived it (fault RS15, B397).
  private static let earlyEventsMax = 65_536

  /// Lets what came before the mirror was read have its effect.
  mutating func takeEarlyEvents() {
    let events = earlyEvents
    earlyEvents = []
    for event in events { apply(event) }
  }

  mutating func take(_ event: VenueEvent) {
    switch event {
    case .order(let update): observe(update.eventTime)
    case .balances(_, let at), .balanceChange(_, _, let at): observe(at)
    case .externalLock, .orderList, .unknown: break
    }
    guard isRestored else {
      if earlyEvents.count < Self.earlyEventsMax { earlyEvents.append(event) }
      return
    }
    apply(event)
  }

  /// Something happened at that time of the venue's, and is heard of now.
  mutating func observe(_ time: Timestamp) {
    if venueClock.observe(time, at: turn.now) { wallet.redate(by: venueClock) }
  }

  private mutating func apply(_ event: VenueEvent) {
    switch event {
    case .order(let update):
      turn.facts.reserveCapacity(Turn.usualFacts)
      turn.facts.append(.orderEvent(update))
      learn(update.order)
      if let fill = update.fill { learn(fill) }
    case .balances(let balances, let at): for balance in balances { learn(balance, asOf: at) }
    case .balanceChange(let asset, let delta, let at):
      guard isNew(Transfer(asset: asset, delta: delta, at: at)) else { return }
      // A transfer explains a difference between wallet and fills (fault OL22), unless it was taken for explained.
      guard explainedThrough[asset].map({ at > $0 }) ?? true else { return }
      expectedTotals[asset] = (expectedTotals[asset] ?? .zero) + delta
    case .externalLock(let asset, _, _):
      // It tells a change and no figure; what is free now is for the account to say.
      if symbolsByBase[asset]?.contains(where: ledger.hasOpen) == true { requestSnapshot("external_lock") }
    case .orderList, .unknown: break
    }
  }

  /// Transfers have no number: equal ones at the same moment are the same event come again (fault ST06).
  private mutating func isNew(_ transfer: Transfer) -> Bool {
    guard !recentTransfers.contains(transfer) else { return false }
    recentTransfers.append(transfer)
    if recentTransfers.count > Transfer.rememberedMax { recentTransfers.removeFirst() }
    return true
  }

  // MARK: - Orders

  /// Takes a report about an order, from whichever layer.
  mutating func learn(_ report: Order) {
    let change = book.apply(keepingName(report), at: turn.now)
    guard let order = change.news else { return }
    noteUntold(since: order.updatedAt)
    turn.facts.append(.order(order, source: turn.source))
    turn.dirty.insert(order.symbol)
    if change.isFirst, orderedSymbols.insert(order.symbol).inserted { wantFirstHistory(of: order.symbol) }
    if case .unknown(let status) = order.status {
      raise(.unknownOrderState, order.key.description, .warning, "status \(status) is not known: neither live nor dead")
    }
    if order.side == .buy { grow(order) } else { noteSale(order, isFirst: change.isFirst) }
    // One that we did not place took part in the venue's count, perhaps when that was last refused (fault OL31).
    if change.isFirst, order.takesAlgoSlot, legs[order.clientOrderID] == nil { forgetLearnedLimit(order.symbol) }
    if let (name, part) = name(of: order) {
      adopt(order, name, part)
      // This life gives no name twice.
      if change.isNamesake, order.isOpen, wasPlacedByOther(order) { hearOfOtherWriter(order.symbol) }
      if part == .exit, order.status == .filled { endExitPace(order.symbol) }
    }
    noteTrigger(order)
    explainLock(by: order)
    if !order.isOpen { endWaitForUnknownOrder(order.symbol) }
    if order.isOpen, lanes[order.symbol]?.refusedNames.contains(order.clientOrderID) == true {
      hearOfOtherWriter(order.symbol)
    }
    settleInFlight(seen: order)
    if !entries.isEmpty { noteEntry(order) }
    guard !orphanFills.isEmpty else { return }
    for fill in orphanFills.removeValue(forKey: order.key) ?? [] { learn(fill) }
    guard order.side == .buy, !orphanFills.isEmpty else { return }
    // What was sold of it waited for it.
    for fill in takeOrphanFills(of: order.symbol) { learn(fill) }
  }

  /// The fills that waited, of orders that are known now, oldest first: all of them together, so that none waits for
  /// another one once more.
  private mutating func takeOrphanFills(of symbol: Symbol?) -> [Fill] {
    let known = orphanFills.keys.filter { book.contains($0) && (symbol == nil || $0.symbol == symbol) }
    let fills = known.flatMap { orphanFills.removeValue(forKey: $0) ?? [] }
    return fills.sorted { $0.symbol == $1.symbol ? $0.moment < $1.moment : $0.symbol < $1.symbol }
  }

  /// What an account bought on a symbol before anybody heard of it, and a transfer hid from the wallet, only its
  /// history tells. It is read once, after the events that are on their way.
  private mutating func wantFirstHistory(of symbol: Symbol) {
    guard !sweeps.isWanted(symbol), !sweeps.historiesRead.contains(symbol) else { return }
    guard isSynced else {
      sweeps.wantedHistories.insert(symbol)
      return
    }
    let due = turn.now + SweepSchedule.patienceLeast
    sweeps.recheck([symbol], at: due)
    sweepNoLater(than: due)
  }

  /// Who amends a leg of ours gives it another client id. It stays what it was: the venue's number and the name that we
  /// know it by prove it ours (fault OL16).
  private func keepingName(_ report: Order) -> Order {
    guard report.side == .sell, let known = book.clientID(of: report.key), known != report.clientOrderID,
      LegName.parse(known, symbol: report.symbol, key: policy.tagKey, account: policy.account) != nil
    else { return report }
    var named = report
    named.clientOrderID = known
    return named
  }

  /// A reading teaches what the stream should have told. What happened while it was under way, or just before, the
  /// stream may still be telling: to doubt it for that would cost the replies that are on their way on it.
  private mutating func noteUntold(since time: Timestamp) {
    guard turn.source == .sweep, let readAt = turn.readAt, time + policy.timing.settlingWindow <= readAt else { return }
    turn.repairs += 1
  }

  /// The name that an order carries, if its keyed tag proves it ours.
  func name(of order: Order) -> (name: LegName, part: LegName.Part)? {
    guard order.side == .sell else { return nil }
    return LegName.parse(order.clientOrderID, symbol: order.symbol, key: policy.tagKey, account: policy.account)
  }

  /// A tagged order that our records do not hold (the mirror was lost, or another replica placed it) becomes one of
  /// them; a lot that it names and that we do not know is asked for.
  mutating func adopt(_ order: Order, _ name: LegName, _ part: LegName.Part) {
    if legs[order.clientOrderID] == nil {
      let step = instruments[order.symbol]?.filters.stepSize ?? .zero
      let start = FixedDecimal(Int(name.rangeStartSteps)) * step
      let leg = Leg(
        lot: name.lot, role: part.role, tranche: name.tranche, generation: name.generation,
        clientOrderID: order.clientOrderID, rangeStart: start, quantity: order.quantity,
        triggerPrice: order.triggerPrice.isPositive ? order.triggerPrice : order.price, source: turn.source)
      legs[order.clientOrderID] = leg
      turn.facts.append(.leg(leg))
      if order.isOpen, wasPlacedByOther(order) { hearOfOtherWriter(order.symbol) }
    }
    if order.isOpen, !ledger.contains(name.lot) { askForEntry(of: name.lot) }
  }

  mutating func askForEntry(of lot: LotID) {
    ask(OrderQuery(symbol: lot.symbol, reference: .venue(lot.venueOrderID)), .entryOfLeg(lot))
  }

  /// Sales kept per symbol to compare with their fills.
  private static let recentSalesMax = 64

  /// A sale that is partly executed when it is first seen in a reading has its fills in the history; only what it
  /// executes from then on is compared with its fills.
  private mutating func noteSale(_ order: Order, isFirst: Bool) {
    guard order.executedQuantity.isPositive else { return }
    // A sale from before what was read completely has no fills that will be listed again. Of a younger one they are
    // listed with it, or the trade list lags.
    let start = sweeps.readThrough[order.symbol] ?? protectedSince
    let isOld = start.map { order.updatedAt <= $0 } ?? true
    if isFirst, isOld, turn.source == .sweep, name(of: order) == nil, ledger.filled(order.key).quantity.isZero {
      return ledger.assumeBooked(order)
    }
    if isFirst, turn.source == .sweep, isPartlyGivenBack(order) { return ledger.assumeBooked(order) }
    // Taken out while it is changed, so that it is not copied; what is booked by now has nothing to be compared with.
    let place = lanes.place(of: order.symbol, default: Lane())
    var sales = lanes.values[place].takeRecentSales()
    for index in sales.indices.reversed() where unbooked(sales[index]) == nil { sales.remove(at: index) }
    if !sales.contains(order.key) { sales.append(order.key) }
    if sales.count > Self.recentSalesMax { sales.removeFirst() }
    lanes.values[place].recentSales = sales
  }

  /// Whether an earlier life has booked all that an order sold, although the mirror gives back the newest of its fills
  /// only.
  private func isPartlyGivenBack(_ order: Order) -> Bool {
    earlierLives.mayHaveHeldBack(fillsOf: order) && earlierLives.knew(order)
  }

  /// Takes an order as an earlier life recorded it. What had triggered then hangs for at least as long as this life
  /// runs: no report need ever tell of it again (B406).
  mutating func remember(_ order: Order) {
    _ = book.apply(order, at: Book.neverHeard)
    noteTrigger(order)
  }

  /// Notes when a conditional order was first seen triggered, so that a stuck one is noticed (faults OL11, OL13).
  private mutating func noteTrigger(_ order: Order) {
    if order.isExiting, order.type.isConditional {
      let place = lanes.place(of: order.symbol, default: Lane())
      guard lanes.values[place].memory.triggeredAt[order.key] == nil else { return }
      lanes.values[place].memory.triggeredAt[order.key] = turn.now
    } else if !order.isOpen, let place = lanes.place(of: order.symbol),
      !lanes.values[place].memory.triggeredAt.isEmpty
    {
      lanes.values[place].memory.triggeredAt[order.key] = nil
    }
  }

  // MARK: - Lots

  /// Lets a BUY order's cumulative figures open or grow its lot. Growth is believed at once (race R7).
  private mutating func grow(_ order: Order) {
    guard order.executedQuantity.isPositive else { return }
    if !ledger.contains(order.key) {
      guard isOurs(toProtect: order), let instrument = instruments[order.symbol] else { return }
      var account = LotAccount(newLot(order), base: instrument.base, quote: instrument.quote)
      account.settlesAt = settlesAt(order)
      let handled = earlierLives.bought(by: order.key) ?? .zero
      let isHandled =
        handled >= order.executedQuantity || (handled.isPositive && earlierLives.mayHaveHeldBack(fillsOf: order))
      if isHandled || wasHandled(order) {
        account.assumeClosed(order, isGuess: !isHandled && !earlierLives.areHeldBack(order.symbol))
      } else {
        account.takeHandled(handled)
      }
      ledger.put(account)
      sweepAsExposed()
      wantPast(of: order)
    }
    guard !ledger.isAssumedClosed(order.key) else { return }
    let source = isDirect(order) ? .direct : turn.source
    let lot = ledger.take(entry: order, source: source)
    if let lot { turn.facts.append(.lot(lot)) }
    record(closures: ledger.settle(order.symbol))
  }

  /// An entry that a reading shows first may have been partly sold before this life began: its symbol's history is read
  /// from the entry on (faults PR02, DB04).
  private mutating func wantPast(of order: Order) {
    let created = order.createdAt ?? order.updatedAt
    guard turn.source == .sweep, !sweeps.historiesRead.contains(order.symbol),
      sweeps.readFirst.map({ created < $0 }) ?? true
    else { return }
    sweeps.wantHistory(of: order.symbol, from: created)
  }

  /// Lets orders that came before their symbol's filters, or before protection had a beginning, open their lots, and
  /// those that the mirror remembers smaller grow them.
  mutating func growKnownOrders(of symbol: Symbol? = nil) {
    let waiting = book.orders { order in
      order.side == .buy && order.executedQuantity > ledger.filledQuantity(order.key)
        && (symbol == nil || order.symbol == symbol)
    }
    for order in waiting { grow(order) }
    let orphans = takeOrphanFills(of: symbol)
    // A fill may bring the order on: sales close lots when all have been taken.
    let isDeferred = ledger.defersClosing
    ledger.defersClosing = true
    for fill in orphans { learn(fill) }
    ledger.defersClosing = isDeferred
    for symbol in Set(orphans.map(\.symbol)).sorted() { record(closures: ledger.settle(symbol)) }
  }

  /// An entry that had ended by the newest fill that the mirror remembers, and of which it gives back neither a lot nor
  /// a fill, was dealt with in an earlier life. Opening it again would protect, and sell, coins that are not its own.
  /// Unless a fill of it turns up that nobody has seen.
  private func wasHandled(_ order: Order) -> Bool {
    turn.source == .sweep && earlierLives.bought(by: order.key) == nil && !order.isOpen && earlierLives.knew(order)
  }

  private func settlesAt(_ order: Order) -> Instant? {
    let isImmediate = order.type == .market || order.timeInForce == .immediateOrCancel
    return isImmediate && order.isOpen ? turn.now + policy.timing.entrySettling : nil
  }

  private func isDirect(_ order: Order) -> Bool {
    entries.values.contains { $0.placement.clientOrderID == order.clientOrderID }
  }

  /// Entries from before protection began are not ours to protect.
  private func isOurs(toProtect order: Order) -> Bool {
    guard let since = protectedSince else { return turn.source != .sweep }
    return order.updatedAt >= since
  }

  private mutating func newLot(_ order: Order) -> Lot {
    let registration = brackets[order.clientOrderID]
    var (treatment, origin) = policy.brackets.treatment(
      symbol: order.symbol, side: order.side, clientOrderID: order.clientOrderID, strategy: registration?.strategy)
    if let registration { (treatment, origin) = (.protect(registration.bracket), .registered) }
    var bracket = policy.brackets.standard
    var isProtected = true
    switch treatment {
    case .protect(let chosen): bracket = chosen
    case .ignore: isProtected = false
    }
    if let entry = order.averagePrice, let defect = bracket.defect(longEntryAt: entry) {
      raise(
        .bracketInvalid, order.clientOrderID.text, .warning,
        "\(defect.description); the account default is used instead")
      (bracket, origin) = (policy.brackets.standard, .accountDefault)
    }
    return Lot(
      id: order.key, entryClientOrderID: order.clientOrderID, strategy: registration?.strategy, bracket: bracket,
      bracketOrigin: origin, isProtected: isProtected, source: turn.source,
      openedAt: order.updatedAt, entryIsOpen: order.isOpen)
  }

  // MARK: - Fills

  /// Takes a fill once, from whichever layer first brings it.
  mutating func learn(_ fill: Fill) {
    guard !ledger.hasSeen(fill.tradeID, of: fill.symbol) else { return }
    guard !earlierLives.heldBack(fill) else {
      // Older than what the mirror gives back of a busy symbol: an earlier life has dealt with it.
      ledger.remember(fill)
      return turn.facts.append(.fill(fill, source: turn.source))
    }
    book(fill)
  }

  /// Takes a fill that nobody has dealt with, once its lot and its order are known.
  mutating func book(_ fill: Fill) {
    guard !waitsForItsLot(fill) else {
      if orphanFills[fill.orderKey]?.contains(fill) != true { orphanFills[fill.orderKey, default: []].append(fill) }
      return
    }
    guard book.contains(fill.orderKey) else {
      orphanFills[fill.orderKey, default: []].append(fill)
      ask(OrderQuery(symbol: fill.symbol, reference: .venue(fill.venueOrderID)), .unknownOrder(fill.orderKey))
      return
    }
    guard !sellsOfAwaitedLot(fill) else { return orphanFills[fill.orderKey, default: []].append(fill) }
    ledger.remember(fill)
    noteUntold(since: fill.venueTime)
    turn.facts.append(.fill(fill, source: turn.source))
    turn.dirty.insert(fill.symbol)
    account(for: fill)
    advance(by: fill)
    // Whatever happened on it before anybody heard of the symbol is read with the next sweep.
    if sweeps.cursors[fill.symbol] == nil { sweeps.wantedHistories.insert(fill.symbol) }
    switch fill.side {
    case .buy:
      // The figure that the refusal made us believe does not hold what was bought since.
      if let place = lanes.place(of: fill.symbol) { lanes.values[place].memory.balanceRefusedAt = nil }
      let lot = ledger.book(entry: fill, isWitnessed: turn.source != .sweep)
      if let lot { turn.facts.append(.lot(lot)) }
      record(closures: ledger.settle(fill.symbol))
    case .sell:
      guard protectedSince.map({ fill.venueTime >= $0 }) ?? true else { return }
      record(closures: ledger.close(by: fill, attribution(of: fill)))
    }
  }

  /// A fill is also news of its order: a stale report of the order may have come after the fill was made. The report
  /// of its end is the last word.
  private mutating func advance(by fill: Fill) {
    guard var order = book[fill.orderKey], order.isOpen, fill.side == .buy || name(of: order) != nil else { return }
    let filled = ledger.filled(fill.orderKey)
    guard order.executedQuantity < FixedDecimal.min(filled.quantity, order.quantity) else { return }
    // All of them: the report may be older than other fills than this one, which the mirror has brought (B382).
    order.executedQuantity = FixedDecimal.min(filled.quantity, order.quantity)
    order.executedQuote = filled.quote
    order.status = order.executedQuantity >= order.quantity ? .filled : .partiallyFilled
    order.updatedAt = max(order.updatedAt, fill.venueTime)
    learn(order)
  }

  /// Before the filters are known, and before it is known since when entries are protected, a fill has no lot to go to
  /// and must not count as seen.
  private func waitsForItsLot(_ fill: Fill) -> Bool {
    !instruments.contains(fill.symbol) || (protectedSince == nil && !ledger.contains(fill.orderKey))
  }

  /// Whether a sale may be of a lot whose purchase was read and whose order is still asked for: it must not be taken
  /// out of other lots meanwhile (faults RS06, RS11). A leg sells of its own lot, others of what was bought first.
  private func sellsOfAwaitedLot(_ fill: Fill) -> Bool {
    guard fill.side == .sell, !orphanFills.isEmpty, let order = book[fill.orderKey] else { return false }
    if let name = name(of: order)?.name { return !ledger.contains(name.lot) && orphanFills[name.lot] != nil }
    return orphanFills.contains { key, fills in
      key.symbol == fill.symbol && fills.contains { $0.side == .buy && $0.moment < fill.moment }
    }
  }

  /// Moves the expected totals of the assets that a fill touched.
  private mutating func account(for fill: Fill) {
    guard let place = instruments.place(of: fill.symbol) else { return }
    let isBuy = fill.side == .buy
    expect(instruments.values[place].base, isBuy ? fill.quantity : -fill.quantity, at: fill.venueTime)
    expect(instruments.values[place].quote, isBuy ? -fill.quote : fill.quote, at: fill.venueTime)
    if let asset = fill.commissionAsset { expect(asset, -fill.commission, at: fill.venueTime) }
  }

  private mutating func expect(_ asset: Asset, _ delta: FixedDecimal, at time: Timestamp) {
    let total = expectedTotals.place(of: asset, default: .zero)
    expectedTotals.values[total] = expectedTotals.values[total] + delta
    endSurplus(asset)
    lastFillAt[asset, default: time].advance(to: time)
  }

  private func attribution(of fill: Fill) -> Ledger.SaleAttribution {
    guard let order = book[fill.orderKey], let (name, part) = name(of: order) else {
      return Ledger.SaleAttribution(reason: .external)
    }
    let reason: CloseReason =
      switch part {
      case .stopLoss: .stopLoss
      case .takeProfit: .takeProfit
      case .exit, .list: exitReasons[order.clientOrderID] ?? .exit
      }
    return Ledger.SaleAttribution(lot: name.lot, tranche: name.tranche, reason: reason)
  }

  mutating func record(closures: [LotClosure]) {
    for closure in closures {
      turn.facts.append(.closure(closure))
      turn.dirty.insert(closure.lot.symbol)
      if let lot = ledger[closure.lot]?.lot { turn.facts.append(.lot(lot)) }
    }
  }

  // MARK: - Balances

  mutating func learn(_ balance: Balance, asOf: Timestamp) {
    let free = wallet[balance.asset]?.balance.free ?? .zero
    guard wallet.apply(balance, asOf: asOf, isPushed: true) else {
      // The same figure of a later moment: orders that were placed since explain what seemed locked elsewhere.
      if lockedElsewhere[balance.asset] != nil { touch(holdersOf: balance.asset) }
      return
    }
    turn.facts.append(.balance(balance, at: asOf))
    if balance.free > free { endWaitForBalance(balance.asset) }
    touch(holdersOf: balance.asset)
    noteLock(balance.asset)
    doubt(balance)
  }

  /// A pushed total that no known fill explains: the event of the fill is a moment behind, or it was lost, and what it
  /// bought is naked until somebody looks (fault ST05).
  private mutating func doubt(_ balance: Balance) {
    let expected = expectedTotals[balance.asset] ?? .zero
    if balance.total <= expected {
      endSurplus(balance.asset)
    } else if sweeps.surpluses[balance.asset] == nil, explainedAssets.contains(balance.asset) {
      sweeps.surpluses[balance.asset] = turn.now
    }
    guard isSynced, balance.total != expected else { return }
    doubt(balance.asset)
    setSweepTimer()
  }

  /// Looks a moment later whether the known fills explain what the wallet holds.
  mutating func doubt(_ asset: Asset) {
    sweeps.doubts[asset] = sweeps.doubts[asset] ?? turn.now + policy.timing.settlingWindow
  }

  /// What the wallet showed beyond the known fills is explained: what waited for that is judged.
  private mutating func endSurplus(_ asset: Asset) {
    guard !sweeps.surpluses.isEmpty, sweeps.surpluses[asset] != nil, let total = wallet[asset]?.balance.total,
      total <= expectedTotals[asset] ?? .zero
    else { return }
    sweeps.surpluses[asset] = nil
    turn.dirty.formUnion(symbolsByBase[asset] ?? [])
  }

  /// The venue says that more of an asset is free than before: what was refused for want of it need not wait.
  private mutating func endWaitForBalance(_ asset: Asset) {
    for symbol in symbolsByBase[asset] ?? [] where lanes[symbol]?.refusedQuantity != nil {
      lanes[symbol]?.retryAt = nil
    }
  }

  mutating func touch(holdersOf asset: Asset) {
    for symbol in symbolsByBase[asset] ?? [] where ledger.hasOpen(symbol) { turn.dirty.insert(symbol) }
  }
}

extension LegName.Part {
  var role: LegRole {
    switch self {
    case .stopLoss, .list: .stopLoss
    case .takeProfit: .takeProfit
    case .exit: .exit
    }
  }
}

extension Timestamp {
  fileprivate mutating func advance(to time: Timestamp) { self = max(self, time) }
}
