import Trading

// Orders at work: entering the book, executing against it, ending.

extension PaperExchange {
  /// Makes an order from a draft. It is open, holds no lock, and nothing was reported.
  mutating func createOrder(_ draft: OrderDraft, status: OrderStatus, listID: OrderListID? = nil) -> OrderRef {
    let id = symbols[draft.symbol].nextOrderID
    symbols[draft.symbol].nextOrderID += 1
    var order = PaperOrder(
      symbol: draft.request.symbol, id: VenueOrderID(id),
      clientOrderID: draft.request.clientOrderID ?? generatedClientOrderID(), listID: listID, side: draft.side,
      type: draft.type, timeInForce: draft.timeInForce, status: status, price: draft.price, stopPrice: draft.stopPrice,
      quantity: draft.quantity, quoteOrderQuantity: draft.request.quoteOrderQuantity ?? .zero,
      selfTradePrevention: draft.selfTradePrevention, strategyID: draft.request.strategyID,
      strategyType: draft.request.strategyType, createdAt: now, updatedAt: now)
    if status != .pendingNew, !draft.type.isConditional {
      order.isWorking = true
      order.workingSince = now
    }
    accounts[draft.account].books[draft.symbol].append(order)
    return OrderRef(account: draft.account, symbol: draft.symbol, id: id)
  }

  /// An order that is new on the book: takes what it may, then rests or expires.
  mutating func enter(_ ref: OrderRef) {
    let order = self[ref]
    guard order.isOpen, order.status != .pendingNew else { return }
    if order.isWorking, order.type != .limitMaker { execute(ref) }
    if self[ref].isOpen { watch(ref) }
  }

  /// The taker phase of a working order.
  private mutating func execute(_ ref: OrderRef) {
    let order = self[ref]
    guard let last = symbols[ref.symbol].last else { return }
    let limit = order.price.isPositive ? order.price : nil
    var quantity = order.remainingQuantity
    let lotMax = symbols[ref.symbol].rules.filters.marketQuantityMax
    if limit == nil, order.type.isConditional, variants.marketLotAppliesToTriggered, lotMax.isPositive {
      quantity = FixedDecimal.min(quantity, lotMax)
    }
    let slices = symbols[ref.symbol].depth.slices(for: order.side, quantity: quantity, last: last, limit: limit)
    if order.timeInForce == .fillOrKill, slices.reduce(.zero, { $0 + $1.quantity }) < order.remainingQuantity {
      expire(ref, .fillOrKill)
      return
    }
    for slice in slices {
      guard preventSelfTrades(ref, upTo: slice.price) else { return }
      let affordable = affordableQuantity(ref, slice)
      if affordable.isPositive { applyFill(ref, price: slice.price, quantity: affordable, isMaker: false) }
      if affordable < slice.quantity || !self[ref].isOpen { break }
    }
    guard self[ref].isOpen else { return }
    if limit == nil {
      expire(ref, .insufficientLiquidity)
    } else if order.timeInForce == .immediateOrCancel {
      expire(ref, .immediateOrCancel)
    }
  }

  /// A triggered BUY stop may find a higher price than it locked for: it buys what free and locked quote together pay.
  private func affordableQuantity(_ ref: OrderRef, _ slice: DepthModel.Slice) -> FixedDecimal {
    let order = self[ref]
    let wanted = FixedDecimal.min(slice.quantity, order.remainingQuantity)
    guard order.side == .buy else { return wanted }
    let available = accounts[ref.account].balances[symbols[ref.symbol].quoteIndex].free + order.lock
    if slice.price * wanted <= available { return wanted }
    let step = symbols[ref.symbol].rules.filters.stepSize
    return (available.divided(by: slice.price, .down) ?? .zero).rounded(toMultipleOf: step, .down)
  }

  /// One execution of a working order: money, order, trade, report, and what it means for the order's list.
  mutating func applyFill(_ ref: OrderRef, price: FixedDecimal, quantity: FixedDecimal, isMaker: Bool) {
    takeOver(ref)
    let quote = (price * quantity).rounded(toMultipleOf: Self.precision, .down)
    let fee = settle(
      ref, price: price, quantity: quantity, quote: quote, isMaker: isMaker, keepsBase: keepsReceivedBase(ref))
    let tradeID = symbols[ref.symbol].nextTradeID
    symbols[ref.symbol].nextTradeID += 1
    let order = self[ref]
    let trade = PaperTrade(
      symbol: order.symbol, id: TradeID(tradeID), orderID: order.id, listID: order.listID, side: order.side,
      price: price, quantity: quantity, quote: quote, commission: fee.amount, commissionAsset: assets[fee.asset],
      isMaker: isMaker, time: now)
    accounts[ref.account].books[ref.symbol].append(trade)
    self[ref].executedQuantity = order.executedQuantity + quantity
    self[ref].executedQuote = order.executedQuote + quote
    self[ref].updatedAt = now
    let isDone = self[ref].remainingQuantity.isZero
    if isDone { finish(ref, .filled) } else { self[ref].status = .partiallyFilled }
    report(ref, .trade, trade: trade)
    expireSiblings(.afterFirstReport)
    if isDone { memberEnded(ref) }
  }

  /// Ends an order without a report: status, lock, open list.
  mutating func finish(_ ref: OrderRef, _ status: OrderStatus) {
    self[ref].status = status
    self[ref].isWorking = false
    self[ref].updatedAt = now
    releaseLock(ref)
    accounts[ref.account].books[ref.symbol].close(position: position(ref))
  }

  mutating func expire(_ ref: OrderRef, _ reason: ExpiryReason) {
    guard self[ref].isOpen else { return }
    self[ref].expiryReason = reason
    finish(ref, .expired)
    report(ref, .expired)
    memberEnded(ref)
  }

  /// A conditional order whose price was reached.
  mutating func trigger(_ ref: OrderRef) {
    let fate = symbols[ref.symbol].triggerFate
    if fate == .stays { return }
    self[ref].isWorking = true
    self[ref].workingSince = now
    self[ref].updatedAt = now
    takeOver(ref)
    switch variants.activationReport {
    case .secondNew:
      report(ref, .new)
      expireSiblings(.afterFirstReport)
    case .silent: break
    }
    switch fate {
    case .executes: enter(ref)
    case .expires(let reason): expire(ref, reason)
    case .stays, .hangs: break
    }
    expireSiblings(.afterFills)
  }
}

// MARK: - Self-trade prevention

extension PaperExchange {
  /// Deals with the account's own resting orders that a taker would meet up to `price`. False when the taker ended.
  private mutating func preventSelfTrades(_ ref: OrderRef, upTo price: FixedDecimal) -> Bool {
    let taker = self[ref]
    let book = accounts[ref.account].books[ref.symbol]
    guard taker.selfTradePrevention != .none, book.open.count > 1 else { return true }
    let met = book.open.filter { position in
      let order = book.orders[position]
      guard order.rests, order.side != taker.side else { return false }
      return taker.side == .buy ? order.price <= price : order.price >= price
    }
    for position in met {
      let maker = OrderRef(account: ref.account, symbol: ref.symbol, id: book.orders[position].id.number)
      guard self[maker].isOpen, self[ref].isOpen else { continue }
      let shared = FixedDecimal.min(self[maker].remainingQuantity, self[ref].remainingQuantity)
      let matchID = nextPreventionID
      nextPreventionID += 1
      let makerLoses: FixedDecimal
      let takerLoses: FixedDecimal
      switch taker.selfTradePrevention {
      case .none: continue
      case .expireTaker: (makerLoses, takerLoses) = (.zero, self[ref].remainingQuantity)
      case .expireMaker, .transfer: (makerLoses, takerLoses) = (self[maker].remainingQuantity, .zero)
      case .expireBoth: (makerLoses, takerLoses) = (self[maker].remainingQuantity, self[ref].remainingQuantity)
      case .decrement: (makerLoses, takerLoses) = (shared, shared)
      }
      prevent(maker, makerLoses, matchID: matchID, price: self[maker].price, counter: ref)
      prevent(ref, takerLoses, matchID: matchID, price: self[maker].price, counter: maker)
    }
    return self[ref].isOpen
  }

  private mutating func prevent(
    _ ref: OrderRef, _ quantity: FixedDecimal, matchID: Int64, price: FixedDecimal, counter: OrderRef
  ) {
    guard quantity.isPositive else { return }
    self[ref].preventedQuantity = self[ref].preventedQuantity + quantity
    self[ref].updatedAt = now
    let ends = self[ref].remainingQuantity.isZero
    if ends {
      finish(ref, .expiredInMatch)
    } else {
      setLock(ref, to: FixedDecimal.min(self[ref].lock, lockNeeded(self[ref], remaining: self[ref].remainingQuantity)))
    }
    let prevention = ExecutionReport.Prevention(
      matchID: matchID, quantity: quantity, price: price, counterOrderID: VenueOrderID(counter.id))
    report(ref, .tradePrevention, prevention: prevention)
    if ends { memberEnded(ref) }
  }
}
