import Binance
import Reconciler
import Trading
import Venue

/// One reading of the account while its answers come in. A part that failed makes the snapshot incomplete and is never
/// taken for empty: *absence is not evidence* (DESIGN §2).
struct SnapshotReading: Sendable {
  enum Part: Sendable {
    case account(Result<SpotAccount, SpotReadFailure>)
    case openOrders(Result<[Order], SpotReadFailure>)
    case prices(Result<[Symbol: FixedDecimal], SpotReadFailure>)
    case orders(history: Int, Result<[Order], SpotReadFailure>)
    case trades(history: Int, Result<[Fill], SpotReadFailure>)
  }

  /// What must be asked next.
  enum Page: Sendable {
    case orders(history: Int, from: VenueOrderID)
    case trades(history: Int, from: TradeID)
  }

  /// Pages of one history in one sweep: 20,000 rows. What is older comes with the next sweep.
  static let pagesMax = 20

  private(set) var snapshot: VenueSnapshot
  /// Answers that are still awaited.
  var outstanding = 0
  private var pages: [Int: Int] = [:]

  init(_ scope: SnapshotScope, requestedAt: Instant, venueTime: Timestamp) {
    snapshot = VenueSnapshot(
      requestedAt: requestedAt, venueTimeAtStart: venueTime, balances: nil, openOrders: nil,
      histories: scope.histories.map { SymbolHistory(request: $0, orders: [], fills: [], isComplete: true) })
  }

  /// Takes one answer; returns the page that must follow it, if any.
  mutating func take(_ part: Part) -> Page? {
    switch part {
    case .account(.success(let account)): snapshot.balances = account.balances
    case .account(.failure(let failure)): fail("account", failure)
    case .openOrders(.success(let orders)): snapshot.openOrders = orders
    case .openOrders(.failure(let failure)): fail("open orders", failure)
    case .prices(.success(let prices)): snapshot.prices = prices
    case .prices(.failure(let failure)): fail("prices", failure)
    case .orders(let history, .success(let orders)):
      snapshot.histories[history].orders += orders
      guard orders.count >= SpotCall.pageRowsMax, let last = orders.map(\.venueOrderID).max() else { return nil }
      return turnPage(history, after: last.number).map { .orders(history: history, from: VenueOrderID($0)) }
    case .trades(let history, .success(let fills)):
      snapshot.histories[history].fills += fills
      guard fills.count >= SpotCall.pageRowsMax, let last = fills.map(\.tradeID).max() else { return nil }
      return turnPage(history, after: last.number).map { .trades(history: history, from: TradeID($0)) }
    case .orders(let history, .failure(let failure)), .trades(let history, .failure(let failure)):
      snapshot.histories[history].isComplete = false
      fail("history of \(snapshot.histories[history].request.symbol)", failure)
    }
    return nil
  }

  /// The id that the next page starts from; `nil`, and the history is incomplete, when no page may follow.
  private mutating func turnPage(_ history: Int, after last: Int64) -> Int64? {
    pages[history, default: 0] += 1
    // No id of the venue's is that large; one that is must not stop us.
    guard pages[history, default: 0] <= Self.pagesMax, last < .max else {
      snapshot.histories[history].isComplete = false
      snapshot.failures.append(
        "history of \(snapshot.histories[history].request.symbol): more pages than one sweep reads")
      return nil
    }
    return last + 1
  }

  private mutating func fail(_ what: String, _ failure: SpotReadFailure) {
    snapshot.failures.append("\(what): \(failure)")
  }
}
