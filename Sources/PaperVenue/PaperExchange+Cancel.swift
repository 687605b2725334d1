public import Trading

// Cancels. A cancel of any member cancels its whole list.

extension PaperExchange {
  /// `DELETE order`.
  public mutating func cancel(
    _ request: CancelOrder, for account: AccountID, at time: Timestamp
  ) -> PaperOutcome<CancelItem> {
    transact(at: time) { (exchange) throws(PaperError) in
      try exchange.cancelOne(request, account: exchange.accountPosition(account))
    }
  }

  /// `DELETE orderList`.
  public mutating func cancelList(
    _ request: CancelList, for account: AccountID, at time: Timestamp
  ) -> PaperOutcome<ListReport> {
    transact(at: time) { (exchange) throws(PaperError) in
      let account = try exchange.accountPosition(account)
      let symbol = try exchange.symbolPosition(request.symbol)
      try exchange.checkClientOrderID(request.newClientOrderID, "newClientOrderId")
      guard exchange.symbols[symbol].status.acceptsCancels else { throw .marketClosed }
      guard let list = exchange.accounts[account].list(request.target), list.isOpen, list.symbol == request.symbol
      else {
        throw .unknownOrder
      }
      return exchange.cancelMembers(list, account: account, symbol: symbol, cancelID: request.newClientOrderID)
    }
  }

  /// `DELETE openOrders`: every open order and list of the symbol.
  public mutating func cancelAll(
    _ symbol: Symbol, for account: AccountID, at time: Timestamp
  ) -> PaperOutcome<[CancelItem]> {
    transact(at: time) { (exchange) throws(PaperError) in
      let account = try exchange.accountPosition(account)
      let symbol = try exchange.symbolPosition(symbol)
      guard exchange.symbols[symbol].status.acceptsCancels else { throw .marketClosed }
      let book = exchange.accounts[account].books[symbol]
      let refs = book.open.map { OrderRef(account: account, symbol: symbol, id: book.orders[$0].id.number) }
      if refs.isEmpty, exchange.variants.emptyCancelAll == .unknownOrder { throw .unknownOrder }
      return refs.compactMap { ref in exchange[ref].isOpen ? exchange.cancelOpen(ref, cancelID: nil) : nil }
    }
  }

  mutating func cancelOne(_ request: CancelOrder, account: Int) throws(PaperError) -> CancelItem {
    let ref = try cancelTarget(request, account: account)
    return cancelOpen(ref, cancelID: request.newClientOrderID)
  }

  /// The open order a cancel names, or the refusal.
  func cancelTarget(_ request: CancelOrder, account: Int) throws(PaperError) -> OrderRef {
    let symbol = try symbolPosition(request.target.symbol)
    try checkClientOrderID(request.newClientOrderID, "newClientOrderId")
    guard request.target.orderID != nil || request.target.clientOrderID != nil else {
      throw .missingParameter("orderId")
    }
    guard symbols[symbol].status.acceptsCancels else { throw .marketClosed }
    let book = accounts[account].books[symbol]
    let position: Int?
    if let id = request.target.orderID {
      position = book.position(of: id.number)
    } else {
      position = request.target.clientOrderID.flatMap(book.openOrder(client:))
    }
    guard let position, book.orders[position].isOpen else { throw .unknownOrder }
    let order = book.orders[position]
    if let client = request.target.clientOrderID, client != order.clientOrderID { throw .unknownOrder }
    switch request.restriction {
    case .onlyNew?: if order.status != .new { throw .cancelRestricted }
    case .onlyPartiallyFilled?: if order.status != .partiallyFilled { throw .cancelRestricted }
    case nil: break
    }
    return OrderRef(account: account, symbol: symbol, id: order.id.number)
  }

  mutating func cancelOpen(_ ref: OrderRef, cancelID: ClientOrderID?) -> CancelItem {
    if let list = list(of: ref), list.isOpen {
      return .list(cancelMembers(list, account: ref.account, symbol: ref.symbol, cancelID: cancelID))
    }
    let cancelID = cancelID ?? generatedClientOrderID()
    endCanceled(ref, cancelID: cancelID)
    return .order(CanceledOrder(order: self[ref], cancelID: cancelID, time: now))
  }

  private mutating func endCanceled(_ ref: OrderRef, cancelID: ClientOrderID) {
    finish(ref, .canceled)
    report(ref, .canceled, clientOrderID: cancelID, originalClientOrderID: self[ref].clientOrderID)
  }

  private mutating func cancelMembers(
    _ list: PaperOrderList, account: Int, symbol: Int, cancelID: ClientOrderID?
  ) -> ListReport {
    let cancelID = cancelID ?? generatedClientOrderID()
    let refs = list.members.map { OrderRef(account: account, symbol: symbol, id: $0.orderID.number) }
    for ref in refs where self[ref].isOpen {
      if self[ref].status == .pendingNew, variants.pendingCancel == .expiresPhaseOne {
        expire(ref, .phaseOneExpired)
      } else {
        endCanceled(ref, cancelID: cancelID)
        if list.shape.hasWorkingOrder { releaseReserve(ref) }
      }
    }
    closeListIfDone(list.id, account: account, symbol: symbol)
    let ended = accounts[account].listPosition(list.id).map { accounts[account].lists[$0] } ?? list
    return ListReport(list: ended, orders: refs.map { self[$0] }, cancelID: cancelID, time: now)
  }
}
