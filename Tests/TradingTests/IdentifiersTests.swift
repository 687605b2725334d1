import Testing
import Trading

/// Names of things, and the words of an order's life.
struct IdentifiersTests {
  @Test func `an order's key orders by symbol, then by number`() {
    #expect(OrderKey("BTCUSDT", 9) < OrderKey("ETHUSDT", 1))
    #expect(OrderKey("BTCUSDT", 2) < OrderKey("BTCUSDT", 10))
    #expect(OrderKey("BTCUSDT", 2).description == "BTCUSDT#2")
  }

  @Test func `only ended orders are terminal, an unknown status is neither alive nor dead`() {
    let terminal: [OrderStatus] = [.filled, .canceled, .rejected, .expired, .expiredInMatch]
    #expect(terminal.allSatisfy { $0.isTerminal && $0.rank == 4 })
    let open: [OrderStatus] = [.pendingNew, .new, .partiallyFilled, .unknown("FROZEN")]
    #expect(open.allSatisfy { !$0.isTerminal })
    #expect(OrderStatus.unknown("FROZEN").name == "FROZEN")
  }

  @Test func `conditional orders are those with a trigger`() {
    #expect([OrderType.stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit].allSatisfy { $0.isConditional })
    #expect([OrderType.limit, .market, .limitMaker, .unknown("X")].allSatisfy { !$0.isConditional })
    #expect(OrderType.stopLossLimit.isStop && !OrderType.takeProfit.isStop)
  }
}
