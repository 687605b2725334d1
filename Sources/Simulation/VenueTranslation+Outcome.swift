import PaperVenue
import Trading
import Venue

extension VenueTranslation {
  /// What a reply means, as the codec's outcome table reads it (binance.md §6): accepted, rejected or ambiguous.
  static func outcome(_ result: Result<PaperReply, PaperError>, _ grain: TimeGrain) -> CommandOutcome {
    switch result {
    case .success(let reply): .accepted(receipt(reply, grain))
    case .failure(let error):
      rejection(error).map(CommandOutcome.rejected) ?? .ambiguous("status \(error.status), \(error)")
    }
  }

  private static func receipt(_ reply: PaperReply, _ grain: TimeGrain) -> CommandReceipt {
    switch reply {
    case .placed(let placed):
      CommandReceipt(orders: [order(placed.order, grain)], fills: placed.trades.map { fill($0, grain) })
    case .placedList(let report), .canceledList(let report):
      CommandReceipt(orders: report.orders.map { order($0, grain) }, orderListID: report.list.id)
    case .canceled(let canceled): CommandReceipt(orders: [order(canceled.order, grain)])
    case .canceledAll(let items):
      CommandReceipt(
        orders: items.flatMap { item -> [Order] in
          switch item {
          case .order(let canceled): [order(canceled.order, grain)]
          case .list(let report): report.orders.map { order($0, grain) }
          }
        })
    case .amended(let amended): CommandReceipt(orders: [order(amended.order, grain)], orderListID: amended.order.listID)
    case .tested, .cancelReplaced, .order, .orders, .trades, .list, .lists, .amendments, .account:
      CommandReceipt(orders: [])
    }
  }

  static func answer(_ result: Result<PaperReply, PaperError>, _ grain: TimeGrain) -> QueryResult {
    switch result {
    case .success(.order(let found)): .found(order(found, grain))
    case .success: .failed("another answer")
    case .failure(let error): rejection(error)?.kind == .unknownOrder ? .absent : .failed(error.description)
    }
  }

  /// `nil`: possibly executed.
  private static func rejection(_ error: PaperError) -> Rejection? {
    guard let kind = kind(error) else { return nil }
    return Rejection(
      kind, code: error.code, message: error.message,
      retryAfter: error.retryAfterSeconds.map { .seconds($0) })
  }

  private static func kind(_ error: PaperError) -> Rejection.Kind? {
    switch error.status {
    case 418: return .banned
    case 429: return .rateLimited
    case 401: return .unauthorized
    case 400: break
    default: return error.code == -1008 ? .overloaded : nil
    }
    let text = error.message
    switch error.code {
    case -1021: return .clockSkew
    case -2011, -2013, -2026: return .unknownOrder
    case -2038: return text.contains("no state") ? .nothingToChange : .amendRefused
    case -1013 where text.contains("MAX_NUM"): return .openOrderLimit
    case -1013, -1111: return .filter
    case -2010 where text.contains("insufficient balance"): return .insufficientBalance
    case -2010 where text.contains("Duplicate"): return .duplicateClientOrderID
    case -2010 where text.contains("immediately match"): return .wouldMatchImmediately
    case -2010 where text.contains("trigger immediately"): return .wouldTriggerImmediately
    case -2010 where text.contains("relationship"): return .badPriceRelation
    case -2010 where text.contains("closed"): return .marketClosed
    default: return .invalid
    }
  }
}
