import EventLoop
import PaperServer
import PaperVenue
import Postgres
import TestSupport
import Testing
import Trading

@testable import backstop

@Suite(.serialized) struct DatabaseOutageTests {
  @Test func `with the database gone legs are placed, and afterwards nothing is lost or doubled`() async throws {
    // Not one that goes with its process: such a server takes its folder along when it stops.
    let folder = try temporaryDirectory()
    let configuration = EmbeddedServer.Configuration(stateDirectory: folder)
    defer { StageFiles(directory: folder).remove() }
    let server = try await offPool { try EmbeddedServer.start(configuration) }
    try await TestStage.with(database: { server.conninfo() }) { stage in
      _ = try await stage.bot.buy("0.01", of: "BTCUSDT", named: "bot-before")
      #expect(try await stage.covered("BTCUSDT") != nil)
      #expect(try await stage.coverageCheck("BTCUSDT").held)

      try await offPool { try server.stop(.immediate) }
      _ = try await stage.bot.buy("0.5", of: "ETHUSDT", named: "bot-during")
      #expect(try await stage.covered("ETHUSDT") != nil, "no leg waits for the database")
      try await stage.venue.setPrice("60650", of: "BTCUSDT")
      let halved = try await Waiting.until(within: Stage.patience) { try await stage.ledger("BTCUSDT").openLists == 1 }
      #expect(halved != nil)

      let again = try await offPool { try EmbeddedServer.start(configuration) }
      #expect(try await stage.coverageCheck("ETHUSDT").held)
      for symbol: Symbol in ["BTCUSDT", "ETHUSDT"] {
        let trades = try await stage.venue.withWorld { world, _ in
          world.exchange.trades(of: DemoVenue.account, symbol).count
        }
        let statement = Statement(
          "count fills", "select count(*)::text from backstop.fills where symbol = $1", [.text(symbol.text)])
        let (held, seen) = try await stage.sql(statement, becomes: String(trades))
        #expect(held, "\(symbol): the venue has \(trades) fills, SQL has \(seen)")
      }
      let broken = try await stage.brokenInvariants()
      #expect(broken == [])
      try await stage.guardian.stop()
      try await offPool { try again.stop(.fast) }
    }
  }

  @Test func `rows of an earlier life are brought up to date after a start without the database`() async throws {
    let folder = try temporaryDirectory()
    let configuration = EmbeddedServer.Configuration(stateDirectory: folder)
    defer { StageFiles(directory: folder).remove() }
    let server = try await offPool { try EmbeddedServer.start(configuration) }
    try await TestStage.with(database: { server.conninfo() }) { stage in
      _ = try await stage.bot.buy("0.01", of: "BTCUSDT", named: "bot-earlier")
      #expect(try await stage.covered("BTCUSDT") != nil)
      #expect(try await stage.coverageCheck("BTCUSDT").held)

      try await stage.guardian.kill()
      try await offPool { try server.stop(.immediate) }
      try await stage.venue.setPrice("60650", of: "BTCUSDT")
      try await stage.venue.setPrice("59350", of: "BTCUSDT")

      async let started = stage.guardian.start()
      let goesOn = try await Waiting.until(within: StageMaker.startPatience) {
        stage.files.guardianLogTail.contains("guarding without the mirror")
      }
      #expect(goesOn != nil)
      let again = try await offPool { try EmbeddedServer.start(configuration) }
      _ = try await started
      let open = Statement("open lots", "select count(*)::text from backstop.open_lots where symbol = 'BTCUSDT'")
      let (held, seen) = try await stage.sql(open, becomes: "0")
      #expect(held, "SQL shows \(seen) open lots of a position that the venue has sold")
      let broken = try await stage.brokenInvariants()
      #expect(broken == [])
      try await stage.guardian.stop()
      try await offPool { try again.stop(.fast) }
    }
  }
}
