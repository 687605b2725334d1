import Trading
import Venue

/// One protective placement to be made: a quantity of a lot with its levels, in the form that the venue's limits leave.
struct Piece: Hashable, Sendable {
  var lot: Lot
  /// 1-based take-profit that it belongs to; the lot's last one for a merged piece.
  var tranche: Int
  var quantity: FixedDecimal
  var stop: FixedDecimal?
  var takeProfit: FixedDecimal?
  var form: Form
  /// What was given up, if anything.
  var degradation: Reason?

  enum Form: Hashable, Sendable {
    /// Stop and take-profit, both trigger → market.
    case triggerPair
    /// Stop and a resting maker take-profit.
    case makerPair
    case stopOnly
    case takeProfitOnly
  }

  var algoSlots: Int {
    switch form {
    case .triggerPair: 2
    case .makerPair, .stopOnly, .takeProfitOnly: 1
    }
  }

  var orders: Int {
    switch form {
    case .triggerPair, .makerPair: 2
    case .stopOnly, .takeProfitOnly: 1
    }
  }

  var lists: Int { orders - 1 }
}
