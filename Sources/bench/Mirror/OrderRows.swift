import Trading
import Venue

/// Orders as rows: every order once as new and once as filled, so that half of the rows are updates.
struct OrderRows {
  let states: [Order]

  init(orders count: Int) {
    let base = Timestamp(milliseconds: 1_763_700_000_000)
    let new = (0..<count).map { number in
      Order(
        symbol: "BTCUSDT", venueOrderID: VenueOrderID(Int64(number + 1)), clientOrderID: ClientOrderID("bot-\(number)"),
        side: .buy, type: .limit, status: .new, price: "60000", quantity: "0.001", isWorking: true, createdAt: base,
        updatedAt: base)
    }
    let filled = new.map { order in
      var order = order
      order.status = .filled
      order.executedQuantity = order.quantity
      order.executedQuote = "60"
      order.isWorking = false
      order.updatedAt = base + .seconds(1)
      return order
    }
    states = new + filled
  }
}
