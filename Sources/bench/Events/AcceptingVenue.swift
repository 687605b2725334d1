import Trading
import Venue

/// A venue that accepts every order list that it is handed.
struct AcceptingVenue {
  private var lastOrder: Int64 = 900_000_000

  mutating func receipt(of command: VenueCommand, at time: Timestamp) -> CommandReceipt {
    guard case .placeOCO(let oco) = command else { return CommandReceipt(orders: []) }
    lastOrder += 1
    let list = OrderListID(lastOrder)
    let orders = [oco.stop, oco.takeProfit].map { terms in
      lastOrder += 1
      return Order(
        symbol: oco.symbol, venueOrderID: VenueOrderID(lastOrder), clientOrderID: terms.clientOrderID,
        orderListID: list, side: .sell, type: terms.type, status: .new, price: terms.limitPrice,
        triggerPrice: terms.triggerPrice, quantity: oco.quantity, isWorking: false, createdAt: time, updatedAt: time)
    }
    return CommandReceipt(orders: orders, orderListID: list)
  }
}
