import PaperVenue
import Testing
import Trading

struct PriceSourceTests {
  @Test func `A walk repeats from its seed and stays on the grid`() {
    var first = RandomWalk(seed: 3, start: "60000", gapPerMille: 20)
    var second = first
    for _ in 0..<1000 {
      let price = first.next()
      #expect(price == second.next())
      #expect(price?.isMultiple(of: "0.01") == true)
      #expect(price?.isPositive == true)
    }
  }

  @Test func `A rising candle visits its low first, a falling one its high`() throws {
    let csv = """
      timestamp,open,high,low,close,volume
      2022-01-01 00:00:00,100.0,110.0,95.0,105.0,1
      2022-01-01 00:01:00,105.0,107.5,90.0,92.0,1
      """
    var path = try CandlePath(csv: csv)
    var prices: [FixedDecimal] = []
    while let price = path.next() { prices.append(price) }
    #expect(prices == ["100", "95", "110", "105", "105", "107.5", "90", "92"])
  }

  @Test func `A line that is no candle is named`() {
    #expect(throws: CandleError.unreadable(line: 2)) { try CandlePath(csv: "t,o,h,l,c\nx,1,2") }
    #expect(throws: CandleError.inconsistent(line: 1)) { try CandlePath(csv: "x,1,2,3,4") }
    #expect(throws: CandleError.empty) { try CandlePath(csv: "t,o,h,l,c\n") }
  }
}
