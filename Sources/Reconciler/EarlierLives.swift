import Trading
import Venue

/// What earlier lives have dealt with, as far as the mirror tells. Of a busy symbol it gives back the newest fills, and
/// those of open lots: of what is older nobody can say more than that it was dealt with (faults DB01, DB04).
struct EarlierLives: Sendable {
  /// Venue time of the newest fill given back, by symbol.
  private var through: [Symbol: Timestamp] = [:]
  /// The oldest of the newest fills given back, where others may have been held back.
  private var oldest: [Symbol: Fill] = [:]
  /// What was bought by entries that are not among the open lots: all of it is sold, or was never to be protected.
  /// Exact, because a fill and what it does to its lot are written together; of an entry that is older than the fills
  /// given back it may be a part only.
  private var bought: [OrderKey: FixedDecimal] = [:]

  // MARK: - Noting

  mutating func note(_ fill: Fill) {
    through[fill.symbol] = max(through[fill.symbol] ?? fill.venueTime, fill.venueTime)
  }

  /// Where the mirror holds fills back. Should it be read twice, its first word counts.
  mutating func noteOldest(of state: MirrorState) {
    for (symbol, given) in Dictionary(grouping: state.fills, by: \.symbol) where oldest[symbol] == nil {
      oldest[symbol] = Self.oldest(of: given, symbol, state)
    }
  }

  /// Without a cursor behind the newest fills what is older was not dealt with: such a trade may never have been
  /// recorded. Among what is given back from before the cursor are fills of open lots, and holes between them (B391).
  private static func oldest(of given: [Fill], _ symbol: Symbol, _ state: MirrorState) -> Fill? {
    let fills = given.sorted { $0.tradeID < $1.tradeID }
    let cursor = state.tradeCursors[symbol]
    let unread = cursor.map { cursor in fills.firstIndex { $0.tradeID >= cursor } ?? fills.count } ?? 0
    if fills.count - unread >= state.fillsPerSymbolMax { return fills[fills.count - state.fillsPerSymbolMax] }
    guard cursor != nil, fills.count >= state.newestFillsPerSymbol else { return nil }
    return fills[min(unread, fills.count - state.newestFillsPerSymbol)]
  }

  /// What was bought by the entries of lots that are not open any more. Should the mirror be read twice, what it told
  /// is not counted twice.
  mutating func noteBought(by fills: some Sequence<Fill>) {
    var sums: [OrderKey: FixedDecimal] = [:]
    for fill in fills { sums[fill.orderKey, default: .zero] += fill.quantity }
    bought.merge(sums) { FixedDecimal.max($0, $1) }
  }

  // MARK: - Asking

  /// What is known to have been bought by an entry that they have dealt with; `nil` if nothing is known of it.
  func bought(by entry: OrderKey) -> FixedDecimal? { bought[entry] }

  /// Whether fills of the symbol are held back.
  func areHeldBack(_ symbol: Symbol) -> Bool { oldest[symbol] != nil }

  /// Whether a fill is older than what is given back.
  func heldBack(_ fill: Fill) -> Bool { oldest[fill.symbol].map { fill.tradeID < $0.tradeID } ?? false }

  /// Whether an order was there before the oldest fill given back: some of its own may be held back.
  func mayHaveHeldBack(fillsOf order: Order) -> Bool {
    oldest[order.symbol].map { order.createdAt ?? order.updatedAt <= $0.venueTime } ?? false
  }

  /// Whether all that an order did was over before the oldest fill given back.
  func sawTheEnd(of order: Order) -> Bool {
    !order.isOpen && oldest[order.symbol].map { order.updatedAt < $0.venueTime } ?? false
  }

  /// Whether all that an order has done is older than the newest fill given back.
  func knew(_ order: Order) -> Bool { through[order.symbol].map { order.updatedAt <= $0 } ?? false }
}
