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

  init(_ state: MirrorState) {
    let closures = state.closures.filter(\.quantity.isPositive)
    closuresByLot = Dictionary(grouping: closures, by: \.lot)
    closuresByTrade = Dictionary(grouping: closures) { Trade(symbol: $0.lot.symbol, id: $0.tradeID) }
    fillsByOrder = Dictionary(grouping: state.fills, by: \.orderKey)
    fillByTrade = Dictionary(
      state.fills.map { (Trade(symbol: $0.symbol, id: $0.tradeID), $0) }, uniquingKeysWith: { first, _ in first })
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
