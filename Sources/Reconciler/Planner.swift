import Trading
import Venue

/// Findings → ordered actions. Total and pure: exits and placements first, then what stands in their way, then
/// shrinking, then tidying (DESIGN "Protecting, in the order that never leaves a hole").
struct Planner: Sendable {
  let view: SymbolView
  let namer: LegNamer

  /// Least time between two lists taken down to make room: one has to be placed again before the next may fall.
  static let consolidationInterval: Duration = .milliseconds(250)
  /// The same while another guardian writes as well: it wants the room that is made, and makes room itself.
  static let consolidationIntervalOfTwo: Duration = .seconds(4)

  func plan(_ findings: [Finding]) -> Plan {
    var plan = Plan()
    var needs: [Layout.Need] = []
    var crumbs: [LotCoverage] = []
    var crossed: [LotCoverage] = []
    var free = view.sellable
    for finding in findings {
      switch finding {
      case .sell(let lot, let quantity, let reason): sell(lot, quantity, reason, &free, &plan)
      case .uncovered(let lot) where view.isLeftCrossed(lot.lot): crossed.append(lot)
      case .uncovered(let lot): admit(lot, &needs, &crumbs, &free, &plan)
      case .held(let lot, let quantity, let reason):
        plan.held.append(Plan.Held(lot: lot, quantity: quantity, reason: reason))
      case .obstructive, .excessive, .orphaned: continue
      }
    }
    place(needs, crumbs, &plan)
    if !crossed.isEmpty { tryAgain(crossed, &free, &plan) }
    for finding in findings {
      switch finding {
      case .obstructive(let protection, let reason): cancel(protection, reason, &plan)
      case .excessive(let protection, let keep): shrink(protection, to: keep, &plan)
      case .orphaned(let protection): cancel(protection, .orphan, &plan)
      case .sell, .uncovered, .held: continue
      }
    }
    return plan
  }

  // MARK: - Selling

  private func sell(
    _ id: LotID, _ quantity: FixedDecimal, _ reason: Reason, _ free: inout FixedDecimal?, _ plan: inout Plan
  ) {
    guard let lot = view.coverage.lots.first(where: { $0.lot.id == id }) else { return }
    let wanted = free.map { FixedDecimal.min($0, quantity) } ?? quantity
    let price = view.exitPrice(of: lot.lot)
    guard let legal = view.instrument.legalQuantity(wanted, at: price, market: true) else {
      let obstacle: Reason = wanted < quantity ? .baseLocked : .belowMinimum
      plan.held.append(Plan.Held(lot: id, quantity: quantity, reason: obstacle))
      return
    }
    // What cannot go yet keeps nothing from a stop that can.
    if !view.isExitPaced { free = free.map { $0 - legal } }
    let name = namer.name(lot: lot, tranche: 0, part: .exit)
    let terms = LegTerms(clientOrderID: namer.id(name, .exit), type: .market)
    plan.actions.append(
      PlannedAction(
        command: .placeLeg(LegPlacement(symbol: view.symbol, quantity: legal, terms: terms)), reason: reason,
        lot: id, quantity: legal, source: lot.lot.source))
  }

  // MARK: - Placing

  /// Cuts a lot's uncovered quantity to what is legal and in reach, or says why nothing is.
  private func admit(
    _ lot: LotCoverage, _ needs: inout [Layout.Need], _ crumbs: inout [LotCoverage], _ free: inout FixedDecimal?,
    _ plan: inout Plan
  ) {
    let price = view.judgingPrice(of: lot.lot)
    let inReach = free.map { FixedDecimal.min($0, lot.placeable) } ?? lot.placeable
    guard let legal = view.instrument.legalQuantity(inReach, at: price, market: true) else {
      let whole = view.instrument.legalQuantity(lot.placeable, at: price, market: true)
      let isLocked = view.isLockedElsewhere || !view.foreignLocks.isEmpty
      let reason: Reason = whole == nil ? .belowMinimum : isLocked ? .baseLocked : .walletShort
      if whole == nil { crumbs.append(lot) }
      plan.held.append(Plan.Held(lot: lot.lot.id, quantity: lot.uncovered, reason: reason))
      return
    }
    guard view.instrument.status.acceptsOrders else {
      plan.held.append(Plan.Held(lot: lot.lot.id, quantity: lot.uncovered, reason: .venueClosed))
      return
    }
    guard lot.lot.bracket.stop == nil || view.stopPrice(of: lot.lot) != nil else {
      plan.held.append(Plan.Held(lot: lot.lot.id, quantity: lot.uncovered, reason: .unknown))
      return
    }
    free = free.map { $0 - legal }
    needs.append(Layout.Need(lot: lot, quantity: legal))
  }

  /// - Parameter crumbs: lots that lack too little for an order of their own.
  private func place(_ needs: [Layout.Need], _ crumbs: [LotCoverage], _ plan: inout Plan) {
    guard !needs.isEmpty else { return }
    if let layout = Layout.fit(needs, crumbs: crumbs, slots: view.slots, view: view) {
      var placed: [LotID: FixedDecimal] = [:]
      for piece in layout.pieces {
        let need = needs.first { $0.lot.lot.id == piece.lot.id } ?? needs[0]
        let before = placed[piece.lot.id] ?? .zero
        plan.actions.append(action(for: piece, of: need.lot, after: before))
        placed[piece.lot.id] = before + piece.quantity
      }
    } else if let victim = consolidation(for: needs) {
      cancel(victim, .consolidate, &plan)
      if let last = plan.actions.indices.last, plan.actions[last].reason == .consolidate {
        plan.actions[last].consolidation = SymbolMemory.Consolidation(
          lacking: wanted(needs), held: view.coverage.held, covered: view.coverage.covered,
          standing: view.protections.count, inVain: consolidationInVain(for: needs).map { $0.inVain + 1 } ?? 0)
      }
    } else {
      for need in needs {
        plan.held.append(Plan.Held(lot: need.lot.lot.id, quantity: need.quantity, reason: .noSlot))
      }
    }
  }

  /// Stops that the price has passed: most likely refused again, so that they neither go before one that can stand, nor
  /// into one piece with it, nor is anything taken down for them (B413).
  private func tryAgain(_ crossed: [LotCoverage], _ free: inout FixedDecimal?, _ plan: inout Plan) {
    guard !plan.actions.contains(where: { $0.reason == .uncovered || $0.reason == .consolidate }) else { return }
    var again: [Layout.Need] = []
    var crumbs: [LotCoverage] = []
    for lot in crossed { admit(lot, &again, &crumbs, &free, &plan) }
    if Layout.fit(again, crumbs: crumbs, slots: view.slots, view: view) != nil {
      place(again, crumbs, &plan)
    } else {
      plan.held += again.map { Plan.Held(lot: $0.lot.lot.id, quantity: $0.quantity, reason: .noSlot) }
    }
  }

  private func action(for piece: Piece, of lot: LotCoverage, after placed: FixedDecimal) -> PlannedAction {
    let name = namer.name(lot: lot, tranche: piece.tranche, part: .stopLoss, after: placed)
    let command: VenueCommand
    switch piece.form {
    case .triggerPair, .makerPair:
      command = .placeOCO(
        OCOPlacement(
          symbol: view.symbol, listClientOrderID: namer.id(name, .list), quantity: piece.quantity,
          takeProfit: takeProfitTerms(piece, name), stop: stopTerms(piece, name)))
    case .stopOnly:
      command = .placeLeg(LegPlacement(symbol: view.symbol, quantity: piece.quantity, terms: stopTerms(piece, name)))
    case .takeProfitOnly:
      command = .placeLeg(
        LegPlacement(symbol: view.symbol, quantity: piece.quantity, terms: takeProfitTerms(piece, name)))
    }
    return PlannedAction(
      command: command, reason: .uncovered, lot: piece.lot.id, quantity: piece.quantity, source: piece.lot.source,
      degradation: piece.degradation)
  }

  private func stopTerms(_ piece: Piece, _ name: LegName) -> LegTerms {
    let trigger = piece.stop ?? .zero
    guard !view.instrument.supports(.stopLoss) else {
      return LegTerms(clientOrderID: namer.id(name, .stopLoss), type: .stopLoss, triggerPrice: trigger)
    }
    // No stop-market on this symbol: a limit 5 % under the trigger behaves like one in all but a gap (fault OL11).
    let limit = view.instrument.legalPrice(trigger * "0.95", .up) ?? trigger
    return LegTerms(
      clientOrderID: namer.id(name, .stopLoss), type: .stopLossLimit, triggerPrice: trigger, limitPrice: limit)
  }

  private func takeProfitTerms(_ piece: Piece, _ name: LegName) -> LegTerms {
    let price = piece.takeProfit ?? .zero
    let id = namer.id(name, .takeProfit)
    if piece.form == .makerPair || !view.instrument.supports(.takeProfit) {
      return LegTerms(clientOrderID: id, type: .limitMaker, limitPrice: price)
    }
    return LegTerms(clientOrderID: id, type: .takeProfit, triggerPrice: price)
  }

  private func wanted(_ needs: [Layout.Need]) -> [LotID: FixedDecimal] {
    Dictionary(needs.map { ($0.lot.lot.id, $0.quantity) }, uniquingKeysWith: +)
  }

  /// The last list that was taken down, if that led back to the very same need.
  private func consolidationInVain(for needs: [Layout.Need]) -> SymbolMemory.Consolidation? {
    view.memory.consolidated.flatMap {
      $0.ledTo(wanted(needs), held: view.coverage.held, covered: view.coverage.covered) ? $0 : nil
    }
  }

  /// The own list whose removal makes room for everything at the least degradation, the smallest first. The only step
  /// that uncovers anything on purpose (promise I10), so never without knowing that what follows fits.
  private func consolidation(for needs: [Layout.Need]) -> Protection? {
    if view.hasOtherWriter, let last = view.memory.lastConsolidation,
      view.now - last < Self.consolidationIntervalOfTwo
    {
      return nil
    }
    let goesOn = view.memory.consolidated.map { view.protections.count < $0.standing } ?? false
    if !goesOn {
      if let last = view.memory.lastConsolidation, view.now - last < Self.consolidationInterval { return nil }
      // What did not fit does not fit, for a while.
      if let last = consolidationInVain(for: needs), let at = view.memory.lastConsolidation,
        view.now - at < last.patience
      {
        return nil
      }
    }
    let candidates = view.protections.filter { $0.exitingQuantity.isZero && $0.coveredQuantity.isPositive }
      .sorted { $0.coveredQuantity < $1.coveredQuantity }
    var best: (protection: Protection, level: Layout.Level)?
    for candidate in candidates {
      guard let level = level(of: needs, without: [candidate]) else { continue }
      if best.map({ level < $0.level }) ?? true { best = (candidate, level) }
    }
    if let best { return best.protection }
    // The venue's limit sank below what stands: one list is not enough, so the smallest go one after another.
    let isEnough = candidates.indices.dropFirst().contains { level(of: needs, without: candidates[...$0]) != nil }
    return isEnough ? candidates.first : nil
  }

  /// How what is needed would fit, together with what some lists cover, if these were taken down.
  private func level(of needs: [Layout.Need], without lists: some Sequence<Protection>) -> Layout.Level? {
    var view = view
    var after = needs
    for list in lists {
      // A merged leg may bear the name of a lot that is closed, and stand behind others.
      guard
        let lot = view.coverage.lots.first(where: { $0.lot.id == list.name.lot })
          ?? view.coverage.lots.first(where: \.covered.isPositive)
      else { return nil }
      view = view.without(list)
      if let index = after.firstIndex(where: { $0.lot.lot.id == lot.lot.id }) {
        after[index].quantity = after[index].quantity + list.coveredQuantity
      } else {
        after.insert(Layout.Need(lot: lot, quantity: list.coveredQuantity), at: 0)
      }
    }
    return Layout.fit(after, crumbs: [], slots: view.slots, view: view)?.level
  }

  // MARK: - Cancelling and shrinking

  private func cancel(_ protection: Protection, _ reason: Reason, _ plan: inout Plan) {
    guard view.instrument.status != .cancelOnly || reason == .orphan || reason == .flatten else {
      // In CANCEL_ONLY a leg that goes cannot come back (fault OL33).
      plan.held.append(Plan.Held(lot: protection.name.lot, quantity: protection.lockedQuantity, reason: .venueClosed))
      return
    }
    let command: VenueCommand
    if let list = protection.orderListID {
      command = .cancelList(ListCancel(symbol: view.symbol, orderListID: list))
    } else if let order = protection.members.first(where: \.isOpen) {
      command = .cancelOrder(OrderCancel(symbol: view.symbol, venueOrderID: order.venueOrderID))
    } else {
      return
    }
    plan.actions.append(
      PlannedAction(
        command: command, reason: reason, lot: protection.name.lot, quantity: protection.lockedQuantity,
        source: .sweep))
  }

  /// Shrinks in place, which has no naked moment; a list that cannot shrink to a legal size is cancelled, and what the
  /// lot still holds is placed anew.
  private func shrink(_ protection: Protection, to keep: FixedDecimal, _ plan: inout Plan) {
    guard let order = protection.stop ?? protection.takeProfit else { return }
    let price = order.triggerPrice.isPositive ? order.triggerPrice : order.price
    let legal = view.instrument.legalQuantity(keep, at: price)
    guard let legal, view.instrument.allowsAmend, !view.memory.unamendable.contains(order.key) else {
      cancel(protection, .excess, &plan)
      return
    }
    guard legal < order.remainingQuantity else { return }
    let amendment = Amendment(
      symbol: view.symbol, venueOrderID: order.venueOrderID, clientOrderID: order.clientOrderID,
      newQuantity: order.executedQuantity + legal)
    plan.actions.append(
      PlannedAction(
        command: .amend(amendment), reason: .excess, lot: protection.name.lot, quantity: legal, source: .sweep))
  }
}

extension SymbolView {
  /// The view as it would be without one protection, the slots that it takes up free again.
  func without(_ protection: Protection) -> SymbolView {
    var view = self
    view.protections.removeAll { $0 == protection }
    view.slots.algo += protection.algoSlots
    view.slots.orders += protection.members.count
    view.slots.lists += protection.orderListID == nil ? 0 : 1
    return view
  }
}
