import Mirror
import TestSupport
import Testing
import Trading
import Venue

@Suite struct MirrorViewTests {
  static func row(_ table: MirrorTable, _ index: Int = 0) -> [String: String] {
    var row: [String: String] = [:]
    for (column, value) in zip(table.columns, table.rows[index]) { row[column] = value }
    return row
  }

  @Test func `the views tell the sample account's story`() async throws {
    try await offPool {
      let reader = MirrorReader(try InvariantChecksTests.sample().configuration)
      let coverage = Self.row(try reader.table(.coverage))
      #expect(coverage["state"] == "covered")
      #expect(coverage["coverage_rate"] == "1.0000")
      #expect(coverage["naked_since"] == nil)
      #expect(try reader.table(.uncovered).rows.isEmpty)
      #expect(try reader.table(.orphans).rows.isEmpty)
      let lot = Self.row(try reader.table(.openLots))
      #expect(lot["open_quantity"] == "0.4995")
      #expect(lot["stop_quantity"] == "0.4995")
      #expect(lot["stop_price"] == "99")
      #expect(lot["take_profit_prices"] == "{102}")
      let share = try reader.table(.layerShare)
      #expect(share.rows.count == 3)
      #expect((0..<3).map { Self.row(share, $0)["legs"] }.sorted { ($0 ?? "") < ($1 ?? "") } == ["0", "0", "4"])
      let latency = Self.row(try reader.table(.placementLatency))
      #expect(latency["p50_ms"] == "0.420")
      #expect(latency["placements"] == "1")
      let residual = try reader.table(.residuals)
      #expect(residual.rows.count == 2)
      let bitcoin = (0..<2).map { Self.row(residual, $0) }.first { $0["asset"] == "BTC" }
      #expect(bitcoin?["lots"] == "0.4995")
      #expect(bitcoin?["wallet"] == "0.4995")
      #expect(bitcoin?["residual"] == "0.0000")
      #expect(try reader.table(.recentActivity).rows.count >= 6)
      #expect(try reader.table(.alertsOpen).rows.isEmpty)
    }
  }

  @Test func `a closed lot shows its reason and its profit to the last digit`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      var lot = SampleAccount.lot
      lot.closedQuantity = "0.999"
      lot.realizedProfit = "0.500000000000000001"
      lot.closeReason = .stopLoss
      lot.closedAt = SampleAccount.start + .seconds(100)
      try database.write(SampleAccount.inputs + [[.lot(lot)]])
      let row = Self.row(try MirrorReader(database.configuration).table(.closedLots))
      #expect(row["realized_pnl"] == "0.500000000000000001")
      #expect(row["close_reason"] == "stop_loss")
      #expect(row["held_seconds"] == "99.000")
      #expect(try MirrorReader(database.configuration).table(.orphans).rows.count == 2)
    }
  }

  @Test func `unknown is shown as unknown and never as covered`() async throws {
    try await offPool {
      let database = try MirrorDatabase.make()
      let unknown = CoverageRecord(
        symbol: "BTCUSDT", state: .unknown, position: 1, covered: 1, dust: 0, reasons: ["unknown"])
      try database.write([[.coverage(unknown)]])
      let reader = MirrorReader(database.configuration)
      #expect(Self.row(try reader.table(.coverage))["coverage_rate"] == nil)
      #expect(Self.row(try reader.table(.uncovered))["state"] == "unknown")
    }
  }
}
