import Trading
import Venue

/// What the mirror remembers of fills, found by lot, order and trade: a start asks for thousands of lots.
struct RememberedPast {
  private struct Trade: Hashable {
    var symbol: Symbol
    var id: TradeID
  }

  private let closuresByLot: [LotID: [LotClosure]]
  private let closuresByTrade: [Trade: [LotClosure]]
  private let fillsByOrder: [OrderKey: [Fill]]
  private let fillByTrade: [Trade: Fill]
  /// What rows say of lots that their sales had closed others with already.
  private let toldTwice: [LotID: [LotClosure]]

  init(_ state: MirrorState) {
    fillByTrade = Dictionary(
      state.fills.map { (Trade(symbol: $0.symbol, id: $0.tradeID), $0) }, uniquingKeysWith: { first, _ in first })
    let rows = Dictionary(grouping: state.closures.filter(\.quantity.isPositive)) {
      Trade(symbol: $0.lot.symbol, id: $0.tradeID)
    }
    let (told, toldTwice) = Self.separated(rows, fillByTrade)
    self.toldTwice = Dictionary(grouping: toldTwice, by: \.lot)
    closuresByTrade = told
    closuresByLot = Dictionary(grouping: told.values.joined(), by: \.lot)
    fillsByOrder = Dictionary(grouping: state.fills, by: \.orderKey)
  }

  /// Two lives that did not know of the same lots, the second one without a mirror, have written down that one sale
  /// closed different ones. It closes no more than it sold: of the oldest lots first (fault DB01).
  private static func separated(
    _ rows: [Trade: [LotClosure]], _ sales: [Trade: Fill]
  ) -> (told: [Trade: [LotClosure]], toldTwice: [LotClosure]) {
    var told = rows
    var toldTwice: [LotClosure] = []
    for (trade, rows) in rows where rows.count > 1 {
      guard var rest = sales[trade]?.quantity else { continue }
      told[trade] = rows.sorted { $0.lot < $1.lot }.compactMap { row in
        let part = row.part(FixedDecimal.min(rest, row.quantity))
        rest = rest - part.quantity
        if part != row { toldTwice.append(row.part(row.quantity - part.quantity)) }
        return part.quantity.isPositive ? part : nil
      }
    }
    return (told, toldTwice)
  }

  /// A lot as it is without what other lots were closed with.
  func withoutToldTwice(_ lot: Lot) -> Lot {
    guard let rows = toldTwice[lot.id] else { return lot }
    var lot = lot
    for row in rows where lot.closedQuantity >= row.quantity {
      lot.closedQuantity = lot.closedQuantity - row.quantity
      lot.realizedProfit = lot.realizedProfit - row.profit
    }
    if lot.openQuantity.isPositive { lot.closedAt = nil }
    return lot
  }

  /// What an entry bought.
  func purchases(of entry: OrderKey) -> [Fill] { (fillsByOrder[entry] ?? []).filter { $0.side == .buy } }

  /// What a sale is recorded to have closed.
  func closures(by sale: Fill) -> [LotClosure] { closuresByTrade[Trade(symbol: sale.symbol, id: sale.tradeID)] ?? [] }

  /// The sale that closed something.
  func sale(of closure: LotClosure) -> Fill? { fillByTrade[Trade(symbol: closure.lot.symbol, id: closure.tradeID)] }

  /// What has closed a lot, with the sales that did.
  func closings(of lot: LotID) -> [(closure: LotClosure, sale: Fill)] {
    (closuresByLot[lot] ?? []).compactMap { closure in sale(of: closure).map { (closure, $0) } }
  }
}

extension LotClosure {
  /// Some of what a sale closed, with its share of the profit.
  fileprivate func part(_ quantity: FixedDecimal) -> LotClosure {
    guard quantity != self.quantity else { return self }
    var part = self
    part.quantity = quantity
    part.profit = (profit * quantity).divided(by: self.quantity) ?? .zero
    return part
  }
}
