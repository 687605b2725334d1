import Settings
import EventLoop
import Logging
import Mirror
import Postgres
import Telemetry
import Trading
import Venue

/// The process's way to its mirror: the private database when none is named, the writer, and what was remembered.
///
/// No protection depends on it: with the database away a guardian starts with what the venue shows, and the writer
/// keeps trying (promise I6, fault DB01).
final class MirrorLink: Sendable {
  let database: MirrorDatabase?
  let writer: MirrorWriter?
  private let states: [AccountID: MirrorState]
  /// Accounts whose memory could not be read at the start.
  private let unread: Locked<[MirrorAccount]>
  private let gauges: MirrorGauges
  private let listener = Locked<BracketListener?>(nil)
  private let log: Logger

  /// How long the start waits for the database before it goes on without.
  static let startPatience: Duration = .seconds(5)

  init(
    database: MirrorDatabase?, writer: MirrorWriter?, claims: [MirrorAccount], states: [AccountID: MirrorState],
    gauges: MirrorGauges, log: Logger
  ) {
    self.database = database
    self.writer = writer
    self.states = states
    unread = Locked(claims.filter { states[$0.account] == nil })
    self.gauges = gauges
    self.log = log
  }

  /// `nil` when nothing is remembered or the database could not be asked.
  func restored(_ account: AccountID) -> MirrorState? { states[account] }

  /// Reads what could not be read at the start, once the database answers: rows of an earlier life would stay as that
  /// life left them (promise I6). Never blocks; `deliver` comes on a thread of its own.
  func readUnread(_ deliver: @escaping @Sendable (AccountID, MirrorState) -> Void) {
    guard let database, let writer, writer.status.isConnected else { return }
    let claims = unread.withLock { unread in
      defer { unread = [] }
      return unread
    }
    guard !claims.isEmpty else { return }
    Task { [log, unread] in
      let states = await Self.remembered(database, claims, log)
      unread.withLock { $0 += claims.filter { states[$0.account] == nil } }
      for (account, state) in states { deliver(account, state) }
    }
  }

  /// Never blocks.
  func record(_ facts: [Fact], of account: AccountID) { writer?.record(facts, account: account) }

  func refreshGauges() { gauges.refresh() }

  /// Tells of brackets that bots insert with SQL, from now on; `body` comes on a thread of its own.
  func deliverBrackets(
    of accounts: [AccountID], _ body: @escaping @Sendable (AccountID, BracketRegistration) -> Void
  ) throws(StartRefusal) {
    guard let database, writer != nil else { return }
    do throws(EventLoopError) {
      let fresh = try BracketListener(database.configuration, accounts: accounts, deliver: body)
      listener.withLock { $0 = fresh }
    } catch { throw StartRefusal(.system, "\(error)", "") }
  }

  /// Writes out what waits, at most for `patience`, and stops the private server.
  func stop(within patience: Duration) async {
    gauges.stop()
    await OffLoop.run { [self] in
      listener.withLock { $0 }?.stop()
      writer?.stop(drainingMilliseconds: Int(patience.wholeMilliseconds))
      if let left = writer?.status.waitingFacts, left > 0 {
        log.warning(
          "facts not written to the mirror; the next start reads them from the venue", metadata: ["count": "\(left)"])
      }
      database?.stop(log)
    }
  }
}
