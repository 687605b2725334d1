import Binance
@testable import Guardian
import Testing
import Trading
import Venue

/// One reading of the account while its answers come in: pages, and what a missing part means.
@Suite struct SnapshotReadingTests {
  private func reading() -> SnapshotReading {
    let request = HistoryRequest(symbol: "BTCUSDT", since: Timestamp(milliseconds: 0))
    return SnapshotReading(
      SnapshotScope(histories: [request]), requestedAt: Instant(nanoseconds: 0), venueTime: Timestamp(milliseconds: 0))
  }

  private func page(_ rows: Int, upTo last: Int64) -> [Fill] {
    (0..<rows).map { index in
      Fill(
        symbol: "BTCUSDT", tradeID: TradeID(last - Int64(index)), venueOrderID: 1, side: .buy, price: 1, quantity: 1,
        venueTime: Timestamp(milliseconds: 0))
    }
  }

  private func next(_ page: SnapshotReading.Page?) -> Int64? {
    switch page {
    case .trades(_, let from): from.number
    case .orders(_, let from): from.number
    case nil: nil
    }
  }

  @Test func `a page of 999 rows ends a history, one of 1,000 is followed from its last id`() {
    var reading = reading()
    #expect(next(reading.take(.trades(history: 0, .success(page(1000, upTo: 1500))))) == 1501)
    #expect(next(reading.take(.trades(history: 0, .success(page(999, upTo: 2500))))) == nil)
    #expect(reading.snapshot.histories[0].isComplete)
    #expect(reading.snapshot.histories[0].fills.count == 1999)
  }

  @Test func `a full page whose last id is the largest number there is leaves the history incomplete`() {
    var reading = reading()
    #expect(next(reading.take(.trades(history: 0, .success(page(1000, upTo: .max))))) == nil)
    #expect(!reading.snapshot.histories[0].isComplete)
    #expect(reading.snapshot.failures.count == 1)
  }

  @Test func `the same holds for orders`() {
    var reading = reading()
    func orders(upTo last: Int64) -> [Order] {
      (0..<1000).map { index in
        Order(
          symbol: "BTCUSDT", venueOrderID: VenueOrderID(last - Int64(index)), clientOrderID: "x", side: .buy,
          type: .market, status: .filled, quantity: 1, updatedAt: Timestamp(milliseconds: 0))
      }
    }
    #expect(next(reading.take(.orders(history: 0, .success(orders(upTo: 5000))))) == 5001)
    #expect(next(reading.take(.orders(history: 0, .success(orders(upTo: .max))))) == nil)
    #expect(!reading.snapshot.histories[0].isComplete)
  }

  @Test func `after 20 pages a history is left incomplete`() {
    var reading = reading()
    for turn in 1...Int64(SnapshotReading.pagesMax) {
      #expect(next(reading.take(.trades(history: 0, .success(page(1000, upTo: turn * 1000))))) != nil)
    }
    #expect(next(reading.take(.trades(history: 0, .success(page(1000, upTo: 99_000))))) == nil)
    #expect(!reading.snapshot.histories[0].isComplete)
  }

  @Test func `a part that failed is a failure and no emptiness`() {
    var reading = reading()
    let failure = SpotReadFailure.noAnswer("timeout")
    _ = reading.take(.account(.failure(failure)))
    _ = reading.take(.openOrders(.failure(failure)))
    _ = reading.take(.prices(.failure(failure)))
    _ = reading.take(.trades(history: 0, .failure(failure)))
    #expect(reading.snapshot.balances == nil && reading.snapshot.openOrders == nil)
    #expect(!reading.snapshot.isComplete && !reading.snapshot.histories[0].isComplete)
    #expect(reading.snapshot.failures.count == 4)
  }
}
