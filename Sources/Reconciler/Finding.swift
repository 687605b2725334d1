import Trading
import Venue

/// A difference between what should be protected and what the venue shows, with its reason.
enum Finding: Hashable, Sendable {
  /// A lot's quantity that no stop stands behind.
  case uncovered(LotCoverage)
  /// A quantity to sell at market now.
  case sell(LotID, quantity: FixedDecimal, Reason)
  /// An own order in the way of protection or of an exit: to be cancelled.
  case obstructive(Protection, Reason)
  /// Own cover beyond what the lots hold: to be cut to the quantity, or cancelled at zero.
  case excessive(Protection, keep: FixedDecimal)
  /// An own order whose lot is closed.
  case orphaned(Protection)
  /// Not protected, and nothing can be done about it now.
  case held(LotID, quantity: FixedDecimal, Reason)
}

/// The rules, each judging one symbol by itself. Their order is the order of their findings; the planner orders the
/// actions.
enum Rules {
  static let all: [@Sendable (SymbolView) -> [Finding]] = [
    exitRule,  // flatten requests and crossed stops: the exit *is* the protection
    makerPartialRule,  // a maker take-profit that took its stop with it (R3)
    stuckTriggerRule,  // a stop that triggered and does not fill
    watchedTakeProfitRule,  // a take-profit that the guardian watches because no slot was free
    uncoveredRule,  // what no stop stands behind
    orphanRule,  // cover without a lot: it goes whole, before any other cover is cut
    excessRule,  // more cover than holdings
  ]

  static func findings(_ view: SymbolView) -> [Finding] { all.flatMap { $0(view) } }
}
