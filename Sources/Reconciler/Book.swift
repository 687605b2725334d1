import Trading
import Venue

/// Every order that we know of, by venue id and by client id. Reports about one order merge monotonically, so their
/// order of arrival does not matter (faults ST06, ST07, ST09).
struct Book: Sendable {
  /// Terminal orders kept for late reports; older ones are forgotten so that memory stays flat (requirement R47).
  static let terminalOrdersMax = 4096

  private var entries: [OrderKey: Entry] = [:]
  private var keyByClientID: [ClientOrderID: OrderKey] = [:]
  private var keysByList: [OrderListID: [OrderKey]] = [:]
  /// Open orders by venue id, kept beside their entries because a symbol is judged far more often than it changes. A
  /// symbol whose last order ended keeps its empty place.
  private var openBySymbol: [Symbol: [Order]] = [:]
  private var terminal: [OrderKey] = []
  private var terminalStart = 0

  private struct Entry: Sendable {
    var order: Order
    /// When something was last heard of it: a snapshot that left earlier proves nothing against it (fault ST10).
    var heardAt: Instant
  }

  struct Change {
    /// `nil`: seen for the first time.
    var old: Order?
    var new: Order
    var isNews: Bool
  }

  subscript(key: OrderKey) -> Order? { entries[key]?.order }

  func contains(_ key: OrderKey) -> Bool { entries.index(forKey: key) != nil }

  func order(_ id: ClientOrderID) -> Order? { keyByClientID[id].flatMap { entries[$0]?.order } }

  func lastHeard(of key: OrderKey) -> Instant? { entries[key]?.heardAt }

  /// Open orders of a symbol, by venue id.
  func open(_ symbol: Symbol) -> [Order] { openBySymbol[symbol] ?? [] }

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
      guard let sibling = self[key], sibling.side == .sell, let heard = lastHeard(of: key) else { continue }
      if sibling.executedQuantity.isPositive || sibling.isExiting {
        return SiblingEnd(heardAt: heard, hasExecuted: true)
      }
      // What was heard of the order itself since then is believed.
      if !sibling.isOpen, lastHeard(of: order.key).map({ $0 <= heard }) ?? true {
        return SiblingEnd(heardAt: heard, hasExecuted: false)
      }
    }
    return nil
  }

  func isSuperseded(_ order: Order) -> Bool { siblingEnd(of: order)?.hasExecuted ?? false }

  /// Open orders of a symbol that stand, by venue id.
  func live(_ symbol: Symbol) -> [Order] {
    let open = open(symbol)
    return open.contains(where: isSuperseded) ? open.filter { !isSuperseded($0) } : open
  }

  /// Every open order, by symbol and venue id.
  var allOpen: [Order] { openSymbols.flatMap(open) }
  var openSymbols: [Symbol] { openBySymbol.compactMap { $0.value.isEmpty ? nil : $0.key }.sorted() }

  /// Every order, open or not, that fits, by symbol and venue id.
  func orders(where fits: (Order) -> Bool) -> [Order] {
    entries.values.lazy.map(\.order).filter(fits).sorted { $0.key < $1.key }
  }

  mutating func apply(_ report: Order, at now: Instant) -> Change {
    let key = report.key
    guard let index = entries.index(forKey: key) else {
      entries[key] = Entry(order: report, heardAt: now)
      keyByClientID[report.clientOrderID] = key
      if let list = report.orderListID { keysByList[list, default: []].append(key) }
      file(report, wasOpen: false)
      return Change(old: nil, new: report, isNews: true)
    }
    let old = entries.values[index].order
    let new = old.merged(with: report)
    entries.values[index].heardAt = now
    guard new != old else { return Change(old: old, new: new, isNews: false) }
    entries.values[index].order = new
    if old.clientOrderID != new.clientOrderID { keyByClientID[new.clientOrderID] = key }
    if let list = new.orderListID, old.orderListID != list { keysByList[list, default: []].append(key) }
    if old.isOpen || new.isOpen { file(new, wasOpen: old.isOpen) }
    return Change(old: old, new: new, isNews: true)
  }

  /// Puts a new state of an order where its symbol's open orders, or the terminal ones, are kept.
  private mutating func file(_ order: Order, wasOpen: Bool) {
    if order.isOpen {
      openBySymbol[order.symbol, default: []].put(order)
    } else {
      if wasOpen { openBySymbol[order.symbol]?.remove(order.venueOrderID) }
      terminal.append(order.key)
    }
  }

  /// Forgets one order altogether.
  mutating func forget(_ order: Order) {
    entries[order.key] = nil
    if keyByClientID[order.clientOrderID] == order.key { keyByClientID[order.clientOrderID] = nil }
    openBySymbol[order.symbol]?.remove(order.venueOrderID)
  }

  /// Forgets the oldest terminal orders beyond the limit, except those that `isNeeded`.
  mutating func forgetOld(except isNeeded: (Order) -> Bool) {
    guard terminal.count - terminalStart > Self.terminalOrdersMax else { return }
    var kept: [OrderKey] = []
    let surplus = terminal.count - terminalStart - Self.terminalOrdersMax / 2
    for key in terminal[terminalStart..<(terminalStart + surplus)] {
      guard let order = entries[key]?.order else { continue }
      if isNeeded(order) {
        kept.append(key)
      } else {
        entries[key] = nil
        if let list = order.orderListID { keysByList[list] = nil }
        if keyByClientID[order.clientOrderID] == key { keyByClientID[order.clientOrderID] = nil }
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
