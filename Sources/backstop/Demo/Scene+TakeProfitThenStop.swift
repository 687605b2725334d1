import PaperServer
import PaperVenue
import Postgres
import Trading

extension Scene {
  /// 6: the price moves through the first take-profit, later through the stop. Plays on scene 1's position.
  static let takeProfitThenStop = Scene("6", "Take-profit, then stop: the price runs through TP1 and later through SL")
  { try await $0.takeProfitThenStopScene() }
}

extension Stage {
  fileprivate func takeProfitThenStopScene() async throws -> [Check] {
    let symbol: Symbol = "BTCUSDT"
    var checks: [Check] = []
    try await venue.setPrice("60650", of: symbol)
    narrator.say("venue", "BTC moves to 60650, through the first take-profit at 60600")
    let halved = try await Waiting.until(within: Self.patience) { try await ledger(symbol).openLists == 1 }
    let view = try await ledger(symbol)
    checks.append(
      Check(
        .venue, "the first list is gone with its sibling, the second still covers the rest",
        try await covered(symbol) != nil && halved != nil,
        seen: "\(view.openLists) list, stops sell \(view.stopCoverage)"))
    try await venue.setPrice("59350", of: symbol)
    narrator.say("venue", "BTC falls to 59350, through the stop at 59400")
    let flat = try await Waiting.until(within: Self.patience) { try await ledger(symbol).openOrders == 0 }
    let end = try await ledger(symbol)
    checks.append(
      Check(
        .venue, "everything is sold and no order is left behind", flat != nil && end.netPosition < "0.00001",
        seen: "\(end.netPosition) BTC, \(end.openOrders) orders"))
    checks += try await profitChecks(symbol)
    return checks
  }
}

extension Stage {
  /// The lot as SQL tells it against profit and loss computed from the venue's own trades.
  func profitChecks(_ symbol: Symbol) async throws -> [Check] {
    let lot = Statement(
      "the scene's closed lot",
      """
      select close_reason || '|' || array_to_string(reasons, ',') || '|' || trim_scale(realized_pnl)
        from backstop.closed_lots where symbol = $1
      """, [.text(symbol.text)])
    let row = try await Waiting.value(within: Self.patience) { () -> String? in
      let text = try await self.database.value(lot)
      return text.isEmpty ? nil : text
    }?.value
    let parts = (row ?? "").split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let expected = try await profitByTrades(symbol)
    let seen = parts.count == 3 ? parts : ["", "", ""]
    narrator.say(
      "sql", "lot closed: \(seen[0]) after \(seen[1]), profit \(seen[2]) USDT; the venue's trades say \(expected)")
    let orphans = try await sql(Statement("orphans", "select count(*)::text from backstop.orphans"), becomes: "0")
    return [
      Check(
        .sql, "the lot is closed, close_reason = stop_loss after a take_profit",
        seen[0] == "stop_loss" && seen[1] == "stop_loss,take_profit", seen: "\(seen[0]) (\(seen[1]))"),
      Check(
        .sql, "profit and loss equals the venue's trades to the last digit", seen[2] == expected.text(),
        seen: "\(seen[2]) and \(expected)"),
      Check(.sql, "no orphan is left", orphans.held, seen: orphans.seen),
    ]
  }

  /// What the venue's own trades earned: quote received less quote paid for the part that was sold, less fees. The
  /// entry is one trade at one price, so the cost of a part is exact.
  private func profitByTrades(_ symbol: Symbol) async throws -> FixedDecimal {
    let trades = try await venue.withWorld { world, _ in world.exchange.trades(of: DemoVenue.account, symbol) }
    var profit = FixedDecimal.zero
    var cost = FixedDecimal.zero
    for trade in trades {
      let fee = trade.commissionAsset == "USDT" ? trade.commission : trade.commission * trade.price
      switch trade.side {
      case .buy:
        cost = trade.price
        profit = profit - fee
      case .sell: profit += trade.quote - cost * trade.quantity - fee
      }
    }
    return profit
  }
}
