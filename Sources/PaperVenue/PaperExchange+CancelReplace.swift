public import Trading

extension PaperExchange {
  /// `POST order/cancelReplace`. Filters and counts are judged before the cancel; the engine's own refusals come after
  /// it, and then the account has no order (or, when only the cancel failed, two).
  /// - Parameter orderCountExceeded: the account's unfilled-order limit is used up (`PaperError.tooManyOrders`).
  public mutating func cancelReplace(
    _ request: CancelReplace, for account: AccountID, at time: Timestamp, orderCountExceeded: PaperError? = nil
  ) -> PaperOutcome<CancelReplaceReport> {
    transact(at: time) { (exchange) throws(PaperError) in
      let account = try exchange.accountPosition(account)
      let symbol = try exchange.symbolPosition(request.order.symbol)
      guard exchange.symbols[symbol].rules.allowsCancelReplace else { throw .unsupported("Cancel-replace") }
      let draft = try exchange.draft(request.order, account: account)
      if let error = orderCountExceeded {
        guard request.limitExceeded == .cancelOnly else { throw error }
        return exchange.cancelOnly(request, account: account, error: error)
      }
      return exchange.replace(request, draft: draft)
    }
  }

  private mutating func replace(_ request: CancelReplace, draft: OrderDraft) -> CancelReplaceReport {
    let canceled = attempt { (exchange) throws(PaperError) in
      try exchange.cancelOne(request.cancel, account: draft.account)
    }
    if case .failure = canceled, request.mode == .stopOnFailure {
      return CancelReplaceReport(cancel: canceled, newOrder: .notAttempted, status: 400, code: -2022)
    }
    let placed = attempt { (exchange) throws(PaperError) in
      try exchange.checkCounts(account: draft.account, symbol: draft.symbol, adding: [draft], lists: 0)
      return try exchange.placeDraft(draft)
    }
    switch (canceled, placed) {
    case (.success, .success(let order)):
      return CancelReplaceReport(cancel: canceled, newOrder: .success(order), status: 200, code: 0)
    case (.success, .failure(let error)):
      return CancelReplaceReport(cancel: canceled, newOrder: .failure(error), status: 409, code: -2021)
    case (.failure, .success(let order)):
      return CancelReplaceReport(cancel: canceled, newOrder: .success(order), status: 409, code: -2021)
    case (.failure, .failure(let error)):
      return CancelReplaceReport(cancel: canceled, newOrder: .failure(error), status: 400, code: -2022)
    }
  }

  private mutating func cancelOnly(_ request: CancelReplace, account: Int, error: PaperError) -> CancelReplaceReport {
    let canceled = attempt { (exchange) throws(PaperError) in try exchange.cancelOne(request.cancel, account: account) }
    if case .failure = canceled {
      return CancelReplaceReport(cancel: canceled, newOrder: .failure(error), status: 400, code: -2022)
    }
    let status = request.mode == .stopOnFailure ? 429 : 409
    return CancelReplaceReport(cancel: canceled, newOrder: .failure(error), status: status, code: -2021)
  }

  private mutating func attempt<Value>(
    _ body: (inout PaperExchange) throws(PaperError) -> Value
  ) -> Result<Value, PaperError> {
    do throws(PaperError) { return .success(try body(&self)) } catch { return .failure(error) }
  }
}
