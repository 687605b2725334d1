import Trading

// Money: locks, settlement of a fill, fees. Every amount that leaves one place arrives in another or in the ledger's
// totals.

extension PaperExchange {
  func lockAsset(_ ref: OrderRef, _ side: Side) -> Int {
    side == .sell ? symbols[ref.symbol].baseIndex : symbols[ref.symbol].quoteIndex
  }

  /// What an order of this side, price and remaining size must hold.
  func lockNeeded(_ order: PaperOrder, remaining: FixedDecimal) -> FixedDecimal {
    guard order.type != .market else { return .zero }
    if order.side == .sell { return remaining }
    let price = order.price.isPositive ? order.price : order.stopPrice
    return (price * remaining).rounded(toMultipleOf: Self.precision, .up)
  }

  /// Sets an order's lock to `amount`, moving the difference between free and locked.
  mutating func setLock(_ ref: OrderRef, to amount: FixedDecimal) {
    let order = self[ref]
    guard amount != order.lock else { return }
    let asset = lockAsset(ref, order.side)
    let change = amount - order.lock
    accounts[ref.account].balances[asset].free -= change
    accounts[ref.account].balances[asset].lockedByOrders += change
    self[ref].lock = amount
    touch(ref.account, asset)
  }

  /// Gives an OPO working order's kept base back to `free`.
  mutating func releaseReserve(_ ref: OrderRef) {
    let reserve = self[ref].reserve
    guard reserve.isPositive else { return }
    let base = symbols[ref.symbol].baseIndex
    accounts[ref.account].balances[base].lockedByOrders -= reserve
    accounts[ref.account].balances[base].free += reserve
    self[ref].reserve = .zero
    touch(ref.account, base)
  }

  /// Moves the money of one fill and returns the fee. The order's own executed amounts are not yet changed.
  mutating func settle(
    _ ref: OrderRef, price: FixedDecimal, quantity: FixedDecimal, quote: FixedDecimal, isMaker: Bool, keepsBase: Bool
  ) -> (amount: FixedDecimal, asset: Int) {
    let order = self[ref]
    let base = symbols[ref.symbol].baseIndex
    let quoteIndex = symbols[ref.symbol].quoteIndex
    let account = ref.account
    let remaining = order.quantity - order.executedQuantity - order.preventedQuantity - quantity
    setLock(ref, to: FixedDecimal.min(order.lock, lockNeeded(order, remaining: remaining)))
    let fee: (amount: FixedDecimal, asset: Int)
    switch order.side {
    case .buy:
      accounts[account].balances[quoteIndex].free -= quote
      accounts[account].balances[base].free += quantity
      fee = takeFee(ref, quantity: quantity, quote: quote, isMaker: isMaker)
      if keepsBase {
        let received = fee.asset == base ? quantity - fee.amount : quantity
        accounts[account].balances[base].free -= received
        accounts[account].balances[base].lockedByOrders += received
        self[ref].reserve = self[ref].reserve + received
      }
      accounts[account].books[ref.symbol].totals.bought += quantity
      accounts[account].books[ref.symbol].totals.paidQuote += quote
    case .sell:
      accounts[account].balances[base].free -= quantity
      accounts[account].balances[quoteIndex].free += quote
      fee = takeFee(ref, quantity: quantity, quote: quote, isMaker: isMaker)
      accounts[account].books[ref.symbol].totals.sold += quantity
      accounts[account].books[ref.symbol].totals.receivedQuote += quote
    }
    touch(account, base)
    touch(account, quoteIndex)
    touch(account, fee.asset)
    return fee
  }

  private mutating func takeFee(
    _ ref: OrderRef, quantity: FixedDecimal, quote: FixedDecimal, isMaker: Bool
  ) -> (amount: FixedDecimal, asset: Int) {
    let account = ref.account
    let plan = accounts[account].commission
    let side = self[ref].side
    let rate = isMaker ? plan.maker : plan.taker
    let base = symbols[ref.symbol].baseIndex
    let quoteIndex = symbols[ref.symbol].quoteIndex
    let mode = plan.modes.isEmpty ? .received : plan.modes[accounts[account].feeCount % plan.modes.count]
    accounts[account].feeCount += 1
    func rounded(_ amount: FixedDecimal) -> FixedDecimal { amount.rounded(toMultipleOf: Self.precision, .down) }
    let received = side == .buy ? (rounded(quantity * rate), base) : (rounded(quote * rate), quoteIndex)
    var wanted = received
    switch mode {
    case .received: break
    case .base: wanted = (rounded(quantity * rate), base)
    case .quote: wanted = (rounded(quote * rate), quoteIndex)
    case .discount(let asset):
      if let index = assetIndex[asset], let price = price(of: asset, inQuoteOf: ref.symbol),
        let amount = (quote * rate * plan.discountFactor).divided(by: price, .down)
      {
        wanted = (rounded(amount), index)
      }
    }
    // An asset that does not cover the fee falls back to what the fill brought in, which always does.
    let fee = accounts[account].balances[wanted.1].free >= wanted.0 ? wanted : received
    accounts[account].balances[fee.1].free -= fee.0
    if fee.1 == base {
      accounts[account].books[ref.symbol].totals.baseFees += fee.0
    } else if fee.1 == quoteIndex {
      accounts[account].books[ref.symbol].totals.quoteFees += fee.0
    } else {
      accounts[account].books[ref.symbol].totals.discountFees += fee.0
    }
    return (fee.0, fee.1)
  }

  /// The last price of `asset` in the quote asset of a symbol.
  private func price(of asset: Asset, inQuoteOf symbol: Int) -> FixedDecimal? {
    let quote = symbols[symbol].rules.quote
    return symbols.first { $0.rules.base == asset && $0.rules.quote == quote }?.last
  }
}
