import Foundation
import Mirror
import PaperServer
import Postgres
import PaperVenue
import TestSupport
import Trading

@testable import backstop

/// A stage of the demo for one test: a database of its own, a paper venue over TLS, and the guardian as a process.
enum TestStage {
  /// The built program, beside the test bundle.
  static var executable: String {
    let own = URL(filePath: GuardianProcess.ownExecutable).deletingLastPathComponent()
    return own.appending(path: "backstop").path(percentEncoded: false)
  }

  /// Runs `body` on a stage and takes it down again, whatever happens.
  static func with(
    database: (@Sendable () async throws -> String)? = nil, _ body: (Stage) async throws -> Void
  ) async throws {
    let conninfo =
      if let database { try await database() } else { try await offPool { try TestDatabase.make().conninfo } }
    let files = try StageFiles.temporary()
    let stage = try await StageMaker.make(
      files: files, conninfo: conninfo, narrator: Narrator(isQuiet: true), executable: executable)
    do { try await body(stage) } catch {
      try? await stage.close()
      throw error
    }
    try await stage.close()
    files.remove()
  }
}

extension Stage {
  /// What venue and mirror say of a symbol, for the message of a failed expectation.
  func sight(of symbol: Symbol) async throws -> String {
    let view = try await ledger(symbol)
    let orders = try await openOrders(symbol).map {
      "\($0.type.name) \($0.quantity) @ \($0.stopPrice) \($0.status.name)"
    }
    let coverage = try await database.rows(
      Statement(
        "coverage", "select state, position, covered, reasons from backstop.coverage where symbol = $1",
        [.text(symbol.text)]))
    let actions = try await database.rows(
      Statement(
        "actions",
        """
        select command, quantity, state, reason, coalesce(rejection, '') from backstop.actions where symbol = $1
         order by sent_at desc limit 8
        """, [.text(symbol.text)]))
    return
      "net \(view.netPosition), stops \(view.stopCoverage), orders \(orders), coverage \(coverage), actions \(actions)"
  }

  /// Every invariant of `sql/checks` that is broken, once the mirror has had time to settle.
  func brokenInvariants() async throws -> [String] {
    let conninfo = database.conninfo
    var broken: [String] = []
    _ = try await Waiting.until(within: Self.patience) {
      broken = try await offPool {
        let reader = MirrorReader(PostgresConfiguration(conninfo: conninfo))
        defer { reader.close() }
        return try reader.brokenInvariants().map { "\($0.check): \($0.evidence.columns) \($0.evidence.rows)" }
      }
      return broken.isEmpty
    }
    return broken
  }
}
