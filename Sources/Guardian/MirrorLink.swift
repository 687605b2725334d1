import Configuration
import Logging
import Mirror
import Postgres
import Telemetry
import Trading
import Venue

/// The process's way to its mirror: the private database when none is named, the writer, and what was remembered.
///
/// No protection depends on it: with the database away a guardian starts with what the venue shows, and the writer keeps
/// trying (promise I6, fault DB01).
final class MirrorLink: Sendable {
  let database: MirrorDatabase?
  let writer: MirrorWriter?
  private let states: [AccountID: MirrorState]
  private let gauges: MirrorGauges
  private let log: Logger

  /// How long the start waits for the database before it goes on without.
  static let startPatience: Duration = .seconds(5)

  init(
    database: MirrorDatabase?, writer: MirrorWriter?, states: [AccountID: MirrorState], gauges: MirrorGauges,
    log: Logger
  ) {
    self.database = database
    self.writer = writer
    self.states = states
    self.gauges = gauges
    self.log = log
  }

  /// `nil` when nothing is remembered or the database could not be asked.
  func restored(_ account: AccountID) -> MirrorState? { states[account] }

  /// Never blocks.
  func record(_ facts: [Fact], of account: AccountID) { writer?.record(facts, account: account) }

  /// Writes out what waits, at most for `patience`, and stops the private server.
  func stop(within patience: Duration) async {
    gauges.stop()
    await OffLoop.run { [self] in
      writer?.stop(drainingMilliseconds: Int(patience.wholeMilliseconds))
      if let left = writer?.status.waitingFacts, left > 0 {
        log.warning(
          "facts not written to the mirror; the next start reads them from the venue", metadata: ["count": "\(left)"])
      }
      database?.stop(log)
    }
  }
}
