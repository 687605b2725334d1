import Testing
import Trading

@testable import Reconciler

struct KeyTableTests {
  /// Two symbols with the same numbers share every hash, so each key has a neighbour that it collides with.
  private static func key(_ number: Int) -> OrderKey {
    OrderKey(number % 2 == 0 ? "BTCUSDT" : "ETHUSDT", VenueOrderID(Int64(number / 2)))
  }

  @Test func `twenty thousand changes leave what a dictionary holds`() {
    var table = KeyTable<OrderKey, Int>()
    var known: [OrderKey: Int] = [:]
    var state: UInt64 = 42
    for step in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let key = Self.key(Int(state >> 33) % 200)
      if state >> 62 == 0 {
        #expect(table.removeValue(forKey: key) == known.removeValue(forKey: key))
      } else {
        table[key, default: 0] += step
        known[key, default: 0] += step
      }
    }
    #expect(table.count == known.count && Set(table.keys) == Set(known.keys))
    for (key, value) in known { #expect(table[key] == value && table.place(of: key).map { table.values[$0] } == value) }
    for key in known.keys { table[key] = nil }
    #expect(table.isEmpty && table.place(of: Self.key(1)) == nil)
  }

  @Test func `symbols are the same when their bytes are`() {
    #expect(
      Symbol("BTCUSDT") == Symbol("BTC" + "USDT") && Symbol("BTCUSDT").textHash == Symbol("BTC" + "USDT").textHash)
    #expect(Symbol("币安人生USDT") != Symbol("BTCUSDT"))
  }
}
