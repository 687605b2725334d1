public import Trading

// What happens to an account without its orders: deposits, debits, locks by other products; and what the venue does on
// its own.

extension PaperExchange {
  /// Credits (positive) or debits (negative) an asset: deposit, withdrawal, fee debit, dust sweep (fault OL22). A debit
  /// that the free balance does not cover is refused.
  public mutating func adjust(
    _ account: AccountID, _ asset: Asset, by delta: FixedDecimal, at time: Timestamp
  ) -> PaperOutcome<PaperBalance> {
    transact(at: time) { (exchange) throws(PaperError) in
      let account = try exchange.accountPosition(account)
      let index = exchange.index(adding: asset)
      guard !(exchange.accounts[account].balances[index].free + delta).isNegative else { throw .insufficientBalance }
      exchange.accounts[account].balances[index].free += delta
      exchange.emit(.balanceUpdate(asset, delta: delta, clearedAt: exchange.now), for: account)
      exchange.touch(account, index)
      return exchange.accounts[account].balances[index]
    }
  }

  /// Moves free balance into (positive) or out of (negative) the hands of another product, such as collateral.
  public mutating func lockExternally(
    _ account: AccountID, _ asset: Asset, by delta: FixedDecimal, at time: Timestamp
  ) -> PaperOutcome<PaperBalance> {
    transact(at: time) { (exchange) throws(PaperError) in
      let account = try exchange.accountPosition(account)
      let index = exchange.index(adding: asset)
      let balance = exchange.accounts[account].balances[index]
      guard !(balance.free - delta).isNegative, !(balance.lockedExternally + delta).isNegative else {
        throw .insufficientBalance
      }
      exchange.accounts[account].balances[index].free -= delta
      exchange.accounts[account].balances[index].lockedExternally += delta
      exchange.emit(.externalLockUpdate(asset, delta: delta, at: exchange.now), for: account)
      exchange.touch(account, index)
      return exchange.accounts[account].balances[index]
    }
  }

  /// Fills a working order by hand, whatever the price is: `quantity` base units (all that is left when `nil`) at
  /// `price` (its limit, or the last price). Refused for orders that are not on the book, such as an untriggered stop.
  public mutating func fill(
    _ account: AccountID, _ key: OrderKey, quantity: FixedDecimal? = nil, price: FixedDecimal? = nil,
    isMaker: Bool = true, at time: Timestamp
  ) -> PaperOutcome<PaperOrder> {
    transact(at: time) { (exchange) throws(PaperError) in
      let ref = try exchange.reference(account, key)
      let order = exchange[ref]
      guard order.isOpen, order.isWorking, let last = exchange.symbols[ref.symbol].last else { throw .unknownOrder }
      let quantity = quantity ?? order.remainingQuantity
      guard quantity.isPositive, quantity <= order.remainingQuantity else { throw .filterFailure(.lotSize) }
      let price = price ?? (order.price.isPositive ? order.price : last)
      exchange.applyFill(ref, price: price, quantity: quantity, isMaker: isMaker)
      exchange.expireSiblings(.afterFills)
      return exchange[ref]
    }
  }

  /// The venue ends an order on its own: maintenance, a lost stop, delisting (fault OL14).
  public mutating func expire(
    _ account: AccountID, _ key: OrderKey, reason: ExpiryReason = .exchangeCanceled, at time: Timestamp
  ) -> PaperOutcome<PaperOrder> {
    transact(at: time) { (exchange) throws(PaperError) in
      let ref = try exchange.reference(account, key)
      guard exchange[ref].isOpen else { throw .unknownOrder }
      exchange.expire(ref, reason)
      return exchange[ref]
    }
  }

  /// Self-trade prevention takes an order off the book, as when a taker of the same trade group met it (fault OL15).
  public mutating func expireInMatch(
    _ account: AccountID, _ key: OrderKey, at time: Timestamp
  ) -> PaperOutcome<PaperOrder> {
    transact(at: time) { (exchange) throws(PaperError) in
      let ref = try exchange.reference(account, key)
      guard exchange[ref].isOpen else { throw .unknownOrder }
      let quantity = exchange[ref].remainingQuantity
      let price = exchange[ref].price
      exchange[ref].preventedQuantity = exchange[ref].preventedQuantity + quantity
      exchange.finish(ref, .expiredInMatch)
      let prevention = ExecutionReport.Prevention(
        matchID: exchange.nextPreventionID, quantity: quantity, price: price, counterOrderID: VenueOrderID(0))
      exchange.nextPreventionID += 1
      exchange.report(ref, .tradePrevention, prevention: prevention)
      exchange.memberEnded(ref)
      return exchange[ref]
    }
  }

  private func reference(_ account: AccountID, _ key: OrderKey) throws(PaperError) -> OrderRef {
    let account = try accountPosition(account)
    let symbol = try symbolPosition(key.symbol)
    guard accounts[account].books[symbol].position(of: key.venueOrderID.number) != nil else { throw .noSuchOrder }
    return OrderRef(account: account, symbol: symbol, id: key.venueOrderID.number)
  }
}
