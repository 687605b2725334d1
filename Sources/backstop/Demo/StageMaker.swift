import EventLoop
import Guardian
import PaperServer
import Postgres
import Signing

/// Builds a stage with the guardian as a process of its own.
enum StageMaker {
  /// How long a guardian may take until it guards, private database included.
  static let startPatience: Duration = .seconds(30)

  static func make(
    files: StageFiles, conninfo: String, narrator: Narrator, executable: String = GuardianProcess.ownExecutable
  ) async throws -> Stage {
    let venue = try await VenueServer.start(DemoVenue.configuration(directory: files.venueDirectory))
    narrator.say(
      "demo", "paper venue speaks Binance's protocol over TLS at https://\(venue.tls.host):\(venue.tls.port)")
    let database = try StageDatabase(conninfo: conninfo)
    let port = try FreePort.find()
    try files.write(venue: venue, database: conninfo, controlPort: port)
    let token = files.controlToken
    let control = try ControlClient(host: "127.0.0.1", port: port) { try ControlToken.load(token) }
    let guardian = ChildGuardian(executable: executable, files: files, database: database)
    let stage = Stage(
      files: files, venue: venue, bot: try Bot(venue), database: database, narrator: narrator, control: control,
      guardian: guardian)
    _ = try await stage.startGuardian()
    return stage
  }
}

/// The guardian as a child process.
final class ChildGuardian: StageGuardian {
  private let executable: String
  private let files: StageFiles
  private let database: StageDatabase
  private let process = Locked<GuardianProcess?>(nil)

  init(executable: String, files: StageFiles, database: StageDatabase) {
    self.executable = executable
    self.files = files
    self.database = database
  }

  func start() async throws -> ContinuousClock.Instant {
    // Read first: on a busy machine the child's sweep is done before we look again.
    let before = WallClock.system.nowMicroseconds
    let child = try GuardianProcess.start(
      executable: executable, configuration: files.configuration, log: files.guardianLog)
    process.withLock { $0 = child }
    let ready = try await Waiting.value(within: StageMaker.startPatience) { () -> Int32? in
      if let status = child.poll() { return status }
      return await self.hasSweptOnStream(since: before) ? 0 : nil
    }
    let status = ready?.value
    guard status == 0, child.poll() == nil else {
      throw CommandFailure(
        .unavailable,
        "the guardian did not come up (exit code \(status.map { "\($0)" } ?? "none")); its log is \(files.guardianLog) and ends with:\n\(files.guardianLogTail)"
      )
    }
    return child.startedAt
  }

  func kill() async throws {
    process.withLock { slot -> GuardianProcess? in
      defer { slot = nil }
      return slot
    }?.killNow()
  }

  func stop() async throws -> Int32 {
    let child = process.withLock { slot -> GuardianProcess? in
      defer { slot = nil }
      return slot
    }
    return try await child?.stop() ?? 0
  }

  /// Whether a guardian started since then has completed a sweep that began with its stream open: then nothing can be
  /// missed any more. The one that the opening asked for may fail on a busy machine, and the next one does as well.
  /// Before the first start there is no table yet.
  private func hasSweptOnStream(since microseconds: Int64) async -> Bool {
    let statement = Statement(
      "complete sweeps on the stream",
      """
      select exists (
        select from backstop.sweeps opened join backstop.sweeps complete using (account, journal_id)
         where opened.trigger = 'stream_opened' and opened.started_at > $1
           and complete.is_complete and complete.started_at >= opened.started_at)::text
      """, [.timestamp(microseconds: microseconds)])
    return (try? await database.value(statement)) == "true"
  }
}
