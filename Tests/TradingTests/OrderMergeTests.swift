import TestSupport
import Testing
import Trading

/// What several reports about one order prove together does not depend on the order of their arrival (ST06, ST07,
/// ST09).
struct OrderMergeTests {
  private func report(
    _ status: OrderStatus, at milliseconds: Int64, executed: FixedDecimal = 0, quantity: FixedDecimal = 10,
    isWorking: Bool? = false
  ) -> Order {
    Order(
      symbol: "BTCUSDT", venueOrderID: 1, clientOrderID: "S1", orderListID: 9, side: .sell, type: .stopLoss,
      status: status, triggerPrice: 95, quantity: quantity, executedQuantity: executed, executedQuote: executed * 95,
      isWorking: isWorking, createdAt: Timestamp(milliseconds: 1), updatedAt: Timestamp(milliseconds: milliseconds))
  }

  /// Lives that a stop can have, oldest report first.
  private var lives: [[Order]] {
    [
      [report(.new, at: 1), report(.new, at: 2, quantity: 6), report(.new, at: 2, quantity: 6, isWorking: true)],
      [
        report(.pendingNew, at: 1), report(.new, at: 2), report(.partiallyFilled, at: 3, executed: 4, isWorking: true),
        report(.partiallyFilled, at: 3, executed: 7, isWorking: true),
        report(.filled, at: 3, executed: 10, isWorking: false),
      ],
      [
        report(.new, at: 1), report(.partiallyFilled, at: 2, executed: 4, isWorking: true),
        report(.canceled, at: 3, executed: 4),
      ],
      [report(.new, at: 1), report(.new, at: 4, quantity: 8), report(.expired, at: 5, quantity: 8)],
      [
        report(.new, at: 1, isWorking: nil), report(.new, at: 1),
        report(.partiallyFilled, at: 2, executed: 1, isWorking: true),
        report(.partiallyFilled, at: 5, executed: 1, quantity: 3, isWorking: true),
        report(.filled, at: 6, executed: 3, quantity: 3),
      ],
    ]
  }

  @Test func `every permutation of a life ends in its last state, duplicates included`() throws {
    for life in lives {
      let last = try #require(life.last)
      for permutation in permutations(of: life) {
        let once = permutation.dropFirst().reduce(permutation[0]) { $0.merged(with: $1) }
        #expect(once == last)
        let twice = permutation.reduce(once) { $0.merged(with: $1) }
        #expect(twice == last)
      }
    }
  }

  @Test func `executed quantity never falls and a terminal status stays, over 20 000 random reports`() {
    var random = SeededGenerator(seed: 5)
    let statuses: [OrderStatus] = [.unknown("X"), .pendingNew, .new, .partiallyFilled, .filled, .canceled, .expired]
    var order = report(.new, at: 0)
    for step in 0..<20_000 {
      if step % 50 == 0 { order = report(.new, at: 0) }
      let next = report(
        statuses.randomElement(using: &random) ?? .new, at: Int64.random(in: 0...9, using: &random),
        executed: FixedDecimal(Int.random(in: 0...10, using: &random)), isWorking: Bool.random(using: &random))
      let merged = order.merged(with: next)
      #expect(merged.executedQuantity == FixedDecimal.max(order.executedQuantity, next.executedQuantity))
      #expect(!order.status.isTerminal || merged.status.isTerminal)
      #expect(merged.status.rank >= order.status.rank)
      order = merged
    }
  }

  @Test func `what only the older report knew is kept`() {
    var older = report(.new, at: 1)
    older.expiryReason = "OCO_TRIGGER"
    var newer = report(.canceled, at: 2, isWorking: nil)
    (newer.orderListID, newer.createdAt, newer.triggerPrice) = (nil, nil, 0)
    for merged in [older.merged(with: newer), newer.merged(with: older)] {
      #expect(merged.status == .canceled)
      #expect(merged.orderListID == 9)
      #expect(merged.createdAt == Timestamp(milliseconds: 1))
      #expect(merged.triggerPrice == 95)
      #expect(merged.isWorking == false)
      #expect(merged.expiryReason == "OCO_TRIGGER")
    }
  }

  @Test func `only what can still trade remains`() {
    #expect(report(.partiallyFilled, at: 1, executed: 4).remainingQuantity == 6)
    #expect(report(.canceled, at: 1, executed: 4).remainingQuantity == 0)
    var prevented = report(.new, at: 1, executed: 4)
    prevented.preventedQuantity = 8
    #expect(prevented.remainingQuantity == 0)
  }

  private func permutations(of orders: [Order]) -> [[Order]] {
    guard orders.count > 1 else { return [orders] }
    return orders.indices.flatMap { index in
      var rest = orders
      let first = rest.remove(at: index)
      return permutations(of: rest).map { [first] + $0 }
    }
  }
}
