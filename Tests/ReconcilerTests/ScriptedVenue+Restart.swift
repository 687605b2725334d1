import Trading
import Venue

extension ScriptedVenue {
  /// The same venue with a guardian that has just been born.
  func reborn(bracket: Bracket = .standard) -> ScriptedVenue {
    var again = ScriptedVenue(bracket: bracket)
    again.orders = orders
    again.balances = balances
    again.fills = fills
    again.nextOrderID = nextOrderID
    again.nextTradeID = nextTradeID
    again.venueTime = venueTime + .milliseconds(5)
    again.now = now + .seconds(5)
    return again
  }

  /// What a mirror would give back from the facts recorded so far.
  func remembered() -> MirrorState {
    var state = MirrorState(balances: Array(balances.values))
    var lots: [LotID: Lot] = [:]
    var orders: [OrderKey: Order] = [:]
    for fact in facts {
      switch fact {
      case .lot(let lot): lots[lot.id] = lot
      case .order(let order, _): orders[order.key] = order
      case .fill(let fill, _): state.fills.append(fill)
      case .closure(let closure): state.closures.append(closure)
      case .leg(let leg): state.legs.append(leg)
      case .protectedSince(let since): state.protectedSince = since
      case .tradeCursor(let symbol, let id): state.tradeCursors[symbol] = id
      case .bracket(let registration): state.brackets.append(registration)
      case .action(let action): state.lastID = max(state.lastID, action.id)
      case .instrument, .orderEvent, .balance, .sweep, .coverage, .naked, .alert, .gap, .residual, .raw: continue
      }
    }
    state.lots = lots.values.filter { !$0.isClosed }.sorted { $0.openedAt < $1.openedAt }
    state.closedLots = lots.values.filter(\.isClosed).sorted { $0.openedAt < $1.openedAt }
    var closed: [TradeID: FixedDecimal] = [:]
    for (_, row) in Dictionary(
      state.closures.map { (LotTrade(lot: $0.lot, trade: $0.tradeID), $0) }, uniquingKeysWith: { $1 })
    {
      closed[row.tradeID, default: .zero] += row.quantity
    }
    state.unmatchedSales = state.fills.filter { $0.side == .sell }.compactMap { fill in
      let rest = fill.quantity - (closed[fill.tradeID] ?? .zero)
      return rest.isPositive ? UnmatchedSale(fill: fill, rest: rest) : nil
    }
    state.orders = orders.values.sorted { $0.key < $1.key }
    state.orderedSymbols = Set(orders.keys.map(\.symbol))
    return state
  }
}

private struct LotTrade: Hashable {
  var lot: LotID
  var trade: TradeID
}

extension ScriptedVenue {
  /// Answers whatever is asked for some seconds, and accepts nothing.
  mutating func readOn(seconds: Int) {
    for _ in 0..<seconds {
      answerSnapshots()
      answerQueries()
      advance(.seconds(1))
    }
  }
}
