import PaperServer
import PaperVenue
import Postgres
import Testing
import Trading

@testable import backstop

@Suite(.serialized) struct FaultTests {
  /// The fills of one symbol as the venue and as SQL know them.
  private func fills(_ symbol: Symbol, _ stage: Stage) async throws -> (venue: Int, sql: (held: Bool, seen: String)) {
    let trades = try await stage.venue.withWorld { world, _ in
      world.exchange.trades(of: DemoVenue.account, symbol).count
    }
    let statement = Statement(
      "count fills", "select count(*)::text from backstop.fills where symbol = $1", [.text(symbol.text)])
    return (trades, try await stage.sql(statement, becomes: String(trades)))
  }

  private func inject(_ rule: FaultRule, _ stage: Stage) async throws {
    try await stage.venue.withWorld { world, _ in world.faults.add(rule) }
  }

  @Test func `a placement whose reply is lost is asked about and covered once`() async throws {
    try await TestStage.with { stage in
      try await inject(FaultRule(.loseReplies([.placeList]), hitsMax: 1), stage)
      _ = try await stage.bot.buy("0.01", of: "BTCUSDT", named: "bot-lost-reply")
      #expect(try await stage.covered("BTCUSDT") != nil)
      #expect(try await stage.isCoveredOnce("BTCUSDT"))
      #expect(try await stage.coverageCheck("BTCUSDT").held)
      let broken = try await stage.brokenInvariants()
      #expect(broken == [])
    }
  }

  @Test func `a placement that never arrived is proven absent and placed once`() async throws {
    try await TestStage.with { stage in
      try await inject(FaultRule(.loseRequests([.placeList]), hitsMax: 1), stage)
      _ = try await stage.bot.buy("0.01", of: "BTCUSDT", named: "bot-lost-request")
      #expect(try await stage.covered("BTCUSDT", within: .seconds(20)) != nil)
      #expect(try await stage.isCoveredOnce("BTCUSDT"))
    }
  }

  @Test func `an answer of 5xx after the placement was applied covers once`() async throws {
    try await TestStage.with { stage in
      try await inject(FaultRule(.failAfterApply([.placeList], .timeout), hitsMax: 2), stage)
      _ = try await stage.bot.buy("0.01", of: "BTCUSDT", named: "bot-5xx")
      #expect(try await stage.covered("BTCUSDT", within: .seconds(20)) != nil)
      #expect(try await stage.isCoveredOnce("BTCUSDT"))
      let broken = try await stage.brokenInvariants()
      #expect(broken == [])
    }
  }

  @Test func `events that come twice and out of order change nothing`() async throws {
    try await TestStage.with { stage in
      let range = DelayRange(.milliseconds(1), .milliseconds(30))
      try await inject(FaultRule(.duplicateEvents([], after: range)), stage)
      try await inject(FaultRule(.delayEvents([], by: range)), stage)
      for number in 1...3 { _ = try await stage.bot.buy("1", of: "SOLUSDT", named: "bot-twice-\(number)") }
      let covered = try await stage.covered("SOLUSDT", within: .seconds(20)) != nil
      let sight = try await stage.sight(of: "SOLUSDT")
      #expect(covered, "\(sight)")
      #expect(try await stage.isCoveredOnce("SOLUSDT"))
      let fills = try await fills("SOLUSDT", stage)
      #expect(fills.venue == 3)
      #expect(fills.sql.held, "SQL has \(fills.sql.seen)")
    }
  }

  @Test func `reads that fail with 5xx make the account unknown and never flat`() async throws {
    try await TestStage.with { stage in
      _ = try await stage.bot.buy("0.01", of: "BTCUSDT", named: "bot-reads")
      #expect(try await stage.covered("BTCUSDT") != nil)
      let before = try await stage.openOrders("BTCUSDT").map(\.id)
      try await inject(FaultRule(.failBeforeApply([.openOrders, .account], .timeout)), stage)
      let failed = try await Waiting.until(within: Stage.patience) {
        try await stage.database.value(
          Statement("incomplete sweeps", "select (count(*) >= 2)::text from backstop.sweeps where not is_complete"))
          == "true"
      }
      #expect(failed != nil)
      #expect(
        try await stage.openOrders("BTCUSDT").map(\.id) == before, "nothing was cancelled or placed on a failed read")
    }
  }
}
