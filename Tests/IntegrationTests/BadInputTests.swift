import Foundation
import PaperServer
import PaperVenue
import Postgres
import TestSupport
import Testing
import Trading

@testable import backstop

/// Whatever is wrong: a clear and specific message, a documented exit code, and nothing changed at the venue.
@Suite(.serialized) struct BadInputTests {
  struct Wrong: Sendable, CustomTestStringConvertible {
    var name: String
    /// Replaces the first text by the second in the configuration.
    var old: String
    var new: String
    var status: Int32
    var says: String
    var testDescription: String { name }

    init(_ name: String, _ old: String, _ new: String, status: Int32, says: String) {
      self.name = name
      self.old = old
      self.new = new
      self.status = status
      self.says = says
    }
  }

  static let configurations = [
    Wrong("unknown key", "state_dir:", "state_dri:", status: 65, says: "did you mean 'state_dir'?"),
    Wrong("percentage out of range", "stop: 1%", "stop: 150%", status: 65, says: "out of range"),
    Wrong("stop on the wrong side", "stop: 1%", "stop: -1%", status: 65, says: "wrong side"),
    Wrong("missing unit", "sweep_idle: 3s", "sweep_idle: 3", status: 65, says: "with its unit"),
    Wrong(
      "endpoints outside of paper", "environment: paper", "environment: demo", status: 65, says: "paper environment"),
    Wrong("missing key file", "secret.pem", "nowhere.pem", status: 77, says: "nowhere.pem"),
    Wrong("wrong secret", "secret_file: secret.pem", "secret_file: other.pem", status: 77, says: "refused the key"),
    Wrong("wrong kind of key", "kind: ed25519", "kind: rsa", status: 77, says: "cannot be used"),
    Wrong(
      "unknown symbol", "      default:",
      "      rules: [{name: r, symbols: [BTCUSDTT], bracket: ignore}]\n      default:",
      status: 65, says: "does not list BTCUSDTT"),
    Wrong("untrusted certificate", "/ca.pem", "/other-ca.pem", status: 65, says: "ca_file"),
  ]

  @Test(arguments: configurations)
  func `a wrong configuration is refused by run and plan before anything is sent`(wrong: Wrong) async throws {
    try await withVenue { venue, files in
      let other = try String(contentsOfFile: files.directory + "/other.pem", encoding: .utf8)
      #expect(!other.isEmpty)
      let text = try String(contentsOfFile: files.configuration, encoding: .utf8)
      try #require(text.contains(wrong.old))
      try StageFiles.write(text.replacing(wrong.old, with: wrong.new, maxReplacements: 1), to: files.configuration)
      for command in ["run", "plan"] {
        let run = try await CommandRun.run([command, "--config", files.configuration])
        #expect(run.status == wrong.status, "\(command) said: \(run.errors)\(run.output)")
        #expect(run.errors.contains(wrong.says), "\(command) said: \(run.errors)")
      }
      #expect(
        try await venue.withWorld { world, _ in world.exchange.ledger().isEmpty }, "the venue's ledger is untouched")
    }
  }

  @Test func `a missing configuration file is named`() async throws {
    let run = try await CommandRun.run(["run", "--config", "/nowhere/backstop.yml"])
    #expect(run.status == 66)
    #expect(run.errors.contains("/nowhere/backstop.yml"))
  }

  @Test(arguments: [["fly"], ["run", "--confg", "x"], ["venue"], ["venue", "--dir", "/tmp/x", "--tls-port", "99999"]])
  func `a wrong command line exits with 64`(arguments: [String]) async throws {
    let run = try await CommandRun.run(arguments)
    #expect(run.status == 64)
    #expect(!run.errors.isEmpty)
  }

  @Test func `an unreachable database stops migrate with its address and no password`() async throws {
    let run = try await CommandRun.run(["migrate", "--url", "postgresql://me:pa55word@127.0.0.1:1/none"])
    #expect(run.status == 69)
    #expect(run.errors.contains("127.0.0.1:1"))
    #expect(!run.errors.contains("pa55word"))
  }

  @Test func `an unreachable venue stops plan with its address`() async throws {
    try await withVenue { venue, files in
      let text = try String(contentsOfFile: files.configuration, encoding: .utf8)
      let free = try FreePort.find()
      try StageFiles.write(text.replacing(":\(venue.tls.port)", with: ":\(free)"), to: files.configuration)
      let run = try await CommandRun.run(["plan", "--config", files.configuration])
      #expect(run.status == 69)
      #expect(run.errors.contains("https://127.0.0.1:\(free)"))
    }
  }

  @Test func `a database of another environment is refused before anything is sent`() async throws {
    let database = try await offPool { try TestDatabase.make() }
    try await withVenue(database: database.conninfo) { venue, files in
      let migrated = try await CommandRun.run(["migrate", "--config", files.configuration])
      #expect(migrated.status == 0, "\(migrated.errors)")
      try await offPool {
        let connection = try database.connect()
        defer { connection.close() }
        try connection.execute(
          Statement("claim for live", "insert into backstop.installation (environment) values ('live')"))
      }
      let run = try await CommandRun.run(["run", "--config", files.configuration])
      #expect(run.status == 77)
      #expect(run.errors.contains("serves the live environment"))
      #expect(try await venue.withWorld { world, _ in world.exchange.ledger().isEmpty })
    }
  }

  /// A venue and a configuration for it, and a second key that the venue does not know.
  private func withVenue(
    database: String? = nil, _ body: (VenueServer, StageFiles) async throws -> Void
  ) async throws {
    let files = try StageFiles.temporary()
    let venue = try await VenueServer.start(DemoVenue.configuration(directory: files.venueDirectory))
    let conninfo = if let database { database } else { try await offPool { try TestDatabase.make().conninfo } }
    try files.write(venue: venue, database: conninfo, controlPort: 0)
    try StageFiles.write(try OtherKey.pem(), to: files.directory + "/other.pem")
    do { try await body(venue, files) } catch {
      try? await venue.stop()
      throw error
    }
    try await venue.stop()
    files.remove()
  }
}
