import Trading
import Venue

/// Every order that we know of, by venue id and by client id. Reports about one order merge monotonically, so their
/// order of arrival does not matter (faults ST06, ST07, ST09).
struct Book: Sendable {
  /// Terminal orders kept for late reports; older ones are forgotten so that memory stays flat (requirement R47).
  static let terminalOrdersMax = 4096

  private var entries = KeyTable<OrderKey, Entry>()
  private var keyByClientID: [ClientOrderID: OrderKey] = [:]
  private var keysByList: [OrderListID: [OrderKey]] = [:]
  /// Open orders by venue id, kept beside their entries because a symbol is judged far more often than it changes. A
  /// symbol whose last order ended keeps its empty place.
  private var openBySymbol = KeyTable<Symbol, [Order]>()
  private var terminal: [OrderKey] = []
  private var terminalStart = 0

  private struct Entry: Sendable {
    var order: Order
    /// When something was last heard of it: a snapshot that left earlier proves nothing against it (fault ST10).
    var heardAt: Instant
  }

  struct Change {
    /// What the book holds now; `nil`: what it held already, so the report was no news.
    var news: Order?
    var isFirst: Bool
    /// It bears the name of another order that was known.
    var isNamesake = false
  }

  subscript(key: OrderKey) -> Order? { entries.place(of: key).map { entries.values[$0].order } }

  func contains(_ key: OrderKey) -> Bool { entries.contains(key) }

  func order(_ id: ClientOrderID) -> Order? { keyByClientID[id].flatMap { self[$0] } }

  func clientID(of key: OrderKey) -> ClientOrderID? {
    entries.place(of: key).map { entries.values[$0].order.clientOrderID }
  }

  func executedQuantity(of key: OrderKey) -> FixedDecimal? {
    entries.place(of: key).map { entries.values[$0].order.executedQuantity }
  }

  /// When an order was heard of that an earlier life told the mirror of, and this one has heard nothing of.
  static let neverHeard = Instant(nanoseconds: 0)

  func lastHeard(of key: OrderKey) -> Instant? { entries.place(of: key).map { entries.values[$0].heardAt } }

  /// Open orders of a symbol, by venue id.
  func open(_ symbol: Symbol) -> [Order] { openBySymbol[symbol] ?? [] }

  /// Σ of what resting stops of anybody cover.
  func restingStops(_ symbol: Symbol) -> FixedDecimal {
    guard let row = openBySymbol.place(of: symbol) else { return .zero }
    return openBySymbol.values[row].indices.reduce(.zero) { $0 + openBySymbol.values[row][$1].restingStopQuantity }
  }

  /// Whether an open SELL order of the symbol is in a list, or fits.
  func hasListedSale(_ symbol: Symbol, or fits: (Order) -> Bool) -> Bool {
    guard let row = openBySymbol.place(of: symbol) else { return false }
    for index in openBySymbol.values[row].indices where openBySymbol.values[row][index].side == .sell {
      if openBySymbol.values[row][index].orderListID != nil || fits(openBySymbol.values[row][index]) { return true }
    }
    return false
  }

  func hasOpen(_ symbol: Symbol) -> Bool { openBySymbol[symbol]?.isEmpty == false }

  /// What became of an open stop's sibling in its list, if it ended or is at work, and when that was heard.
  struct SiblingEnd: Hashable, Sendable {
    var heardAt: Instant
    /// The venue ends both together: the stop neither covers nor holds anything any more, even while its own report is
    /// still to come (fault ST05). An end without a fill proves nothing about the stop: it is to be asked about.
    var hasExecuted: Bool
  }

  func siblingEnd(of order: Order) -> SiblingEnd? {
    guard order.isOpen, order.side == .sell, order.type.isStop, let list = order.orderListID else { return nil }
    for key in keysByList[list] ?? [] where key != order.key {
      guard let place = entries.place(of: key), entries.values[place].order.side == .sell else { continue }
      let heard = entries.values[place].heardAt
      if entries.values[place].order.executedQuantity.isPositive || entries.values[place].order.isExiting {
        return SiblingEnd(heardAt: heard, hasExecuted: true)
      }
      // What was heard of the order itself since then is believed.
      if !entries.values[place].order.isOpen, lastHeard(of: order.key).map({ $0 <= heard }) ?? true {
        return SiblingEnd(heardAt: heard, hasExecuted: false)
      }
    }
    return nil
  }

  /// When it was heard that the stop beside an open sale ended, and nothing of the sale since.
  func stopEnd(beside sale: Order) -> Instant? {
    guard sale.isOpen, sale.side == .sell, !sale.type.isStop, let told = lastHeard(of: sale.key),
      let stop = stop(of: sale.orderListID), !stop.isOpen, let ended = lastHeard(of: stop.key), told <= ended
    else { return nil }
    return ended
  }

  /// Open stops to sell that are in a list, by venue id: those whose sibling may end without them.
  func listedStops(_ symbol: Symbol) -> [Order] {
    guard let row = openBySymbol.place(of: symbol) else { return [] }
    var stops: [Order] = []
    for index in openBySymbol.values[row].indices
    where openBySymbol.values[row][index].orderListID != nil && openBySymbol.values[row][index].side == .sell
      && openBySymbol.values[row][index].type.isStop
    {
      stops.append(openBySymbol.values[row][index])
    }
    return stops
  }

  func isSuperseded(_ order: Order) -> Bool { siblingEnd(of: order)?.hasExecuted ?? false }

  /// The stop of a pair, ended ones too. By its list, not by its name: another guardian may have used the name again
  /// (fault PR04), and an amend gives the stop another name (fault OL16, B392).
  func stop(of list: OrderListID?) -> Order? {
    list.flatMap { members(of: $0).first { $0.type.isStop && $0.side == .sell } }
  }

  /// Orders of a list that are known, ended ones too.
  func members(of list: OrderListID) -> [Order] { (keysByList[list] ?? []).compactMap { self[$0] } }

  /// Open orders of a symbol that stand, by venue id.
  func live(_ symbol: Symbol) -> [Order] {
    let open = open(symbol)
    return open.contains { isSuperseded($0) } ? open.filter { !isSuperseded($0) } : open
  }

  /// Open orders that a reading did not show, by symbol and venue id, with when something was last heard of each.
  func openOrders(except shown: Set<OrderKey>) -> [(key: OrderKey, heardAt: Instant)] {
    var others: [(key: OrderKey, heardAt: Instant)] = []
    for row in openBySymbol.values.indices {
      for index in openBySymbol.values[row].indices {
        let key = OrderKey(openBySymbol.keys[row], openBySymbol.values[row][index].venueOrderID)
        guard !shown.contains(key), let place = entries.place(of: key) else { continue }
        others.append((key, entries.values[place].heardAt))
      }
    }
    return others.sorted { $0.key < $1.key }
  }
  var openSymbols: [Symbol] { openBySymbol.keys.filter { hasOpen($0) }.sorted() }

  /// Every order, open or not, that fits, by symbol and venue id.
  func orders(where fits: (Order) -> Bool) -> [Order] {
    entries.values.map(\.order).filter(fits).sorted { $0.key < $1.key }
  }

  mutating func apply(_ report: Order, at now: Instant) -> Change {
    let key = report.key
    guard let place = entries.place(of: key) else {
      entries[key] = Entry(order: report, heardAt: now)
      // A name that was given twice is the younger one's, whichever was heard of first (fault PR04).
      let namesake = keyByClientID[report.clientOrderID]
      if namesake.map({ $0.venueOrderID < key.venueOrderID }) ?? true { keyByClientID[report.clientOrderID] = key }
      if let list = report.orderListID { keysByList[list, default: []].append(key) }
      file(report, wasOpen: false)
      return Change(news: report, isFirst: true, isNamesake: namesake != nil)
    }
    entries.values[place].heardAt = now
    // Most of a reading repeats what is known.
    if entries.values[place].order == report { return Change(news: nil, isFirst: false) }
    let old = entries.values[place].order
    let new = old.merged(with: report)
    guard new != old else { return Change(news: nil, isFirst: false) }
    entries.values[place].order = new
    if old.clientOrderID != new.clientOrderID { keyByClientID[new.clientOrderID] = key }
    if let list = new.orderListID, old.orderListID != list { keysByList[list, default: []].append(key) }
    if old.isOpen || new.isOpen { file(new, wasOpen: old.isOpen) }
    return Change(news: new, isFirst: false)
  }

  /// Puts a new state of an order where its symbol's open orders, or the terminal ones, are kept.
  private mutating func file(_ order: Order, wasOpen: Bool) {
    if order.isOpen {
      openBySymbol[order.symbol, default: []].put(order)
    } else {
      if wasOpen { takeOut(order) }
      terminal.append(order.key)
    }
  }

  /// Forgets one order altogether.
  mutating func forget(_ order: Order) {
    entries[order.key] = nil
    if keyByClientID[order.clientOrderID] == order.key { keyByClientID[order.clientOrderID] = nil }
    takeOut(order)
  }

  private mutating func takeOut(_ order: Order) {
    guard let row = openBySymbol.place(of: order.symbol) else { return }
    openBySymbol.values[row].remove(order.venueOrderID)
  }

  /// Forgets the oldest terminal orders beyond the limit, except those that `isNeeded`.
  mutating func forgetOld(except isNeeded: (OrderKey, ClientOrderID) -> Bool) {
    guard terminal.count - terminalStart > Self.terminalOrdersMax else { return }
    var kept: [OrderKey] = []
    let surplus = terminal.count - terminalStart - Self.terminalOrdersMax / 2
    for key in terminal[terminalStart..<(terminalStart + surplus)] {
      guard let place = entries.place(of: key) else { continue }
      let clientID = entries.values[place].order.clientOrderID
      if isNeeded(key, clientID) {
        kept.append(key)
      } else {
        if let list = entries.values[place].order.orderListID { keysByList[list] = nil }
        if let name = keyByClientID.index(forKey: clientID), keyByClientID.values[name] == key {
          keyByClientID.remove(at: name)
        }
        entries.removeValue(forKey: key)
      }
    }
    terminal = kept + terminal[(terminalStart + surplus)...]
    terminalStart = 0
  }
}

/// Orders of one symbol in the order of their venue ids. New ones have the largest id, so they nearly always go last.
extension [Order] {
  fileprivate mutating func put(_ order: Order) {
    let place = firstPlace(notBelow: order.venueOrderID)
    if place < count, self[place].venueOrderID == order.venueOrderID {
      self[place] = order
    } else {
      insert(order, at: place)
    }
  }

  fileprivate mutating func remove(_ id: VenueOrderID) {
    let place = firstPlace(notBelow: id)
    if place < count, self[place].venueOrderID == id { remove(at: place) }
  }

  private func firstPlace(notBelow id: VenueOrderID) -> Int {
    guard let last, last.venueOrderID >= id else { return count }
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].venueOrderID < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
