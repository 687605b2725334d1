import Foundation
import Mirror
import PaperServer
import Postgres
import TestSupport

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
  /// Every invariant of `sql/checks` that is broken, once the mirror has had time to settle.
  func brokenInvariants() async throws -> [String] {
    let conninfo = database.conninfo
    var broken: [String] = []
    _ = try await Waiting.until(within: Self.patience) {
      broken = try await offPool {
        let reader = MirrorReader(PostgresConfiguration(conninfo: conninfo))
        defer { reader.close() }
        return try reader.brokenInvariants().map { "\($0.check): \($0.invariant)" }
      }
      return broken.isEmpty
    }
    return broken
  }
}
