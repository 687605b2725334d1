import Guardian
import PaperServer
import PaperVenue
import Postgres
import Trading

/// Where a scene plays: a paper venue over TLS, a bot with a key of its own, a real PostgreSQL, and a guardian between
/// them. Scenes judge by the venue's own ledger and by SQL, never by the guardian's word.
final class Stage: Sendable {
  let files: StageFiles
  let venue: VenueServer
  let bot: Bot
  let database: StageDatabase
  let narrator: Narrator
  let control: ControlClient
  let guardian: any StageGuardian

  /// What protection must never take longer than, in a scene.
  static let patience: Duration = .seconds(10)

  init(
    files: StageFiles, venue: VenueServer, bot: Bot, database: StageDatabase, narrator: Narrator,
    control: ControlClient,
    guardian: any StageGuardian
  ) {
    self.files = files
    self.venue = venue
    self.bot = bot
    self.database = database
    self.narrator = narrator
    self.control = control
    self.guardian = guardian
  }

  // MARK: - The guardian, from outside

  /// Ends the guardian as a crash does.
  func killGuardian() async throws { try await guardian.kill() }

  /// Starts it again.
  /// - Returns: when it was started.
  func startGuardian() async throws -> ContinuousClock.Instant { try await guardian.start() }

  // MARK: - The venue's own ledger

  func ledger(_ symbol: Symbol) async throws -> LedgerView {
    try await venue.withWorld { world, _ in
      guard let view = world.exchange.ledger(of: DemoVenue.account, symbol) else {
        throw CommandFailure(.software, "the venue does not list \(symbol)")
      }
      return view
    }
  }

  /// The part of what is held that the symbol's lot size lets anyone sell.
  func sellable(_ symbol: Symbol) async throws -> FixedDecimal {
    try await venue.withWorld { world, _ in
      guard let view = world.exchange.ledger(of: DemoVenue.account, symbol),
        let rules = world.exchange.rules(of: symbol)
      else { return .zero }
      return view.netPosition.rounded(toMultipleOf: rules.filters.stepSize, .down)
    }
  }

  func openOrders(_ symbol: Symbol) async throws -> [PaperOrder] {
    try await venue.withWorld { world, _ in world.exchange.openOrders(of: DemoVenue.account, symbol) }
  }

  /// Waits until live stops cover exactly what can be sold of a symbol.
  /// - Returns: how long it took; `nil` when it did not happen in time.
  func covered(_ symbol: Symbol, within limit: Duration = Stage.patience) async throws -> Duration? {
    try await Waiting.until(within: limit) {
      let view = try await self.ledger(symbol)
      let sellable = try await self.sellable(symbol)
      return sellable.isPositive && view.stopCoverage == sellable
    }
  }

  // MARK: - SQL

  /// Waits until the mirror says what is expected: it lags behind the venue by milliseconds.
  func sql(_ statement: Statement, becomes expected: String) async throws -> (held: Bool, seen: String) {
    var seen = ""
    let held = try await Waiting.until(within: Self.patience) {
      seen = try await self.database.value(statement)
      return seen == expected
    }
    return (held != nil, seen)
  }

  /// The check that every scene ends with: open lots are covered as SQL tells it.
  func coverageCheck(_ symbol: Symbol) async throws -> Check {
    let statement = Statement(
      "coverage of the scene's symbol",
      """
      select state || ' ' || trim_scale(covered) || ' of ' || trim_scale(position) from backstop.coverage
       where symbol = $1
      """,
      [.text(symbol.text)])
    var seen = ""
    let held = try await Waiting.until(within: Self.patience) {
      seen = try await self.database.value(statement)
      return seen.hasPrefix("covered ")
    }
    return Check(.sql, "the view coverage says that \(symbol) is covered", held != nil, seen: seen)
  }

  /// Which layer's legs a symbol has, such as `stream`.
  func sourceCheck(_ symbol: Symbol, _ expected: String) async throws -> Check {
    let (held, seen) = try await sql(
      Statement(
        "sources of the scene's legs",
        "select string_agg(distinct source, ',' order by source) from backstop.legs where symbol = $1",
        [.text(symbol.text)]), becomes: expected)
    return Check(.sql, "the legs of \(symbol) say source = \(expected)", held, seen: seen)
  }

  /// Guardian's own time from the fill's bytes to the first order on the wire, as the mirror recorded it. The second
  /// list waits for the venue's answer to the first, so only the first is our own time.
  func latency(_ symbol: Symbol) async throws -> String {
    let statement = Statement(
      "latency of the scene's first placement",
      """
      select coalesce((select round(latency_microseconds / 1000.0, 3)::text from backstop.actions
                        where symbol = $1 and command = 'place_oco' and state = 'accepted'
                        order by action_id limit 1), '')
      """, [.text(symbol.text)])
    let recorded = try await Waiting.value(within: Self.patience) {
      let text = try await database.value(statement)
      return text.isEmpty ? nil : text
    }
    return recorded.map { $0.value + " ms" } ?? "not recorded"
  }
}

/// A guardian that a stage can start and kill: a process of its own, or inside this one.
protocol StageGuardian: Sendable {
  func start() async throws -> ContinuousClock.Instant
  func kill() async throws
  /// Ends it in order; answers with its exit code.
  @discardableResult
  func stop() async throws -> Int32
}

extension Stage {
  /// Ends the guardian in order, then the venue.
  func close() async throws {
    try await guardian.stop()
    bot.close()
    try await venue.stop()
  }
}
