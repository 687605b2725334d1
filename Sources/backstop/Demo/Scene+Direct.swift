import PaperServer
import PaperVenue
import Postgres
import Trading

extension Scene {
  /// 5: `POST /v1/orders` places entry and legs in one request.
  static let direct = Scene("5", "Direct: POST /v1/orders places the entry and its legs in one request") {
    try await $0.directScene()
  }
}

extension Stage {
  fileprivate func directScene() async throws -> [Check] {
    let symbol: Symbol = "ADAUSDT"
    let started = ContinuousClock.now
    let answer = try await control.post(
      "/v1/orders",
      body:
        """
        {"account":"main","symbol":"ADAUSDT","side":"buy","type":"market","quantity":"500",
         "client_order_id":"bot-direct"}
        """
    )
    let took = ContinuousClock.now - started
    narrator.say("bot", "POST /v1/orders: buy 500 ADA at market")
    narrator.say(
      "guardian", "answered \(answer.status) after \(Narrator.milliseconds(took)): \(answer.body.prefix(160))")
    let view = try await ledger(symbol)
    let sellable = try await sellable(symbol)
    return [
      Check(
        .http, "the answer says that the entry is covered",
        (200..<300).contains(answer.status) && answer.body.contains("\"covered\""),
        seen: "status \(answer.status)"),
      Check(
        .venue, "when the answer came, stops covered what was bought less the fee",
        sellable.isPositive && view.stopCoverage == sellable, seen: "\(view.stopCoverage) of \(view.netPosition)"),
      try await sourceCheck(symbol, "direct"),
      try await coverageCheck(symbol),
    ]
  }
}
