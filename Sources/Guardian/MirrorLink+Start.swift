import Settings
import EventLoop
import Logging
import Mirror
import Postgres
import Telemetry
import Trading
import Venue

extension MirrorLink {
  /// An account as it was proven at the venue.
  struct Account: Sendable {
    var name: AccountID
    var fingerprint: String
  }

  /// Opens the database, claims it for these accounts, and reads what it remembers.
  ///
  /// - Parameter isReadOnly: write nothing at all, for `plan`.
  /// - Throws: `StartRefusal` when the database belongs to another environment or account, or was made by a newer
  ///   version. A database that does not answer is no reason not to protect: the writer keeps trying (fault DB01).
  static func start(
    _ configuration: BackstopConfiguration, accounts: [Account], isReadOnly: Bool, registry: MetricsRegistry,
    log: Logger
  ) async throws(StartRefusal) -> MirrorLink {
    let database = try await OffLoop.run {
      Result { () throws(StartRefusal) in try MirrorDatabase.open(configuration) }
    }
    .get()
    database.tell(log)
    let claims = accounts.map {
      MirrorAccount(
        account: $0.name, environment: configuration.environment,
        venue: "\(configuration.venue.name.rawValue)-\(configuration.venue.market.rawValue)",
        fingerprint: $0.fingerprint)
    }
    do throws(StartRefusal) {
      var writer: MirrorWriter?
      if !isReadOnly {
        writer = try startWriter(database, claims)
        try await writer.awaitDatabase(log)
      }
      let states = await remembered(database, claims, log)
      return MirrorLink(
        database: database, writer: writer, claims: claims, states: states, gauges: MirrorGauges(registry, writer),
        log: log)
    } catch {
      await OffLoop.run { database.stop(log) }
      throw error
    }
  }

  private static func startWriter(
    _ database: MirrorDatabase, _ claims: [MirrorAccount]
  ) throws(StartRefusal) -> MirrorWriter {
    do throws(EventLoopError) { return try MirrorWriter(database.configuration, accounts: claims) } catch {
      throw StartRefusal(.system, "\(error)", "")
    }
  }

  /// `nil` states are no harm: then the venue alone must do.
  static func remembered(
    _ database: MirrorDatabase, _ claims: [MirrorAccount], _ log: Logger
  ) async -> [AccountID: MirrorState] {
    await OffLoop.run {
      let reader = MirrorReader(database.configuration)
      defer { reader.close() }
      var states: [AccountID: MirrorState] = [:]
      for claim in claims {
        do throws(MirrorError) { states[claim.account] = try reader.restore(claim.account) } catch {
          log.warning(
            "nothing was read from the mirror; the venue alone must do",
            metadata: ["account": "\(claim.account)", "detail": "\(error)"])
        }
      }
      return states
    }
  }
}

extension MirrorWriter? {
  /// Waits until the database is connected, refuses us, or has not answered for `MirrorLink.startPatience`.
  fileprivate func awaitDatabase(_ log: Logger) async throws(StartRefusal) {
    guard let writer = self else { return }
    let clock = MonotonicClock.system
    let start = Instant(nanoseconds: clock.nowNanoseconds)
    while true {
      switch writer.status.state {
      case .connected: return
      case .refused(let error):
        await OffLoop.run { writer.stop(drainingMilliseconds: 0) }
        throw StartRefusal(error.isMixture ? .environment : .unavailable, "\(error)", "")
      case .starting, .disconnected, .stopped: break
      }
      guard Instant(nanoseconds: clock.nowNanoseconds) - start < MirrorLink.startPatience else {
        let detail = writer.status.lastError.map { "\($0)" } ?? "no answer yet"
        log.warning(
          "database does not answer; guarding without the mirror until it does", metadata: ["detail": "\(detail)"])
        return
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}

extension MirrorError {
  /// The database is there and is for somebody else.
  fileprivate var isMixture: Bool {
    switch self {
    case .environmentDiffers, .accountDiffers: true
    case .unreadable, .migration, .postgres: false
    }
  }
}
