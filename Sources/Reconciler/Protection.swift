import Trading
import Venue

/// The live orders of ours that share one name: a stop, its take-profit sibling, or an exit.
struct Protection: Hashable, Sendable {
  var name: LegName
  var orderListID: OrderListID?
  var stop: Order?
  var takeProfit: Order?
  var exit: Order?
  /// Its stop is known to have ended while the take-profit still rests (race R3).
  var stopHasEnded = false
  /// When the end of its stop was last heard of.
  var stopEndedAt: Instant?

  /// Base quantity that the venue holds for it. The legs of a list lock once.
  var lockedQuantity: FixedDecimal {
    largest { $0.remainingQuantity }
  }

  /// Quantity that a resting, untriggered stop stands behind: the only thing that counts as cover (DESIGN "Which orders
  /// count").
  var coveredQuantity: FixedDecimal { stop.map(\.restingStopQuantity) ?? .zero }

  /// Quantity on its way out: a triggered stop or take-profit, or a market exit.
  var exitingQuantity: FixedDecimal {
    largest { $0.isExiting ? $0.remainingQuantity : .zero }
  }

  /// The largest of a figure of its orders, which is never negative.
  private func largest(_ figure: (Order) -> FixedDecimal) -> FixedDecimal {
    let pair = FixedDecimal.max(stop.map(figure) ?? .zero, takeProfit.map(figure) ?? .zero)
    return FixedDecimal.max(pair, exit.map(figure) ?? .zero)
  }

  /// What a take-profit still holds whose stop has ended.
  var obstructingQuantity: FixedDecimal {
    guard stop == nil, stopHasEnded, let takeProfit, takeProfit.isOpen, !takeProfit.isExiting else { return .zero }
    return takeProfit.remainingQuantity
  }

  /// Quantity of a take-profit that rests, for lots whose bracket wants no stop.
  var restingTakeProfitQuantity: FixedDecimal {
    takeProfit.map { $0.isExiting || $0.status == .pendingNew ? .zero : $0.remainingQuantity } ?? .zero
  }

  var members: [Order] { [stop, takeProfit, exit].compactMap { $0 } }

  /// Conditional orders in it, as the venue counts them.
  var algoSlots: Int { members.filter { $0.type.isConditional }.count }
}

extension Order {
  /// What a stop of any owner covers, by what the venue reports alone (requirement R40). A pending leg, a triggered
  /// stop and an unknown status cover nothing.
  @inline(__always) var restingStopQuantity: FixedDecimal {
    guard side == .sell, type.isStop, isWorking != true else { return .zero }
    switch status {
    case .new, .partiallyFilled: return remainingQuantity
    case .pendingNew, .filled, .canceled, .rejected, .expired, .expiredInMatch, .unknown: return .zero
    }
  }

  /// Triggered or at market: it is selling now.
  var isExiting: Bool {
    guard isOpen, side == .sell else { return false }
    return type == .market || (type.isConditional && isWorking == true)
  }

  /// Whether the venue counts it among the conditional orders. A stop-limit that has triggered and rests is a limit
  /// order from then on; should a venue count it even so, its refusal says so.
  var takesAlgoSlot: Bool { type.isConditional && isWorking != true }

  /// The quantity that an open SELL order takes out of reach.
  var lockedBaseQuantity: FixedDecimal { side == .sell ? remainingQuantity : .zero }
}
