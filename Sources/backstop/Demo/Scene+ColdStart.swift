import PaperServer
import PaperVenue
import Postgres
import Trading

extension Scene {
  /// 4: the guardian is killed with `kill -9` while entries fill, and started again.
  static let coldStart = Scene("4", "Cold start: killed with kill -9 while entries fill, then started again") {
    try await $0.coldStartScene()
  }
}

extension Stage {
  fileprivate func coldStartScene() async throws -> [Check] {
    let first: Symbol = "XRPUSDT"
    let second: Symbol = "LTCUSDT"
    _ = try await bot.buy("200", of: first, named: "bot-cold-1")
    try await killGuardian()
    narrator.say("demo", "bought 200 XRP, and killed the guardian with SIGKILL at the same moment")
    _ = try await bot.buy("4", of: second, named: "bot-cold-2")
    narrator.say("bot", "bought 4 LTC while the guardian is dead")
    let naked = try await ledger(second)
    let startedAt = try await startGuardian()
    narrator.say("demo", "started the guardian again")
    let tookFirst = try await covered(first)
    let tookSecond = try await covered(second)
    let whole = ContinuousClock.now - startedAt
    let snapshot = try await firstSnapshotDuration()
    narrator.say(
      "venue",
      "both are covered \(Narrator.milliseconds(whole)) after the start; its first snapshot took "
        + Narrator.milliseconds(snapshot)
    )
    let isCovered = tookFirst != nil && tookSecond != nil
    let isFirstOnce = try await isCoveredOnce(first)
    let isSecondOnce = try await isCoveredOnce(second)
    return [
      Check(.venue, "nothing covered the entry while the guardian was dead", naked.stopCoverage.isZero),
      Check(.venue, "both entries are covered", isCovered),
      Check(
        .venue, "that took at most 2 s from the start plus one snapshot", whole <= .seconds(2) + snapshot,
        seen: Narrator.milliseconds(whole), isTiming: true),
      Check(.venue, "no leg was placed twice", isFirstOnce && isSecondOnce),
      try await sourceCheck(second, "sweep"),
      try await coverageCheck(first),
      try await coverageCheck(second),
    ]
  }
}

extension Stage {
  /// The stops sell exactly what is held: neither a hole nor a second cover.
  func isCoveredOnce(_ symbol: Symbol) async throws -> Bool {
    let stops = try await openOrders(symbol).filter(\.type.isStop)
    let sellable = try await sellable(symbol)
    return stops.reduce(FixedDecimal.zero) { $0 + $1.remainingQuantity } == sellable
  }

  /// How long the newest complete sweep of a start took, as the mirror recorded it.
  func firstSnapshotDuration() async throws -> Duration {
    let statement = Statement(
      "duration of the newest start's sweep",
      """
      select (extract(epoch from max(finished_at - started_at)) * 1000)::bigint
        from backstop.sweeps
       where is_complete and started_at > now() - interval '20 seconds' and trigger in ('start', 'stream_opened')
      """)
    let found = try await Waiting.value(within: Self.patience) {
      Int64(try await self.database.value(statement)).map { Duration.milliseconds($0) }
    }
    return found?.value ?? .zero
  }
}
