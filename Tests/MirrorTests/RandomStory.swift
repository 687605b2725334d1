import TestSupport
import Trading
import Venue

/// Facts by number or by seed.
enum RandomStory {
  /// One filled order with its fill and its event.
  static func trade(_ number: Int64) -> [Fact] {
    let time = SampleAccount.start + .milliseconds(number)
    let order = Order(
      symbol: "BTCUSDT", venueOrderID: VenueOrderID(number), clientOrderID: ClientOrderID("o\(number)"), side: .buy,
      type: .limit, status: .filled, price: "100.25", quantity: "0.5", executedQuantity: "0.5", executedQuote: "50.125",
      createdAt: time, updatedAt: time)
    let fill = Fill(
      symbol: "BTCUSDT", tradeID: TradeID(number), venueOrderID: VenueOrderID(number), side: .buy, price: "100.25",
      quantity: "0.5", commission: "0.0005", commissionAsset: "BTC", venueTime: time)
    return [
      .order(order, source: .stream), .fill(fill, source: .stream),
      .orderEvent(OrderUpdate(order: order, execution: .trade, fill: fill, executionID: number, eventTime: time)),
    ]
  }

  /// Orders that live, fill in parts and end; alerts that come and go; balances that move.
  static func inputs(count: Int, using generator: inout SeededGenerator) -> [[Fact]] {
    var orders: [Int64: Order] = [:]
    var trade: Int64 = 0
    return (0..<count).map { step in
      let time = SampleAccount.start + .milliseconds(Int64(step))
      let instant = Instant(nanoseconds: Int64(step) * 1_000_000)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0:
        return [
          .alert(
            AlertRecord(
              kind: "naked", subject: Bool.random(using: &generator) ? "A" : "B", severity: .critical,
              message: "m\(step)",
              isStanding: Bool.random(using: &generator), at: instant))
        ]
      case 1:
        return [.balance(Balance(asset: "BTC", free: FixedDecimal(step)), at: time), .residual("BTC", quantity: 0)]
      case 2:
        return [
          .gap(GapRecord(epoch: Int64(step / 20), reason: "r", from: instant, until: step % 2 == 0 ? nil : instant)),
          .sweep(
            SweepRecord(
              id: Int64(step), trigger: "timer", startedAt: instant, finishedAt: instant, isComplete: true,
              failures: [],
              openOrders: 0, repairs: 0)),
        ]
      default:
        let number = Int64.random(in: 1...20, using: &generator)
        var order =
          orders[number]
          ?? Order(
            symbol: "BTCUSDT", venueOrderID: VenueOrderID(number), clientOrderID: ClientOrderID("o\(number)"),
            side: .buy,
            type: .limit, status: .new, price: 100, quantity: 4, createdAt: time, updatedAt: time)
        guard order.isOpen else { return [.order(order, source: .sweep)] }
        order.executedQuantity = order.executedQuantity + 1
        order.executedQuote = order.executedQuantity * 100
        order.status = order.executedQuantity == order.quantity ? .filled : .partiallyFilled
        order.updatedAt = time
        orders[number] = order
        trade += 1
        return [
          .order(order, source: .stream),
          .fill(
            Fill(
              symbol: "BTCUSDT", tradeID: TradeID(trade), venueOrderID: VenueOrderID(number), side: .buy, price: 100,
              quantity: 1, venueTime: time), source: .stream),
        ]
      }
    }
  }
}
