import PaperServer
import PaperVenue
import Postgres
import Trading

extension Scene {
  /// 3a: the venue closes the stream and refuses new ones; an entry fills meanwhile.
  static let streamClosed = Scene("3a", "Stream cut by closing: the sweep covers what filled meanwhile") { stage in
    let symbol: Symbol = "BNBUSDT"
    try await stage.venue.withWorld { world, now in
      world.faults.add(FaultRule(.refuseConnections, name: "closed", from: now, until: now + .seconds(3)))
      world.cutAll(at: now)
    }
    stage.narrator.say("venue", "closed every socket and refuses new ones for 3 s")
    _ = try await stage.bot.buy("1", of: symbol, named: "bot-closed")
    stage.narrator.say("bot", "bought 1 BNB at market while nobody listens")
    let took = try await stage.covered(symbol)
    return try await stage.sweepChecks(symbol, took)
  }

  /// 3b: pings and probes are answered, events are not sent.
  static let streamSilent = Scene("3b", "Stream cut silently: pings go on, events do not") { stage in
    let symbol: Symbol = "SOLUSDT"
    try await stage.venue.withWorld { world, _ in world.faults.add(FaultRule(.silenceStream, name: "silent")) }
    stage.narrator.say("venue", "answers pings and probes, and sends no more events")
    _ = try await stage.bot.buy("4", of: symbol, named: "bot-silent")
    stage.narrator.say("bot", "bought 4 SOL at market")
    let took = try await stage.covered(symbol)
    let checks = try await stage.sweepChecks(symbol, took)
    try await stage.venue.withWorld { world, _ in world.faults.removeAll() }
    return checks
  }
}

extension Stage {
  func sweepChecks(_ symbol: Symbol, _ took: Duration?) async throws -> [Check] {
    let view = try await ledger(symbol)
    let text = took.map { "after \(Narrator.milliseconds($0))" } ?? "not in time"
    narrator.say("venue", "stops sell \(view.stopCoverage) in \(view.openLists) lists, \(text)")
    return [
      Check(
        .venue, "stops cover what was bought although no event told of it", took != nil,
        seen: "\(view.stopCoverage) of \(view.netPosition), \(text)"),
      try await sourceCheck(symbol, "sweep"),
      try await coverageCheck(symbol),
    ]
  }
}
