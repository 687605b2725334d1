import PaperServer
import PaperVenue
import Postgres
import Trading
import Venue

extension Scene {
  /// 2: a LIMIT entry fills in pieces; each increment is covered at once.
  static let partialFills = Scene("2", "Partial fills: a limit entry fills in four pieces, each is covered at once") {
    try await $0.partialFillsScene()
  }
}

extension Stage {
  fileprivate func partialFillsScene() async throws -> [Check] {
    let symbol: Symbol = "ETHUSDT"
    let name: ClientOrderID = "bot-partial"
    try await venue.withWorld { world, _ in
      var depth = DepthModel.unlimited
      depth.fillsRestingByHand = true
      world.configure { $0.setDepth(depth, of: symbol) }
    }
    _ = try await bot.place(
      EntryPlacement(symbol: symbol, clientOrderID: name, side: .buy, type: .limit, quantity: "1", price: "2990"))
    narrator.say("bot", "bids for 1 ETH at 2990 and waits")
    var checks: [Check] = []
    var filled = FixedDecimal.zero
    for piece: FixedDecimal in ["0.25", "0.05", "0.3", "0.4"] {
      try await fill(name, of: symbol, piece)
      filled += piece
      let took = try await covered(symbol)
      let view = try await ledger(symbol)
      let text = took.map { "after \(Narrator.milliseconds($0))" } ?? "not in time"
      narrator.say(
        "venue",
        "filled \(piece), \(filled) in all; stops sell \(view.stopCoverage) in \(view.openLists) lists, \(text)")
      checks.append(
        Check(
          .venue, "after \(filled) ETH the stops cover it less the fee", took != nil,
          seen: "\(view.stopCoverage) of \(view.netPosition), \(text)"))
    }
    let (isExact, fee) = try await exactness(symbol)
    checks.append(isExact)
    narrator.say("venue", "fees took \(fee) ETH out of the 1 ETH bought")
    checks.append(try await coverageCheck(symbol))
    let (held, seen) = try await sql(
      Statement(
        "fills of the scene's entry",
        """
        select count(*) || ' fills, ' || trim_scale(sum(quantity)) from backstop.fills
         where symbol = $1 and side = 'buy'
        """,
        [.text(symbol.text)]), becomes: "4 fills, 1")
    checks.append(Check(.sql, "four fills of 1 ETH in all, each once", held, seen: seen))
    return checks
  }
}

extension Stage {
  /// Somebody sells to the bot's resting bid.
  private func fill(_ name: ClientOrderID, of symbol: Symbol, _ quantity: FixedDecimal) async throws {
    try await venue.withWorld { world, now in
      guard
        let order = world.exchange.openOrders(of: DemoVenue.account, symbol).first(where: { $0.clientOrderID == name })
      else { throw CommandFailure(.software, "the venue has no open order \(name)") }
      _ = world.change(at: now) { exchange in
        let outcome = exchange.fill(DemoVenue.account, order.key, quantity: quantity, at: now)
        return (outcome.result, outcome.events)
      }
    }
  }

  /// At the end exactly what was executed less base-asset fees is covered, in legal sizes.
  func exactness(_ symbol: Symbol) async throws -> (check: Check, fee: FixedDecimal) {
    let view = try await ledger(symbol)
    let orders = try await openOrders(symbol)
    let rules = try await venue.withWorld { world, _ in world.exchange.rules(of: symbol) }
    let step = rules?.filters.stepSize ?? .zero
    let least = rules?.filters.notionalMin ?? .zero
    let isLegal = orders.allSatisfy { order in
      // A maker take-profit has a limit price and no stop price.
      order.quantity.isMultiple(of: step) && order.quantity * FixedDecimal.max(order.stopPrice, order.price) >= least
    }
    let uncovered = view.netPosition - view.stopCoverage
    let isExact = !uncovered.isNegative && uncovered < step
    return (
      Check(
        .venue, "exactly executed less fees is covered, in sizes legal for the symbol", isExact && isLegal,
        seen: "\(view.stopCoverage) of \(view.netPosition), step \(step)"), view.totals.baseFees
    )
  }
}
