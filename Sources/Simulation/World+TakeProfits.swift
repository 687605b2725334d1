import PaperVenue
import Trading

// A stop whose take-profit died, or found no room, has the guardian in its place: it watches the price, and sells.
extension World {
  /// A stop of ours that still stands although the price is beyond every take-profit that its entry may have. Those of
  /// closed lots, which stand behind others, watch for nobody.
  var missedTakeProfit: String? {
    guard let highest = highestTakeProfit, let last = exchange.lastPrice(of: symbol) else { return nil }
    let reached = FixedDecimal.one + highest * Self.hundredth
    for (stop, lot) in loneStops {
      guard let entry = exchange.order(of: Self.account, lot),
        let price = entry.executedQuote.divided(by: entry.executedQuantity), last > price * reached
      else { continue }
      return "\(last) is beyond all take-profits of an entry at \(price), and its stop #\(stop.id) still stands"
    }
    return nil
  }

  /// Stops of ours without a take-profit beside them, over more than no filter lets anyone sell, with their open lots.
  private var loneStops: [(stop: PaperOrder, lot: LotID)] {
    let open = exchange.openOrders(of: Self.account, symbol)
    let least = referee.tolerance(exchange, truth)
    return open.compactMap { stop in
      guard truth.isOwn(stop), stop.type.isStop, stop.awaitsTrigger, stop.remainingQuantity > least,
        !isUnrecognizable(stop), !wasPlacedWithoutLease(stop),
        !open.contains(where: { stop.standsBefore($0) && $0.id != stop.id }),
        let lot = truth.lot(of: stop), truth.openLots.contains(where: { $0.id == lot })
      else { return nil }
      return (stop, lot)
    }
  }

  /// The highest take-profit that any configuration has asked for, in percent; `nil`: some lots have none.
  private var highestTakeProfit: FixedDecimal? {
    var highest = FixedDecimal.zero
    for bracket in brackets {
      guard !bracket.takeProfits.isEmpty else { return nil }
      for target in bracket.takeProfits {
        guard case .percent(let percent) = target.level else { return nil }
        highest = FixedDecimal.max(highest, percent)
      }
    }
    return highest
  }
}
