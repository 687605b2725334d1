public import Trading

// The price path: what each new last price sets off.

extension PaperExchange {
  /// Moves the last price. Orders react in the order in which the path from the old price to the new one reaches them,
  /// ties by order number: triggers go to work at the *new* price (a gap slips), resting limits fill at their own
  /// price.
  public mutating func setPrice(_ price: FixedDecimal, of symbol: Symbol, at time: Timestamp) -> [PaperEvent] {
    guard let index = symbolIndex[symbol], price.isPositive else { return [] }
    let rising = symbols[index].last.map { price >= $0 } ?? true
    symbols[index].last = price
    guard price >= symbols[index].nearestAbove || price <= symbols[index].nearestBelow else { return [] }
    return transact(at: time) { (exchange) throws(PaperError) in
      for reaction in exchange.reactions(index, at: price, rising: rising) { exchange.react(reaction.ref, at: price) }
      exchange.expireSiblings(.afterFills)
      exchange.rewatch(index)
    }.events
  }

  private struct Reaction {
    let ref: OrderRef
    let level: FixedDecimal
  }

  private func reactions(_ symbol: Int, at price: FixedDecimal, rising: Bool) -> [Reaction] {
    var found: [Reaction] = []
    for account in accounts.indices {
      let book = accounts[account].books[symbol]
      for position in book.open {
        let order = book.orders[position]
        guard let level = reactionLevel(order), reacts(order, at: price) else { continue }
        found.append(
          Reaction(ref: OrderRef(account: account, symbol: symbol, id: order.id.number), level: level))
      }
    }
    guard found.count > 1 else { return found }
    return found.sorted { a, b in
      if a.level != b.level { return rising ? a.level < b.level : a.level > b.level }
      return a.ref.id < b.ref.id
    }
  }

  private mutating func react(_ ref: OrderRef, at price: FixedDecimal) {
    let order = self[ref]
    // An earlier reaction may have ended it.
    guard order.isOpen, reacts(order, at: price) else { return }
    if order.awaitsTrigger {
      trigger(ref)
      return
    }
    let most = symbols[ref.symbol].depth.restingFillQuantity
    let quantity = most.isPositive ? FixedDecimal.min(most, order.remainingQuantity) : order.remainingQuantity
    applyFill(ref, price: order.price, quantity: quantity, isMaker: true)
    expireSiblings(.afterFills)
  }

  /// The price at which an open order does something, if it waits for one.
  func reactionLevel(_ order: PaperOrder) -> FixedDecimal? {
    if order.awaitsTrigger { return order.stopPrice }
    return order.rests && !order.status.isTerminal ? order.price : nil
  }

  /// Rising prices set it off; otherwise falling ones do.
  static func waitsAbove(_ order: PaperOrder) -> Bool {
    if order.awaitsTrigger { return order.type.isStop == (order.side == .buy) }
    return order.side == .sell
  }

  func reacts(_ order: PaperOrder, at price: FixedDecimal) -> Bool {
    guard let level = reactionLevel(order) else { return false }
    if !order.awaitsTrigger {
      guard let index = symbolIndex[order.symbol], !symbols[index].depth.fillsRestingByHand else { return false }
      if level == price { return variants.fillsOnTouch }
    }
    return Self.waitsAbove(order) ? price >= level : price <= level
  }

  /// A conditional order at this stop price would go to work at once.
  func wouldTrigger(_ type: OrderType, _ side: Side, stopPrice: FixedDecimal, symbol: Int) -> Bool {
    guard type.isConditional, let last = symbols[symbol].last else { return false }
    return type.isStop == (side == .buy) ? last >= stopPrice : last <= stopPrice
  }

  /// A limit at this price would take from the book.
  func wouldMatch(_ side: Side, price: FixedDecimal, symbol: Int) -> Bool {
    guard let last = symbols[symbol].last else { return false }
    let best = symbols[symbol].depth.bestPrice(for: side, last: last)
    return side == .buy ? price >= best : price <= best
  }

  mutating func watch(_ ref: OrderRef) {
    let order = self[ref]
    guard let level = reactionLevel(order) else { return }
    if Self.waitsAbove(order) {
      symbols[ref.symbol].nearestAbove = FixedDecimal.min(symbols[ref.symbol].nearestAbove, level)
    } else {
      symbols[ref.symbol].nearestBelow = FixedDecimal.max(symbols[ref.symbol].nearestBelow, level)
    }
  }

  private mutating func rewatch(_ symbol: Int) {
    symbols[symbol].nearestAbove = FixedDecimal(units: .max)
    symbols[symbol].nearestBelow = FixedDecimal(units: .min)
    for account in accounts.indices {
      for position in accounts[account].books[symbol].open {
        let id = accounts[account].books[symbol].orders[position].id.number
        watch(OrderRef(account: account, symbol: symbol, id: id))
      }
    }
  }
}
