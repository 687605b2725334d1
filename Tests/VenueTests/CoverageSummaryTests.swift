import Testing
import Trading
import Venue

/// The one figure over all positions.
struct CoverageSummaryTests {
  private func row(
    _ state: CoverageRecord.State, _ position: FixedDecimal, covered: FixedDecimal, dust: FixedDecimal = .zero
  ) -> CoverageRecord {
    CoverageRecord(symbol: "BTCUSDT", state: state, position: position, covered: covered, dust: dust, reasons: [])
  }

  @Test func `with nothing open the rate is 1 and no position is naked`() {
    for rows in [[], [row(.flat, .zero, covered: .zero)], [row(.ignored, 5, covered: .zero)]] {
      let summary = CoverageSummary(rows)
      #expect(summary.rate == 1)
      #expect(summary.openPositions == 0)
      #expect(summary.nakedPositions == 0)
    }
  }

  @Test func `a half covered and a covered position give 0.75, and one naked position`() {
    let summary = CoverageSummary([row(.partial, 2, covered: 1), row(.covered, 7, covered: 7)])
    #expect(summary.rate == "0.75")
    #expect(summary.openPositions == 2)
    #expect(summary.nakedPositions == 1)
  }

  @Test func `dust beside the stops leaves a position covered`() {
    let summary = CoverageSummary([row(.covered, "1.0004", covered: 1, dust: "0.0004")])
    #expect(summary.rate == 1)
    #expect(summary.nakedPositions == 0)
  }

  @Test func `more stops than position count as covered once`() {
    #expect(CoverageSummary([row(.covered, 1, covered: 3), row(.naked, 1, covered: .zero)]).rate == "0.5")
  }

  @Test func `one unknown row makes the whole unknown`() {
    #expect(CoverageSummary([row(.covered, 1, covered: 1), row(.unknown, 1, covered: .zero)]).isUnknown)
    #expect(!CoverageSummary([row(.covered, 1, covered: 1)]).isUnknown)
  }
}
