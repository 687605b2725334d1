import PaperServer
import PaperVenue
import Postgres
import Trading

extension Scene {
  /// 3a: the venue closes the stream and refuses new ones; an entry fills meanwhile.
  static let streamClosed = Scene("3a", "Stream cut by closing: the sweep covers what filled meanwhile") {
    try await $0.streamClosedScene()
  }

  /// 3b: pings and probes are answered, events are not sent.
  static let streamSilent = Scene("3b", "Stream cut silently: pings go on, events do not") {
    try await $0.streamSilentScene()
  }
}

extension Stage {
  fileprivate func streamClosedScene() async throws -> [Check] {
    let symbol: Symbol = "BNBUSDT"
    try await venue.withWorld { world, now in
      world.faults.add(FaultRule(.refuseConnections, name: "closed", from: now, until: now + .seconds(3)))
      world.cutAll(at: now)
    }
    narrator.say("venue", "closed every socket and refuses new ones for 3 s")
    _ = try await bot.buy("1", of: symbol, named: "bot-closed")
    narrator.say("bot", "bought 1 BNB at market while nobody listens")
    let took = try await covered(symbol)
    return try await sweepChecks(symbol, took)
  }

  fileprivate func streamSilentScene() async throws -> [Check] {
    let symbol: Symbol = "SOLUSDT"
    try await venue.withWorld { world, _ in world.faults.add(FaultRule(.silenceStream, name: "silent")) }
    narrator.say("venue", "answers pings and probes, and sends no more events")
    _ = try await bot.buy("4", of: symbol, named: "bot-silent")
    narrator.say("bot", "bought 4 SOL at market")
    let took = try await covered(symbol)
    let checks = try await sweepChecks(symbol, took)
    try await venue.withWorld { world, _ in world.faults.removeAll() }
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
