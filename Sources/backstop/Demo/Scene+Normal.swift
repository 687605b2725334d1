import PaperServer
import PaperVenue
import Postgres
import Trading

extension Scene {
  /// 1: MARKET entry → two OCO lists, placed by the stream layer.
  static let normal = Scene("1", "Normal: a market entry gets two OCO lists from the stream") {
    try await $0.normalScene()
  }
}

extension Stage {
  fileprivate func normalScene() async throws -> [Check] {
    let symbol: Symbol = "BTCUSDT"
    let entry = try await bot.buy("0.01", of: symbol, named: "bot-normal")
    narrator.say(
      "bot", "bought 0.01 BTC at market: order \(entry.venueOrderID), filled at \(entry.averagePrice ?? .zero)")
    let took = try await covered(symbol)
    let view = try await ledger(symbol)
    narrator.say(
      "venue",
      "\(view.openLists) OCO lists are live, stops sell \(view.stopCoverage), take-profits \(view.profitCoverage)")
    let orders = try await openOrders(symbol)
    for order in orders {
      narrator.say("venue", "  \(order.type.name.padded(to: 12)) sell \(order.quantity) at \(order.stopPrice)")
    }
    let sellable = try await sellable(symbol)
    let stops = Set(orders.filter(\.type.isStop).map(\.stopPrice))
    let targets = orders.filter { !$0.type.isStop }.map(\.stopPrice).sorted()
    let latency = try await latency(symbol)
    narrator.say("guardian", "from the fill's bytes to its orders on the wire: \(latency)")
    return [
      Check(
        .venue, "stops cover what was bought less the fee", took != nil && view.stopCoverage == sellable,
        seen: "\(view.stopCoverage) of \(view.netPosition)"
          + (took.map { ", after \(Narrator.milliseconds($0))" } ?? "")),
      Check(
        .venue, "two OCO lists, take-profits over the same quantity",
        view.openLists == 2 && view.profitCoverage == sellable,
        seen: "\(view.openLists) lists, \(view.profitCoverage)"),
      Check(
        .venue, "stop at 59400 (-1 %), take-profits at 60600 (+1 %) and 61200 (+2 %)",
        stops == ["59400"] && targets == ["60600", "61200"],
        seen: "\(stops.map(\.description)) \(targets.map(\.description))"),
      try await sourceCheck(symbol, "stream"),
      try await coverageCheck(symbol),
    ]
  }
}
