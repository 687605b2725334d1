import Trading

/// The trades of a symbol that were seen, for de-duplication. They nearly always come in rising order.
struct TradeLog: Sendable {
  /// Trade ids remembered; the older half is forgotten when they overflow.
  static let tradesRememberedMax = 20_000

  /// In rising order.
  private var trades: [TradeID] = []
  /// Everything at or below was seen and forgotten.
  private var forgotten: TradeID?

  func contains(_ trade: TradeID) -> Bool {
    if let forgotten, trade <= forgotten { return true }
    let place = place(of: trade)
    return place < trades.count && trades[place] == trade
  }

  mutating func insert(_ trade: TradeID) {
    let place = place(of: trade)
    guard place == trades.count || trades[place] != trade else { return }
    trades.insert(trade, at: place)
    guard trades.count > Self.tradesRememberedMax else { return }
    let middle = trades.count / 2
    forgotten = trades[middle]
    trades.removeFirst(middle + 1)
  }

  /// Where a trade stands, or would.
  private func place(of trade: TradeID) -> Int {
    guard let last = trades.last, trade <= last else { return trades.count }
    var (low, high) = (0, trades.count)
    while low < high {
      let middle = (low + high) / 2
      if trades[middle] < trade { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
