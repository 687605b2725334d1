public import Trading

// Amend, keep priority (binance.md §4.3): the quantity falls, the place in the book stays, funds come free.

extension PaperExchange {
  /// `PUT order/amend/keepPriority`. The legs of a pair share their quantity: amending one amends both. Without a new
  /// client id the venue assigns a random one (fault OL16).
  public mutating func amend(
    _ request: AmendOrder, for account: AccountID, at time: Timestamp
  ) -> PaperOutcome<AmendedOrder> {
    transact(at: time) { (exchange) throws(PaperError) in
      try exchange.amend(request, account: exchange.accountPosition(account))
    }
  }

  private mutating func amend(_ request: AmendOrder, account: Int) throws(PaperError) -> AmendedOrder {
    let symbol = try symbolPosition(request.target.symbol)
    try checkClientOrderID(request.newClientOrderID, "newClientOrderId")
    guard request.target.orderID != nil || request.target.clientOrderID != nil else {
      throw .missingParameter("orderId")
    }
    let book = accounts[account].books[symbol]
    let position =
      request.target.orderID.map { book.position(of: $0.number) }
      ?? request.target.clientOrderID.flatMap(book.openOrder(client:))
    guard let position, book.orders[position].isOpen else { throw .unknownOrder }
    let ref = OrderRef(account: account, symbol: symbol, id: book.orders[position].id.number)
    if let client = request.target.clientOrderID, client != self[ref].clientOrderID { throw .mismatchedIDs }
    try checkAmend(request, ref)
    let pair = amendedTogether(ref)
    let original = self[ref].clientOrderID
    let newID = request.newClientOrderID ?? generatedClientOrderID()
    self[ref].clientOrderID = newID
    for leg in pair {
      self[leg].quantity = request.newQuantity
      self[leg].amendCount += 1
      self[leg].updatedAt = now
    }
    relock(pair)
    var executionID: Int64 = 0
    for leg in pair {
      let id = report(leg, .replaced, originalClientOrderID: leg == ref ? original : self[leg].clientOrderID)
      if leg == ref { executionID = id }
    }
    accounts[account].append(
      PaperAmendment(
        symbol: self[ref].symbol, orderID: self[ref].id, executionID: executionID, originalClientOrderID: original,
        newClientOrderID: newID, originalQuantity: book.orders[position].quantity, newQuantity: request.newQuantity,
        time: now))
    let list = announceUpdate(ref)
    return AmendedOrder(
      order: self[ref], originalClientOrderID: original, executionID: executionID, list: list, time: now)
  }

  private func checkAmend(_ request: AmendOrder, _ ref: OrderRef) throws(PaperError) {
    let order = self[ref]
    let rules = symbols[ref.symbol].rules
    guard symbols[ref.symbol].status.acceptsOrders else { throw .marketClosed }
    guard rules.allowsAmend else { throw .amendRejected("The symbol does not support order amends.") }
    guard request.newQuantity.isMultiple(of: Self.precision) else { throw .precision("newQty") }
    if order.quantity.isZero { throw .amendRejected("Pending orders of an OPO order list cannot be amended.") }
    if request.newQuantity > order.quantity {
      throw .amendRejected("Order amend (quantity increase) is not supported.")
    }
    if request.newQuantity == order.quantity {
      throw .amendRejected("The requested action would change no state; rejecting.")
    }
    guard order.amendCount < rules.filters.amendsMax || rules.filters.amendsMax == 0 else {
      throw .amendRejected("The order has been amended too many times.")
    }
    guard request.newQuantity > order.executedQuantity + order.preventedQuantity else {
      throw .amendRejected("The requested quantity has already been executed.")
    }
    guard request.newQuantity >= rules.filters.quantityMin, request.newQuantity.isMultiple(of: rules.filters.stepSize)
    else { throw .filterFailure(.lotSize) }
    let price = order.price.isPositive ? order.price : order.stopPrice
    if price * request.newQuantity < rules.filters.notionalMin { throw .filterFailure(.notional) }
    if let id = request.newClientOrderID, id != order.clientOrderID {
      try checkDuplicate(id, account: ref.account, symbol: ref.symbol)
    }
  }

  /// The order, and its open sibling when it is a leg of a pair.
  private func amendedTogether(_ ref: OrderRef) -> [OrderRef] {
    guard let list = list(of: ref), list.shape.hasPair else { return [ref] }
    let pair = list.shape == .oco ? list.members[...] : list.members[list.pendingStart...]
    guard pair.contains(where: { $0.orderID.number == ref.id }) else { return [ref] }
    return pair.map { OrderRef(account: ref.account, symbol: ref.symbol, id: $0.orderID.number) }
      .filter { self[$0].isOpen }
  }

  /// The one lock of these orders, fitted to what they can still trade.
  private mutating func relock(_ legs: [OrderRef]) {
    guard let holder = legs.first(where: { self[$0].lock.isPositive }) else { return }
    let needed = legs.map { lockNeeded(self[$0], remaining: self[$0].remainingQuantity) }.max() ?? .zero
    setLock(holder, to: FixedDecimal.min(self[holder].lock, needed))
  }

  /// A member's client id changed: the list says so (`l=UPDATED`).
  private mutating func announceUpdate(_ ref: OrderRef) -> ListReport? {
    guard let id = self[ref].listID, let position = accounts[ref.account].listPosition(id) else { return nil }
    for index in accounts[ref.account].lists[position].members.indices
    where accounts[ref.account].lists[position].members[index].orderID.number == ref.id {
      accounts[ref.account].lists[position].members[index].clientOrderID = self[ref].clientOrderID
    }
    let list = accounts[ref.account].lists[position]
    var update = list
    update.status = .updated
    update.transactedAt = now
    emit(.listStatus(update), for: ref.account)
    let orders = list.members.map {
      self[OrderRef(account: ref.account, symbol: ref.symbol, id: $0.orderID.number)]
    }
    return ListReport(list: list, orders: orders, time: now)
  }
}
