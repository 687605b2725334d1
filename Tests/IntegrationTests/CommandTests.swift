import Foundation
import PaperServer
import PaperVenue
import Testing
import Trading

@testable import backstop

@Suite(.serialized) struct CommandTests {
  @Test(arguments: ["run", "demo", "plan", "sweep", "status", "migrate", "venue", "ws-echo", "version"])
  func `help of each command exits with 0 and shows examples`(command: String) async throws {
    let run = try await CommandRun.run([command, "--help"])
    #expect(run.status == 0)
    if command != "version" { #expect(run.output.contains("EXAMPLES")) }
  }

  @Test func `plan shows what a dead guardian would do and does nothing, then sweep does it`() async throws {
    try await TestStage.with { stage in
      try await stage.killGuardian()
      _ = try await stage.bot.buy("0.01", of: "BTCUSDT", named: "bot-plan")
      let plan = try await CommandRun.run(["plan", "--config", stage.files.configuration, "--json"])
      #expect(plan.status == 0, "\(plan.errors)")
      #expect(plan.output.contains("\"place_oco\""), "\(plan.output)")
      #expect(plan.output.contains("\"uncovered\""))
      #expect(try await stage.ledger("BTCUSDT").openOrders == 0, "a plan changes nothing")

      let sweep = try await CommandRun.run(["sweep", "--config", stage.files.configuration, "--json"])
      #expect(sweep.status == 0, "\(sweep.errors)")
      #expect(sweep.output.contains("\"covered\""), "\(sweep.output)")
      #expect(try await stage.covered("BTCUSDT") != nil)

      let empty = try await CommandRun.run(["plan", "--config", stage.files.configuration, "--check"])
      #expect(empty.status == 0, "\(empty.output)\(empty.errors)")
      let status = try await CommandRun.run(["status", "--config", stage.files.configuration])
      #expect(status.status == 0, "\(status.errors)")
      #expect(status.output.contains("BTCUSDT"))
    }
  }

  @Test func `SIGTERM ends the guardian within five seconds, with every leg in place`() async throws {
    try await TestStage.with { stage in
      _ = try await stage.bot.buy("0.01", of: "BTCUSDT", named: "bot-term")
      #expect(try await stage.covered("BTCUSDT") != nil)
      let before = try await stage.openOrders("BTCUSDT").map(\.id)
      let started = ContinuousClock.now
      #expect(try await stage.guardian.stop() == 0)
      #expect(ContinuousClock.now - started < .seconds(5))
      #expect(try await stage.openOrders("BTCUSDT").map(\.id) == before)
    }
  }
}
