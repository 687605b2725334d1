import PaperVenue
import Testing
import Trading

struct FilterTests {
  static let refusals: [(NewOrder, PaperError)] = [
    (.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000.001"), .filterFailure(.price)),
    (.limit(Bench.symbol, .buy, quantity: "0.01", price: "1000001"), .filterFailure(.price)),
    (.limit(Bench.symbol, .buy, quantity: "0.01", price: "29999"), .filterFailure(.percentPrice)),
    (.limit(Bench.symbol, .sell, quantity: "0.01", price: "120001"), .filterFailure(.percentPrice)),
    (.limit(Bench.symbol, .buy, quantity: "0.000001", price: "59000"), .filterFailure(.lotSize)),
    (.limit(Bench.symbol, .buy, quantity: "0.000015", price: "59000"), .filterFailure(.lotSize)),
    (.market(Bench.symbol, .buy, quantity: "121"), .filterFailure(.marketLotSize)),
    (.limit(Bench.symbol, .buy, quantity: "0.00008", price: "59000"), .filterFailure(.notional)),
    (.stopLoss(Bench.symbol, .sell, quantity: "0.01", stopPrice: "59000.005"), .filterFailure(.price)),
    (.limit(Bench.symbol, .buy, quantity: "0.000000001", price: "59000"), .precision("quantity")),
    (.market(Bench.symbol, .buy, quantity: "0"), .rejected("Price * QTY is zero or less.")),
    (.market("NOPE", .buy, quantity: "1"), .invalidSymbol),
    (
      NewOrder(symbol: Bench.symbol, side: .buy, type: .limit, quantity: "1", price: "5"),
      .missingParameter("timeInForce")
    ),
    (NewOrder(symbol: Bench.symbol, side: .buy, type: .stopLoss, quantity: "1"), .missingParameter("stopPrice")),
    (NewOrder(symbol: Bench.symbol, side: .buy, type: .market), .missingParameter("quantity")),
    (
      .market(Bench.symbol, .buy, quantity: "1", clientOrderID: "no blank"),
      .illegalCharacters("newClientOrderId", legal: "^[a-zA-Z0-9-_]{1,36}$")
    ),
  ]

  @Test(arguments: refusals) func `An illegal order is refused by name`(_ order: NewOrder, _ error: PaperError) {
    var bench = Bench(bitcoin: "1")
    #expect(bench.place(order).refusal == error)
    #expect(bench.ledger.openOrders == 0)
  }

  @Test func `Five algo orders fit and two-trigger OCOs take two places each`() {
    var bench = Bench(bitcoin: "10")
    func oco() -> NewOrderList {
      .oco(
        above: .takeProfit(Bench.symbol, .sell, quantity: "0.1", stopPrice: "61000"),
        below: .stopLoss(Bench.symbol, .sell, quantity: "0.1", stopPrice: "59000"))
    }
    #expect(bench.place(oco()).refusal == nil)
    #expect(bench.place(oco()).refusal == nil)
    #expect(bench.place(oco()).refusal == .filterFailure(.algoOrdersMax))
    let maker = NewOrderList.oco(
      above: .limitMaker(Bench.symbol, .sell, quantity: "0.1", price: "61000"),
      below: .stopLoss(Bench.symbol, .sell, quantity: "0.1", stopPrice: "59000"))
    #expect(bench.place(maker).refusal == nil)
    #expect(bench.place(maker).refusal == .filterFailure(.algoOrdersMax))
  }

  @Test func `Order and list counts are limited`() {
    var bench = Bench(bitcoin: "10")
    var filters = SymbolFilters()
    filters.ordersMax = 3
    filters.orderListsMax = 1
    bench.exchange.setFilters(filters, of: Bench.symbol)
    _ = bench.oco("0.1")
    let list = NewOrderList.oco(
      above: .limitMaker(Bench.symbol, .sell, quantity: "0.1", price: "61000"),
      below: .stopLoss(Bench.symbol, .sell, quantity: "0.1", stopPrice: "59000"))
    #expect(bench.place(list).refusal == .filterFailure(.ordersMax))
    filters.ordersMax = 200
    bench.exchange.setFilters(filters, of: Bench.symbol)
    #expect(bench.place(list).refusal == .filterFailure(.orderListsMax))
  }

  @Test func `CANCEL_ONLY refuses placements and takes cancels, HALT refuses both`() {
    var bench = Bench(bitcoin: "1")
    bench.place(.limit(Bench.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "en"))
    bench.exchange.setStatus(.halt, of: Bench.symbol)
    #expect(bench.cancel("en").refusal == .marketClosed)
    bench.exchange.setStatus(.cancelOnly, of: Bench.symbol)
    #expect(bench.place(.market(Bench.symbol, .buy, quantity: "0.01")).refusal == .marketClosed)
    #expect(bench.cancel("en").refusal == nil)
  }

  @Test func `Leg shapes that no OCO has are refused with their own codes`() {
    var bench = Bench(bitcoin: "1")
    let stop = NewOrder.stopLoss(Bench.symbol, .sell, quantity: "0.1", stopPrice: "59000")
    let maker = NewOrder.limitMaker(Bench.symbol, .sell, quantity: "0.1", price: "61000")
    let limit = NewOrder.limit(Bench.symbol, .sell, quantity: "0.1", price: "61000")
    #expect(bench.place(.oco(above: limit, below: stop)).refusal?.code == -1158)
    #expect(bench.place(.oco(above: maker, below: maker)).refusal?.code == -1198)
    #expect(bench.place(.oco(above: stop, below: maker)).refusal?.code == -1197)
    #expect(bench.place(.oco(above: stop, below: stop)).refusal == .priceRelation)
    var opo = NewOrderList(
      shape: .opo, symbol: Bench.symbol, working: .limit(Bench.symbol, .buy, quantity: "0.1", price: "59000"),
      pending: [stop])
    #expect(bench.place(opo).refusal?.code == -1225)
    opo.working?.side = .sell
    #expect(bench.place(opo).refusal?.code == -1222)
  }
}
