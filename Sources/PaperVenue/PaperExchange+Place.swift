public import Trading

// Single placements.

extension PaperExchange {
  /// `POST order`. The answer is the order after it has taken what it may.
  public mutating func place(
    _ request: NewOrder, for account: AccountID, at time: Timestamp
  ) -> PaperOutcome<PlacedOrder> {
    transact(at: time) { (exchange) throws(PaperError) in
      try exchange.placeSingle(request, account: exchange.accountPosition(account))
    }
  }

  /// `POST order/test`: validates as far as the filters, places nothing.
  public func test(_ request: NewOrder, for account: AccountID) throws(PaperError) {
    let draft = try draft(request, account: accountPosition(account))
    try checkCounts(account: draft.account, symbol: draft.symbol, adding: [draft], lists: 0)
  }

  mutating func placeSingle(_ request: NewOrder, account: Int) throws(PaperError) -> PlacedOrder {
    let draft = try draft(request, account: account)
    try checkCounts(account: account, symbol: draft.symbol, adding: [draft], lists: 0)
    return try placeDraft(draft)
  }

  /// From a draft on: the matching engine's own rules, then the order.
  mutating func placeDraft(_ draft: OrderDraft) throws(PaperError) -> PlacedOrder {
    try checkDuplicate(draft.request.clientOrderID, account: draft.account, symbol: draft.symbol)
    try checkEngine(draft)
    let needed = fundsNeeded(draft)
    let asset = draft.side == .sell ? symbols[draft.symbol].baseIndex : symbols[draft.symbol].quoteIndex
    guard accounts[draft.account].balances[asset].free >= needed else { throw .insufficientBalance }
    let tradeCount = accounts[draft.account].books[draft.symbol].trades.count
    let ref = createOrder(draft, status: .new)
    setLock(ref, to: lockNeeded(self[ref], remaining: draft.quantity))
    report(ref, .new)
    enter(ref)
    expireSiblings(.afterFills)
    let trades = Array(accounts[draft.account].books[draft.symbol].trades.dropFirst(tradeCount))
    return PlacedOrder(order: self[ref], trades: trades.filter { $0.orderID.number == ref.id }, time: now)
  }

  func checkDuplicate(_ id: ClientOrderID?, account: Int, symbol: Int) throws(PaperError) {
    if let id, accounts[account].books[symbol].openOrder(client: id) != nil { throw .duplicateOrder }
  }

  /// Sides of the price that the engine refuses for an order that goes live now.
  func checkEngine(_ draft: OrderDraft) throws(PaperError) {
    if wouldTrigger(draft.type, draft.side, stopPrice: draft.stopPrice, symbol: draft.symbol) { throw .wouldTrigger }
    if draft.type == .limitMaker, wouldMatch(draft.side, price: draft.price, symbol: draft.symbol) { throw .wouldMatch }
  }

  /// What must be free for the order to be accepted: its lock, or for a MARKET order what it will pay.
  func fundsNeeded(_ draft: OrderDraft) -> FixedDecimal {
    if draft.side == .sell { return draft.quantity }
    if draft.type == .market {
      if let quote = draft.request.quoteOrderQuantity { return quote }
      guard let last = symbols[draft.symbol].last else { return .zero }
      let slices = symbols[draft.symbol].depth.slices(for: .buy, quantity: draft.quantity, last: last, limit: nil)
      return slices.reduce(.zero) { $0 + $1.price * $1.quantity }
    }
    let price = draft.price.isPositive ? draft.price : draft.stopPrice
    return (price * draft.quantity).rounded(toMultipleOf: Self.precision, .up)
  }
}
