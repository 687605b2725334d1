import Trading
import Venue

/// What to do for one symbol, in order, and what cannot be done.
struct Plan: Hashable, Sendable {
  var actions: [PlannedAction] = []
  /// Quantities that stay unprotected, with the reason.
  var held: [Held] = []

  struct Held: Hashable, Sendable {
    var lot: LotID?
    var quantity: FixedDecimal
    var reason: Reason
  }
}
