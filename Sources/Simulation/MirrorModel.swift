import Trading
import Venue

/// A model of the mirror: rows as of the last committed batch. What a crash finds uncommitted is lost; while it is down
/// nothing is committed and nothing can be read.
struct MirrorModel: Sendable {
  /// The newest fills of a symbol that recovery returns for de-duplication.
  static let recentFillsMax = 200

  private(set) var orders: [OrderKey: Order] = [:]
  private(set) var fills: [FillKey: Fill] = [:]
  /// A row that was written with another content: a fill, or an action under a used number.
  private(set) var conflicts: [String] = []
  private var lots: [LotID: Lot] = [:]
  private var legs: [ClientOrderID: Leg] = [:]
  private var closures: [ClosureKey: LotClosure] = [:]
  private var brackets: [ClientOrderID: BracketRegistration] = [:]
  private var balances: [Asset: Balance] = [:]
  private var residuals: [Asset: FixedDecimal] = [:]
  private var cursors: [Symbol: TradeID] = [:]
  private var actions: [Int64: ActionRecord] = [:]
  private var protectedSince: Timestamp?
  private var lastID: Int64 = 0
  /// Written by the process that runs now, not committed yet.
  private var spool: [[Fact]] = []

  var isDown = false
  var uncommitted: Int { spool.count }

  struct FillKey: Hashable, Comparable, Sendable {
    var symbol: Symbol
    var trade: TradeID
    static func < (a: Self, b: Self) -> Bool { a.symbol == b.symbol ? a.trade < b.trade : a.symbol < b.symbol }
  }

  struct ClosureKey: Hashable, Sendable {
    var lot: LotID
    var trade: TradeID
  }

  mutating func enqueue(_ facts: [Fact]) { spool.append(facts) }

  /// Commits everything that was enqueued so far, in order.
  mutating func commit() {
    guard !isDown else { return }
    for batch in spool { for fact in batch { apply(fact) } }
    spool.removeAll(keepingCapacity: true)
  }

  /// The process died with its queue.
  mutating func loseUncommitted() { spool.removeAll(keepingCapacity: true) }

  private mutating func apply(_ fact: Fact) {
    switch fact {
    case .order(var order, _):
      if let known = orders[order.key] {
        // As the rows do: an older report changes nothing, and a leg keeps its name.
        if known.isNewer(than: order) { return }
        if legs[known.clientOrderID] != nil { order.clientOrderID = known.clientOrderID }
      }
      orders[order.key] = order
    case .fill(let fill, _):
      let key = FillKey(symbol: fill.symbol, trade: fill.tradeID)
      if let known = fills[key], known.quantity != fill.quantity || known.venueOrderID != fill.venueOrderID {
        conflicts.append("fill \(fill.tradeID) written twice with different content")
      }
      fills[key] = fill
    case .closure(let closure): closures[ClosureKey(lot: closure.lot, trade: closure.tradeID)] = closure
    case .balance(let balance, _): balances[balance.asset] = balance
    case .bracket(let registration): brackets[registration.entryClientOrderID] = registration
    case .lot(let lot): lots[lot.id] = lot
    case .leg(let leg): legs[leg.clientOrderID] = leg
    case .action(let action):
      if let known = actions[action.id],
        known.clientOrderIDs != action.clientOrderIDs || known.command != action.command
      {
        conflicts.append("action \(action.id) was \(known.command), is overwritten by \(action.command)")
      }
      actions[action.id] = action
      lastID = max(lastID, action.id)
    case .sweep(let sweep): lastID = max(lastID, sweep.id)
    case .naked(let naked): lastID = max(lastID, naked.id)
    case .residual(let asset, let quantity): residuals[asset] = quantity
    case .tradeCursor(let symbol, let trade): cursors[symbol] = trade
    case .protectedSince(let time): protectedSince = time
    case .instrument, .orderEvent, .coverage, .alert, .gap, .raw: break
    }
  }

  /// A purchase was written down of which not every fill was.
  var hasOrderAheadOfItsFills: Bool {
    let booked = bookedQuantities
    return orders.values.contains { $0.side == .buy && $0.executedQuantity > booked[$0.key] ?? .zero }
  }

  /// What recovery reads; `nil` while the database is down.
  func recovered() -> MirrorState? {
    guard !isDown else { return nil }
    let open = lots.values.filter { !$0.isClosed }
      .sorted { $0.openedAt == $1.openedAt ? $0.id < $1.id : $0.openedAt < $1.openedAt }
    let openIDs = Set(open.map(\.id))
    let wantedLegs = legs.values.filter { openIDs.contains($0.lot) }.sorted { $0.clientOrderID < $1.clientOrderID }
    let legIDs = Set(wantedLegs.map(\.clientOrderID))
    let wantedOrders = orders.values.filter {
      $0.isOpen || openIDs.contains($0.key) || legIDs.contains($0.clientOrderID)
    }
    let orderKeys = Set(wantedOrders.map(\.key))
    let keys = fills.keys.sorted()
    let recent = Dictionary(grouping: keys, by: \.symbol).values.reduce(into: Set<FillKey>()) { recent, keys in
      recent.formUnion(keys.suffix(Self.recentFillsMax))
      recent.formUnion(keys.filter { key in cursors[key.symbol].map { key.trade >= $0 } ?? true })
    }
    let wantedClosures = closures.values.filter {
      openIDs.contains($0.lot) || recent.contains(FillKey(symbol: $0.lot.symbol, trade: $0.tradeID))
    }.sorted { $0.tradeID == $1.tradeID ? $0.lot < $1.lot : $0.tradeID < $1.tradeID }
    let closedIDs = Set(wantedClosures.map(\.lot)).subtracting(openIDs)
    let closed = closedIDs.compactMap { lots[$0] }.sorted { a, b in
      a.closedAt == b.closedAt ? a.id < b.id : a.closedAt.map { at in b.closedAt.map { at < $0 } ?? true } ?? false
    }
    let closing = Set(wantedClosures.map { FillKey(symbol: $0.lot.symbol, trade: $0.tradeID) })
    let wantedFills = keys.filter { key in
      guard let fill = fills[key] else { return false }
      return recent.contains(key) || closing.contains(key) || orderKeys.contains(fill.orderKey)
        || closedIDs.contains(fill.orderKey)
    }.compactMap { fills[$0] }
    var state = MirrorState(
      protectedSince: protectedSince, lots: open, closedLots: closed, legs: wantedLegs,
      orders: wantedOrders.sorted { $0.key < $1.key },
      fills: wantedFills, closures: wantedClosures, unmatchedSales: unmatchedSales(open, recent),
      brackets: brackets.values.sorted { $0.entryClientOrderID < $1.entryClientOrderID },
      balances: balances.values.sorted { $0.asset < $1.asset }, residuals: residuals, tradeCursors: cursors,
      unbooked: unbooked(), orderedSymbols: Set(orders.keys.map(\.symbol)), lastID: lastID)
    state.newestFillsPerSymbol = Self.recentFillsMax
    return state
  }

  /// Σ fills of each order.
  private var bookedQuantities: [OrderKey: FixedDecimal] {
    fills.values.reduce(into: [:]) { $0[$1.orderKey, default: .zero] += $1.quantity }
  }

  /// Σ of what each sale has closed.
  var closedBySale: [FillKey: FixedDecimal] {
    closures.values.reduce(into: [:]) {
      $0[FillKey(symbol: $1.lot.symbol, trade: $1.tradeID), default: .zero] += $1.quantity
    }
  }

  /// Σ of what each sale has closed in pieces smaller than `least`, except the rows that a start is told.
  func rests(below least: FixedDecimal, except told: [LotClosure]) -> [FillKey: FixedDecimal] {
    let told = Set(told.map { ClosureKey(lot: $0.lot, trade: $0.tradeID) })
    return closures.filter { !told.contains($0.key) && $0.value.quantity < least }.reduce(into: [:]) {
      $0[FillKey(symbol: $1.key.lot.symbol, trade: $1.key.trade), default: .zero] += $1.value.quantity
    }
  }

  private func unmatchedSales(_ open: [Lot], _ recent: Set<FillKey>) -> [UnmatchedSale] {
    let closed = closedBySale
    let since = Dictionary(open.map { ($0.symbol, $0.openedAt) }, uniquingKeysWith: { min($0, $1) })
    return fills.keys.sorted().compactMap { key in
      guard let fill = fills[key], fill.side == .sell else { return nil }
      guard recent.contains(key) || since[key.symbol].map({ $0 <= fill.venueTime }) == true else { return nil }
      let rest = fill.quantity - (closed[key] ?? .zero)
      return rest.isPositive ? UnmatchedSale(fill: fill, rest: rest) : nil
    }
  }

  private func unbooked() -> [Symbol: Timestamp] {
    let booked = bookedQuantities
    var since: [Symbol: Timestamp] = [:]
    for order in orders.values where order.executedQuantity > booked[order.key] ?? .zero {
      let created = order.createdAt ?? order.updatedAt
      since[order.symbol] = min(since[order.symbol] ?? created, created)
    }
    return since
  }
}

extension Order {
  /// By status, executed quantity and time, as the mirror's rows compare reports.
  fileprivate func isNewer(than other: Order) -> Bool {
    (status.rank, executedQuantity, updatedAt) > (other.status.rank, other.executedQuantity, other.updatedAt)
  }
}
