public import Trading

extension PaperExchange {
  /// Answers any request. Reads are answered from `replica` when one is given: the account as it stood some time ago.
  public mutating func perform(
    _ request: PaperRequest, for account: AccountID, at time: Timestamp, replica: PaperAccount? = nil,
    orderCountExceeded: PaperError? = nil
  ) -> PaperOutcome<PaperReply> {
    switch request {
    case .place(let order): place(order, for: account, at: time).map(PaperReply.placed)
    case .placeList(let list): placeList(list, for: account, at: time).map(PaperReply.placedList)
    case .cancel(let cancel):
      self.cancel(cancel, for: account, at: time).map { item in
        switch item {
        case .order(let order): .canceled(order)
        case .list(let list): .canceledList(list)
        }
      }
    case .cancelList(let cancel): cancelList(cancel, for: account, at: time).map(PaperReply.canceledList)
    case .cancelAll(let symbol): cancelAll(symbol, for: account, at: time).map(PaperReply.canceledAll)
    case .amend(let amend): self.amend(amend, for: account, at: time).map(PaperReply.amended)
    case .cancelReplace(let replace):
      cancelReplace(replace, for: account, at: time, orderCountExceeded: orderCountExceeded)
        .map(PaperReply.cancelReplaced)
    case .test(let order):
      answer { () throws(PaperError) in
        try test(order, for: account)
        return .tested
      }
    case .order, .openOrders, .allOrders, .trades, .list, .openLists, .allLists, .amendments, .account:
      answer { () throws(PaperError) in
        let index = try accountPosition(account)
        return try read(request, from: replica ?? accounts[index], at: time)
      }
    }
  }

  /// Answers a read from one account's state.
  func read(_ request: PaperRequest, from account: PaperAccount, at time: Timestamp) throws(PaperError) -> PaperReply {
    switch request {
    case .order(let lookup): .order(try account.order(lookup, reusedLookup: variants.reusedLookup, at: time))
    case .openOrders(let symbol): .orders(try account.openOrders(symbol))
    case .allOrders(let query): .orders(try account.allOrders(query))
    case .trades(let query): .trades(try account.trades(query))
    case .list(let lookup): .list(try account.orderList(lookup))
    case .openLists: .lists(account.openOrderLists())
    case .allLists(let query): .lists(try account.allOrderLists(query))
    case .amendments(let query): .amendments(try account.amendments(query))
    case .account(let omitsZeroBalances): .account(account.report(omitsZeroBalances: omitsZeroBalances))
    case .place, .test, .placeList, .cancel, .cancelList, .cancelAll, .amend, .cancelReplace:
      preconditionFailure("a write is never read")
    }
  }

  private func answer(_ body: () throws(PaperError) -> PaperReply) -> PaperOutcome<PaperReply> {
    do throws(PaperError) {
      return PaperOutcome(result: .success(try body()), events: [])
    } catch {
      return PaperOutcome(result: .failure(error), events: [])
    }
  }
}

extension PaperOutcome {
  public func map<Other: Sendable>(_ transform: (Value) -> Other) -> PaperOutcome<Other> {
    PaperOutcome<Other>(result: result.map(transform), events: events)
  }
}
