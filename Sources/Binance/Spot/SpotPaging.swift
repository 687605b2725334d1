public import Trading
public import Venue

/// How to go on reading a history: by id, because rows move between pages while one pages by time (fault RS07). A full
/// page means that more may follow; only a short one ends the history (fault RS08).
public enum SpotPaging {
  /// The request after `page`; `nil` when it was the last one.
  public static func next(after page: [Fill], of request: HistoryRequest) -> HistoryRequest? {
    guard page.count >= SpotCall.pageRowsMax, let last = page.map(\.tradeID).max() else { return nil }
    // A page that does not get past where it began would be asked for again and again.
    guard request.fromTradeID.map({ last >= $0 }) != false, last.number < .max else { return nil }
    return HistoryRequest(symbol: request.symbol, fromTradeID: TradeID(last.number + 1), since: request.since)
  }

  /// The order id to go on from after `page`; `nil` when it was the last one.
  public static func next(after page: [Order]) -> VenueOrderID? {
    guard page.count >= SpotCall.pageRowsMax, let last = page.map(\.venueOrderID).max(), last.number < .max else {
      return nil
    }
    return VenueOrderID(last.number + 1)
  }
}
