import Trading
import Venue

/// One command of each kind, with the ids of the recorded answers, so that a mutated answer still finds its order.
enum SampleCommands {
  static let all: [VenueCommand] = [
    .placeOCO(
      OCOPlacement(
        symbol: "BTCUSDT", listClientOrderID: "ol-01J9ZC", quantity: "0.00049",
        takeProfit: LegTerms(clientOrderID: "tp-01J9ZC", type: .takeProfit, triggerPrice: "60600"),
        stop: LegTerms(clientOrderID: "sl-01J9ZC", type: .stopLoss, triggerPrice: "59400"))),
    .placeLeg(
      LegPlacement(
        symbol: "BTCUSDT", quantity: "0.00049",
        terms: LegTerms(clientOrderID: "sl-01J9ZC", type: .stopLoss, triggerPrice: "59400"))),
    .placeEntry(
      EntryPlacement(symbol: "BTCUSDT", clientOrderID: "entry-1", side: .buy, type: .market, quantity: "0.001")),
    .amend(
      Amendment(symbol: "BTCUSDT", venueOrderID: 12, clientOrderID: "sl-01J9ZC", newQuantity: "0.0003")),
    .cancelOrder(OrderCancel(symbol: "BTCUSDT", venueOrderID: 12)),
    .cancelList(ListCancel(symbol: "BTCUSDT", orderListID: 31)),
  ]
}
