public import Trading

// The venue's private ledger: what checkers and the demo's verdicts read instead of the guardian's opinion.

/// One account on one symbol, as the venue itself knows it.
public struct LedgerView: Hashable, Sendable {
  public var account: AccountID
  public var symbol: Symbol
  public var totals: TradeTotals
  /// Wallet amounts of the symbol's base asset.
  public var baseFree: FixedDecimal
  public var baseLocked: FixedDecimal
  /// Base units that live stop orders would sell: a pair counts once, pending and working orders not at all.
  public var stopCoverage: FixedDecimal
  /// Base units that live take-profits would sell, counted the same way; a resting LIMIT_MAKER leg is one.
  public var profitCoverage: FixedDecimal
  public var openOrders: Int
  public var openLists: Int

  /// Base units bought less sold and paid as fees.
  public var netPosition: FixedDecimal { totals.netPosition }
  public var base: FixedDecimal { baseFree + baseLocked }
}

extension AccountBook {
  /// What open sales would sell once they trigger. Checkers ask after every change of the venue, so orders are looked
  /// at where they lie.
  @inline(__always) fileprivate var cover: (stops: FixedDecimal, profits: FixedDecimal) {
    var stops = FixedDecimal.zero
    var profits = FixedDecimal.zero
    for place in open where orders[place].side == .sell && orders[place].status != .pendingNew {
      if orders[place].awaitsTrigger {
        if orders[place].type.isStop {
          stops += orders[place].remainingQuantity
        } else {
          profits += orders[place].remainingQuantity
        }
      } else if orders[place].type == .limitMaker, orders[place].listID != nil {
        profits += orders[place].remainingQuantity
      }
    }
    return (stops, profits)
  }
}

extension PaperExchange {
  public func ledger(of account: AccountID, _ symbol: Symbol) -> LedgerView? {
    guard let accountIndex = accountIndex[account], let index = symbolIndex[symbol] else { return nil }
    let base = accounts[accountIndex].balances[symbols[index].baseIndex]
    let cover = accounts[accountIndex].books[index].cover
    return LedgerView(
      account: account, symbol: symbol, totals: accounts[accountIndex].books[index].totals, baseFree: base.free,
      baseLocked: base.locked, stopCoverage: cover.stops, profitCoverage: cover.profits,
      openOrders: accounts[accountIndex].books[index].open.count,
      openLists: accounts[accountIndex].openListCount(of: symbol))
  }

  /// Every account on every symbol that it has traded or has orders on.
  public func ledger() -> [LedgerView] {
    accounts.flatMap { account in
      symbols.indices.compactMap { index in
        guard !account.books[index].orders.isEmpty else { return nil }
        return ledger(of: account.id, symbols[index].rules.symbol)
      }
    }
  }

  /// Open orders of an account, of one symbol or of all, in the order of their ids.
  public func openOrders(of account: AccountID, _ symbol: Symbol? = nil) -> [PaperOrder] {
    guard let index = accountIndex[account] else { return [] }
    guard let symbol else { return accounts[index].books.flatMap(\.openOrders) }
    return symbolIndex[symbol].map { accounts[index].books[$0].openOrders } ?? []
  }

  /// One order that the venue still remembers.
  public func order(of account: AccountID, _ key: OrderKey) -> PaperOrder? {
    guard let account = accountIndex[account], let index = symbolIndex[key.symbol],
      let position = accounts[account].books[index].position(of: key.venueOrderID.number)
    else { return nil }
    return accounts[account].books[index].orders[position]
  }

  /// Every order the venue still remembers of an account on a symbol.
  public func orders(of account: AccountID, _ symbol: Symbol) -> [PaperOrder] {
    guard let account = accountIndex[account], let index = symbolIndex[symbol] else { return [] }
    return accounts[account].books[index].orders
  }

  public func trades(of account: AccountID, _ symbol: Symbol) -> [PaperTrade] {
    guard let account = accountIndex[account], let index = symbolIndex[symbol] else { return [] }
    return accounts[account].books[index].trades
  }

  public func lists(of account: AccountID) -> [PaperOrderList] {
    accountIndex[account].map { accounts[$0].lists } ?? []
  }

  /// An invariant of the venue's own books that does not hold, in words; `nil` when all hold. For tests of the engine.
  public func brokenInvariant() -> String? {
    for account in accounts {
      for (index, balance) in account.balances.enumerated() {
        if balance.free.isNegative || balance.lockedByOrders.isNegative || balance.lockedExternally.isNegative {
          return "\(account.id) holds a negative amount of \(balance.asset)"
        }
        if let fault = lockMismatch(account, index) { return fault }
      }
      for book in account.books {
        if zip(book.orders, book.orders.dropFirst()).contains(where: { $0.id >= $1.id }) { return "order ids fell" }
        if zip(book.trades, book.trades.dropFirst()).contains(where: { $0.id >= $1.id }) { return "trade ids fell" }
        if book.open != book.orders.indices.filter({ book.orders[$0].isOpen }) { return "open orders are miscounted" }
      }
    }
    return nil
  }

  private func lockMismatch(_ account: PaperAccount, _ asset: Int) -> String? {
    var held = FixedDecimal.zero
    for (index, book) in account.books.enumerated() {
      for order in book.orders {
        let lockAsset = order.side == .sell ? symbols[index].baseIndex : symbols[index].quoteIndex
        if lockAsset == asset { held += order.lock }
        if symbols[index].baseIndex == asset { held += order.reserve }
        if !order.isOpen, !order.lock.isZero { return "ended order \(order.key) holds a lock" }
      }
    }
    let locked = account.balances[asset].lockedByOrders
    return held == locked ? nil : "\(account.id): \(locked) \(assets[asset]) locked, orders hold \(held)"
  }
}
