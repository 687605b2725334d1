import Trading
import Venue

extension VenueCommand {
  /// One line for people, such as `sell 0.005: take-profit 60600, stop 59400`.
  var summary: String {
    switch self {
    case .placeOCO(let placement):
      "sell \(placement.quantity): \(placement.takeProfit.summary), \(placement.stop.summary)"
    case .placeLeg(let placement): "sell \(placement.quantity): \(placement.terms.summary)"
    case .amend(let amendment): "shrink order \(amendment.venueOrderID) to \(amendment.newQuantity)"
    case .cancelOrder(let cancel): "cancel order \(cancel.venueOrderID)"
    case .cancelList(let cancel): "cancel list \(cancel.orderListID)"
    case .placeEntry(let entry): "\(entry.side.rawValue) \(entry.quantity)"
    }
  }
}

extension LegTerms {
  fileprivate var summary: String {
    let price = triggerPrice.isPositive ? triggerPrice : limitPrice
    return type == .market ? "at market" : "\(type.name.replacing("_", with: "-")) \(price)"
  }
}
