public import Trading

// Order lists: placement, one execution per pair, birth of pending legs (binance.md §4.4).

extension PaperExchange {
  /// `POST orderList/*`. Pending legs stand in the answer as PENDING_NEW even when the working order filled at once.
  public mutating func placeList(
    _ request: NewOrderList, for account: AccountID, at time: Timestamp
  ) -> PaperOutcome<ListReport> {
    transact(at: time) { (exchange) throws(PaperError) in
      try exchange.placeList(request, account: exchange.accountPosition(account))
    }
  }

  private mutating func placeList(_ request: NewOrderList, account: Int) throws(PaperError) -> ListReport {
    let symbol = try symbolPosition(request.symbol)
    try checkShape(request, rules: symbols[symbol].rules)
    try checkClientOrderID(request.clientOrderID, "listClientOrderId")
    // The stop leg gets the lower number, as in the venue's samples.
    let pending = request.pending.sorted { $0.type.isStop && !$1.type.isStop }
    var drafts: [OrderDraft] = []
    if let working = request.working { drafts.append(try draft(working, account: account)) }
    for leg in pending { drafts.append(try draft(leg, account: account, sized: !request.shape.sizesByReceipt)) }
    try checkCounts(account: account, symbol: symbol, adding: drafts, lists: 1)
    try checkListIDs(request, drafts: drafts, account: account, symbol: symbol)
    try checkRelation(request, pending: pending, symbol: symbol)
    let funded = drafts[0]
    if request.shape.hasWorkingOrder {
      try checkEngine(funded)
    } else {
      for draft in drafts where draft.type == .limitMaker { try checkEngine(draft) }
    }
    let needed = request.shape == .oco ? drafts.map(fundsNeeded).max() ?? .zero : fundsNeeded(funded)
    let asset = funded.side == .sell ? symbols[symbol].baseIndex : symbols[symbol].quoteIndex
    guard accounts[account].balances[asset].free >= needed else { throw .insufficientBalance }
    return openList(request, drafts: drafts, lock: needed)
  }

  private mutating func openList(_ request: NewOrderList, drafts: [OrderDraft], lock: FixedDecimal) -> ListReport {
    let account = drafts[0].account
    let id = OrderListID(nextListID)
    nextListID += 1
    let refs = drafts.enumerated().map { index, draft in
      createOrder(draft, status: request.shape.hasWorkingOrder && index > 0 ? .pendingNew : .new, listID: id)
    }
    let members = refs.map {
      PaperOrderList.Member(orderID: VenueOrderID($0.id), clientOrderID: self[$0].clientOrderID)
    }
    let list = PaperOrderList(
      id: id, symbol: request.symbol, shape: request.shape,
      clientOrderID: request.clientOrderID ?? generatedClientOrderID(), transactedAt: now, members: members)
    accounts[account].append(list)
    setLock(refs[0], to: lock)
    emit(.listStatus(list), for: account)
    for ref in refs { report(ref, .new) }
    let reports = refs.map { self[$0] }
    for ref in refs { enter(ref) }
    expireSiblings(.afterFills)
    return ListReport(list: list, orders: reports, time: now)
  }

  // MARK: One execution per pair

  /// The other open leg of a pair.
  func sibling(_ ref: OrderRef) -> OrderRef? {
    guard let list = list(of: ref), list.shape.hasPair else { return nil }
    let pair = list.shape == .oco ? list.members[...] : list.members[list.pendingStart...]
    guard pair.contains(where: { $0.orderID.number == ref.id }),
      let other = pair.first(where: { $0.orderID.number != ref.id })
    else { return nil }
    let reference = OrderRef(account: ref.account, symbol: ref.symbol, id: other.orderID.number)
    return self[reference].isOpen ? reference : nil
  }

  func list(of ref: OrderRef) -> PaperOrderList? {
    guard let id = self[ref].listID, let position = accounts[ref.account].listPosition(id) else { return nil }
    return accounts[ref.account].lists[position]
  }

  /// A leg goes to work or trades: the pair's one lock becomes its own, and the sibling is over (`eR=OCO_TRIGGER`).
  mutating func takeOver(_ ref: OrderRef) {
    guard let sibling = sibling(ref), !pendingExpiries.contains(sibling), !pendingExpiries.contains(ref) else { return }
    let lock = self[sibling].lock + self[ref].lock
    self[sibling].lock = .zero
    self[ref].lock = lock
    setLock(ref, to: FixedDecimal.min(lock, lockNeeded(self[ref], remaining: self[ref].remainingQuantity)))
    if variants.siblingExpiry == .beforeActivation {
      expire(sibling, .ocoTrigger)
    } else {
      pendingExpiries.append(sibling)
    }
  }

  /// Frees what an ended order held. A leg that ends alone leaves the pair's one lock to its sibling.
  mutating func releaseLock(_ ref: OrderRef) {
    guard let heir = sibling(ref), !pendingExpiries.contains(heir), self[ref].lock.isPositive else {
      return setLock(ref, to: .zero)
    }
    let lock = self[heir].lock + self[ref].lock
    self[ref].lock = .zero
    self[heir].lock = lock
    setLock(heir, to: FixedDecimal.min(lock, lockNeeded(self[heir], remaining: self[heir].remainingQuantity)))
  }

  /// Expires the waiting siblings when this is the variant's moment. At the end of the fills nothing may be left
  /// waiting.
  mutating func expireSiblings(_ moment: VenueVariants.SiblingExpiry) {
    guard !pendingExpiries.isEmpty, moment == variants.siblingExpiry || moment == .afterFills else { return }
    let siblings = pendingExpiries
    pendingExpiries.removeAll(keepingCapacity: true)
    for sibling in siblings { expire(sibling, .ocoTrigger) }
  }

  // MARK: Phases

  /// Base that an OPO's working order receives stays locked for its children.
  func keepsReceivedBase(_ ref: OrderRef) -> Bool {
    guard let list = list(of: ref), list.shape.sizesByReceipt else { return false }
    return list.members[0].orderID.number == ref.id
  }

  /// A member of a list reached its end: the next phase, or the end of the list.
  mutating func memberEnded(_ ref: OrderRef) {
    guard let list = list(of: ref), list.isOpen else { return }
    if list.shape.hasWorkingOrder, list.members[0].orderID.number == ref.id {
      let children = pendingChildren(list, ref)
      if self[ref].status == .filled {
        bear(children, working: ref, shape: list.shape)
      } else {
        releaseReserve(ref)
        for child in children { expire(child, .phaseOneExpired) }
      }
    }
    closeListIfDone(list.id, account: ref.account, symbol: ref.symbol)
  }

  func pendingChildren(_ list: PaperOrderList, _ ref: OrderRef) -> [OrderRef] {
    list.members.dropFirst(list.pendingStart)
      .map { OrderRef(account: ref.account, symbol: ref.symbol, id: $0.orderID.number) }
      .filter { self[$0].status == .pendingNew }
  }

  mutating func closeListIfDone(_ id: OrderListID, account: Int, symbol: Int) {
    guard let position = accounts[account].listPosition(id), accounts[account].lists[position].isOpen else { return }
    let members = accounts[account].lists[position].members
    let isDone = members.allSatisfy { member in
      !self[OrderRef(account: account, symbol: symbol, id: member.orderID.number)].isOpen
    }
    guard isDone else { return }
    accounts[account].lists[position].status = .allDone
    accounts[account].lists[position].orderStatus = .allDone
    accounts[account].lists[position].transactedAt = now
    accounts[account].openLists.removeAll { $0 == id }
    emit(.listStatus(accounts[account].lists[position]), for: account)
  }

  /// The working order filled completely: its pending legs go live, or are refused for funds, filters or price.
  private mutating func bear(_ children: [OrderRef], working: OrderRef, shape: PaperOrderList.Shape) {
    guard let first = children.first else { return }
    let received = self[working].reserve
    releaseReserve(working)
    if shape.sizesByReceipt {
      let filters = symbols[working.symbol].rules.filters
      var quantity = received.rounded(toMultipleOf: filters.stepSize, .down)
      if children.contains(where: { self[$0].type == .market }) {
        quantity = quantity.rounded(toMultipleOf: filters.marketStepSize, .down)
      }
      for child in children { self[child].quantity = quantity }
    }
    let lock = children.map { lockNeeded(self[$0], remaining: self[$0].quantity) }.max() ?? .zero
    guard canBear(children, lock: lock, sized: shape.sizesByReceipt) else {
      for child in children { expire(child, .rejected) }
      return
    }
    for child in children {
      self[child].status = .new
      self[child].updatedAt = now
      if !self[child].type.isConditional {
        self[child].isWorking = true
        self[child].workingSince = now
      }
    }
    setLock(first, to: lock)
    for child in children { report(child, .new) }
    for child in children {
      let order = self[child]
      if order.awaitsTrigger,
        wouldTrigger(order.type, order.side, stopPrice: order.stopPrice, symbol: child.symbol)
      {
        trigger(child)
      } else {
        enter(child)
      }
    }
  }

  private func canBear(_ children: [OrderRef], lock: FixedDecimal, sized: Bool) -> Bool {
    for child in children {
      let order = self[child]
      let wrongSide =
        wouldTrigger(order.type, order.side, stopPrice: order.stopPrice, symbol: child.symbol)
        && variants.wrongSideBirth == .rejected
      let takes = order.type == .limitMaker && wouldMatch(order.side, price: order.price, symbol: child.symbol)
      if wrongSide || takes || !order.quantity.isPositive { return false }
      if sized, !meetsSizeFilters(order, child) { return false }
    }
    guard let first = children.first, let last = symbols[first.symbol].last else { return false }
    let order = self[first]
    let asset = lockAsset(first, order.side)
    let needed = order.type == .market ? (order.side == .sell ? order.quantity : last * order.quantity) : lock
    return accounts[first.account].balances[asset].free >= needed
  }

  private func meetsSizeFilters(_ order: PaperOrder, _ ref: OrderRef) -> Bool {
    let filters = symbols[ref.symbol].rules.filters
    let price = order.price.isPositive ? order.price : order.stopPrice
    let notional = (price.isPositive ? price : symbols[ref.symbol].last ?? .zero) * order.quantity
    return order.quantity >= filters.quantityMin && notional >= filters.notionalMin
  }
}
