import Reconciler
import Trading
import Venue

/// An account after a gap: what the mirror remembers, and what the venue says now. Half of the open orders were bought
/// from or sold to meanwhile, and no event told of it.
struct SweepScene {
  /// Orders of the whole account; the venue allows 200 open ones on each.
  static let symbolCount = 50
  /// Orders in the mirror, open and long done.
  static let mirrored = 100_000

  let instruments: [Instrument]
  private(set) var mirror = MirrorState()
  private(set) var openOrders: [Order] = []
  private(set) var fills: [Symbol: [Fill]] = [:]
  private(set) var balances: [Balance] = []
  let venueTime = Timestamp(milliseconds: 1_763_700_000_000)

  private var totals: [Asset: FixedDecimal] = [:]
  private var lastTrade: Int64 = 1

  init(openOrders count: Int) {
    let symbols = (0..<Self.symbolCount).map { Symbol("S\($0)USDT") }
    instruments = symbols.map { PreparedCore.instrument($0, base: Self.base(of: $0)) }
    mirror.protectedSince = venueTime + .seconds(-86_400)
    for symbol in symbols { hold("1000", of: Self.base(of: symbol)) }
    hold("10000000", of: "USDT")
    for number in 0..<Self.mirrored {
      let symbol = symbols[number % symbols.count]
      if number < count { open(number, on: symbol) } else { finished(number, on: symbol) }
    }
    mirror.lastID = Int64(Self.mirrored)
    balances = totals.keys.sorted().map { Balance(asset: $0, free: totals[$0] ?? .zero) }
  }

  private static func base(of symbol: Symbol) -> Asset { Asset(String(symbol.text.dropLast("USDT".count))) }

  private mutating func hold(_ quantity: FixedDecimal, of asset: Asset) {
    totals[asset] = quantity
    mirror.balances.append(Balance(asset: asset, free: quantity))
  }

  /// An order that the mirror knows as untouched.
  private mutating func open(_ number: Int, on symbol: Symbol) {
    let round = number / Self.symbolCount
    var order = makeOrder(number, symbol, side: round % 2 == 0 ? .buy : .sell, status: .new)
    mirror.orders.append(order)
    if round / 2 % 2 == 0 { fill(&order) }
    openOrders.append(order)
  }

  private mutating func fill(_ order: inout Order) {
    lastTrade += 1
    let fill = Fill(
      symbol: order.symbol, tradeID: TradeID(lastTrade), venueOrderID: order.venueOrderID, side: order.side,
      price: order.price, quantity: "0.4", commission: "0.04", commissionAsset: "USDT",
      venueTime: venueTime + .seconds(-5))
    order.status = .partiallyFilled
    order.executedQuantity = fill.quantity
    order.executedQuote = fill.quote
    order.updatedAt = fill.venueTime
    fills[order.symbol, default: []].append(fill)
    let sign: FixedDecimal = order.side == .buy ? 1 : -1
    let base = Self.base(of: order.symbol)
    totals[base] = (totals[base] ?? .zero) + sign * fill.quantity
    totals["USDT"] = (totals["USDT"] ?? .zero) - sign * fill.quote - fill.commission
  }

  private mutating func finished(_ number: Int, on symbol: Symbol) {
    var order = makeOrder(number, symbol, side: .sell, status: .filled)
    order.executedQuantity = order.quantity
    order.executedQuote = order.price * order.quantity
    mirror.orders.append(order)
    lastTrade += 1
    mirror.fills.append(
      Fill(
        symbol: symbol, tradeID: TradeID(lastTrade), venueOrderID: order.venueOrderID, side: .sell, price: order.price,
        quantity: order.quantity, venueTime: order.updatedAt))
  }

  private func makeOrder(_ number: Int, _ symbol: Symbol, side: Side, status: OrderStatus) -> Order {
    let placedAt = venueTime + .seconds(-3600)
    return Order(
      symbol: symbol, venueOrderID: VenueOrderID(Int64(1000 + number)), clientOrderID: ClientOrderID("mm\(number)"),
      side: side, type: .limit, status: status, price: side == .buy ? "99" : "101", quantity: 1, isWorking: true,
      createdAt: placedAt, updatedAt: placedAt)
  }
}
