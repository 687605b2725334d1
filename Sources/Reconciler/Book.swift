import Trading
import Venue

/// Every order that we know of, by venue id and by client id. Reports about one order merge monotonically, so their
/// order of arrival does not matter (faults ST06, ST07, ST09).
struct Book: Sendable {
  /// Terminal orders kept for late reports; older ones are forgotten so that memory stays flat (requirement R47).
  static let terminalOrdersMax = 4096

  private(set) var orders: [OrderKey: Order] = [:]
  private var keyByClientID: [ClientOrderID: OrderKey] = [:]
  private var openBySymbol: [Symbol: Set<OrderKey>] = [:]
  private var keysByList: [OrderListID: [OrderKey]] = [:]
  /// When something was last heard of an order: a snapshot that left earlier proves nothing against it (fault ST10).
  private var heardAt: [OrderKey: Instant] = [:]
  private var terminal: [OrderKey] = []
  private var terminalStart = 0

  struct Change {
    var old: Order?
    var new: Order
    var isNews: Bool { old != new }
  }

  subscript(key: OrderKey) -> Order? { orders[key] }

  func order(_ id: ClientOrderID) -> Order? { keyByClientID[id].flatMap { orders[$0] } }

  func lastHeard(of key: OrderKey) -> Instant? { heardAt[key] }

  /// Open orders of a symbol, by venue id.
  func open(_ symbol: Symbol) -> [Order] {
    guard let keys = openBySymbol[symbol] else { return [] }
    return keys.sorted().compactMap { orders[$0] }
  }

  /// When an open stop of a list was heard to have lost its sibling: the venue ends both together, so it neither covers
  /// nor holds anything any more, even while its own report is still to come (fault ST05). `nil`: it stands. A take-profit
  /// is believed to hold its base until its own end is heard of.
  func supersededAt(_ order: Order) -> Instant? {
    guard order.isOpen, order.side == .sell, order.type.isStop, let list = order.orderListID else { return nil }
    for key in keysByList[list] ?? [] where key != order.key {
      guard let sibling = orders[key], sibling.side == .sell, let heard = heardAt[key] else { continue }
      if sibling.executedQuantity.isPositive || sibling.isExiting { return heard }
      // What was heard of the order itself since then is believed.
      if !sibling.isOpen, heardAt[order.key].map({ $0 <= heard }) ?? true { return heard }
    }
    return nil
  }

  /// Open orders of a symbol that stand, by venue id.
  func live(_ symbol: Symbol) -> [Order] { open(symbol).filter { supersededAt($0) == nil } }

  /// Every open order, by symbol and venue id.
  var allOpen: [Order] { openSymbols.flatMap(open) }
  var openSymbols: [Symbol] { openBySymbol.keys.sorted() }

  mutating func apply(_ report: Order, at now: Instant) -> Change {
    let key = report.key
    let old = orders[key]
    let new = old.map { $0.merged(with: report) } ?? report
    orders[key] = new
    heardAt[key] = now
    if let list = new.orderListID, old?.orderListID != list { keysByList[list, default: []].append(key) }
    if old?.clientOrderID != new.clientOrderID { keyByClientID[new.clientOrderID] = key }
    if new.isOpen {
      openBySymbol[key.symbol, default: []].insert(key)
    } else if old == nil || old?.isOpen == true {
      openBySymbol[key.symbol]?.remove(key)
      if openBySymbol[key.symbol]?.isEmpty == true { openBySymbol[key.symbol] = nil }
      terminal.append(key)
    }
    return Change(old: old, new: new)
  }

  /// Forgets one order altogether.
  mutating func forget(_ order: Order) {
    orders[order.key] = nil
    heardAt[order.key] = nil
    if keyByClientID[order.clientOrderID] == order.key { keyByClientID[order.clientOrderID] = nil }
    openBySymbol[order.symbol]?.remove(order.key)
    if openBySymbol[order.symbol]?.isEmpty == true { openBySymbol[order.symbol] = nil }
  }

  /// Forgets the oldest terminal orders beyond the limit, except those that `isNeeded`.
  mutating func forgetOld(except isNeeded: (Order) -> Bool) {
    guard terminal.count - terminalStart > Self.terminalOrdersMax else { return }
    var kept: [OrderKey] = []
    let surplus = terminal.count - terminalStart - Self.terminalOrdersMax / 2
    for key in terminal[terminalStart..<(terminalStart + surplus)] {
      guard let order = orders[key] else { continue }
      if isNeeded(order) {
        kept.append(key)
      } else {
        orders[key] = nil
        heardAt[key] = nil
        if let list = order.orderListID { keysByList[list] = nil }
        if keyByClientID[order.clientOrderID] == key { keyByClientID[order.clientOrderID] = nil }
      }
    }
    terminal = kept + terminal[(terminalStart + surplus)...]
    terminalStart = 0
  }
}
