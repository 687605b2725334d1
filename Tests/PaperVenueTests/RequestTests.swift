import PaperVenue
import Testing
import Trading

/// Every request through the one door that a wire server and a simulator use, and what each is answered.
struct RequestTests {
  private static let symbol = Bench.symbol

  /// One resting order `a`, a pair `list` of `tp` and `sl`, and one filled entry `en`.
  private func bench() -> Bench {
    var bench = Bench(bitcoin: "1")
    bench.place(.market(Self.symbol, .buy, quantity: "0.01", clientOrderID: "en"))
    bench.place(.limit(Self.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "a"))
    _ = bench.oco("0.1")
    return bench
  }

  private func ask(_ request: PaperRequest, _ bench: inout Bench) -> Result<PaperReply, PaperError> {
    bench.exchange.perform(request, for: Bench.account, at: bench.tick()).result
  }

  private func refusal(_ request: PaperRequest) -> PaperError? {
    var bench = bench()
    guard case .failure(let error) = ask(request, &bench) else { return nil }
    return error
  }

  /// A reply in one word and a count.
  private static func word(_ reply: PaperReply) -> String {
    switch reply {
    case .placed(let placed): "placed \(placed.trades.count)"
    case .tested: "tested"
    case .placedList(let report): "list of \(report.orders.count)"
    case .canceled(let canceled): "canceled \(canceled.order.clientOrderID)"
    case .canceledList(let report): "canceled list of \(report.orders.count)"
    case .canceledAll(let items): "canceled \(items.count)"
    case .amended(let amended): "amended to \(amended.order.quantity)"
    case .cancelReplaced(let report): "replaced \(report.status) \(report.code)"
    case .order(let order): "order \(order.clientOrderID)"
    case .orders(let orders): "orders \(orders.count)"
    case .trades(let trades): "trades \(trades.count)"
    case .list(let list): "list \(list.clientOrderID)"
    case .lists(let lists): "lists \(lists.count)"
    case .amendments(let rows): "amendments \(rows.count)"
    case .account(let report): "account \(report.balances.count)"
    }
  }

  private static let limit = NewOrder.limit(symbol, .buy, quantity: "0.01", price: "58000", clientOrderID: "b")
  private static let lookup = OrderLookup(symbol, clientOrderID: "a")

  @Test(arguments: [
    (PaperRequest.place(limit), "placed 0"), (.place(.market(symbol, .buy, quantity: "0.01")), "placed 1"),
    (.test(limit), "tested"),
    (
      .placeList(
        .oto(
          working: .limit(symbol, .buy, quantity: "0.01", price: "58000"),
          pending: .stopLoss(symbol, .sell, quantity: "0.01", stopPrice: "57000"))), "list of 2"
    ),
    (.cancel(CancelOrder(lookup)), "canceled a"),
    (.cancel(CancelOrder(OrderLookup(symbol, clientOrderID: "sl"))), "canceled list of 2"),
    (.cancelList(CancelList(symbol, ListLookup(clientOrderID: "list"))), "canceled list of 2"),
    (.cancelAll(symbol), "canceled 2"),
    (.amend(AmendOrder(lookup, newQuantity: "0.005")), "amended to 0.005"),
    (
      .cancelReplace(CancelReplace(cancel: CancelOrder(lookup), order: limit, mode: .stopOnFailure)),
      "replaced 200 0"
    ),
    (.order(lookup), "order a"), (.openOrders(nil), "orders 3"), (.openOrders(symbol), "orders 3"),
    (.openOrders("ETHUSDT"), "orders 0"), (.allOrders(OrderHistoryQuery(symbol)), "orders 4"),
    (.allOrders(OrderHistoryQuery(symbol, limit: 2)), "orders 2"), (.trades(TradeQuery(symbol)), "trades 1"),
    (.list(ListLookup(clientOrderID: "list")), "list list"), (.openLists, "lists 1"),
    (.allLists(ListHistoryQuery()), "lists 1"), (.allLists(ListHistoryQuery(fromID: 9_999_999)), "lists 0"),
    (.amendments(AmendmentQuery(symbol, orderID: 1)), "amendments 0"),
    (.account(omitsZeroBalances: true), "account 2"), (.account(omitsZeroBalances: false), "account 4"),
  ])
  func `a request gets the answer of its kind`(request: PaperRequest, word: String) {
    var bench = bench()
    let result = ask(request, &bench)
    guard case .success(let reply) = result else {
      Issue.record("\(request.kind): \(result)")
      return
    }
    #expect(Self.word(reply) == word)
    #expect(bench.exchange.brokenInvariant() == nil)
    if !request.kind.isWrite { #expect(bench.exchange.openOrders(of: Bench.account).count == 3) }
  }

  @Test(arguments: [
    (PaperRequest.test(.market(symbol, .buy, quantity: "0.0000001")), PaperError.filterFailure(.lotSize)),
    (.order(OrderLookup(symbol)), .missingParameter("orderId")),
    (.order(OrderLookup(symbol, clientOrderID: "nobody")), .noSuchOrder),
    (.order(OrderLookup(symbol, orderID: 999_999_999)), .noSuchOrder),
    (.order(OrderLookup("NOPE", clientOrderID: "a")), .invalidSymbol),
    (.cancel(CancelOrder(OrderLookup(symbol))), .missingParameter("orderId")),
    (.cancel(CancelOrder(OrderLookup(symbol, clientOrderID: "en"))), .unknownOrder),
    (.cancel(CancelOrder(lookup, restriction: .onlyPartiallyFilled)), .cancelRestricted),
    (
      .cancel(CancelOrder(lookup, newClientOrderID: "no blank")),
      .illegalCharacters("newClientOrderId", legal: "^[a-zA-Z0-9-_]{1,36}$")
    ),
    (.cancelAll("ETHUSDT"), .unknownOrder), (.cancelAll("NOPE"), .invalidSymbol),
    (.cancelList(CancelList(symbol, ListLookup(clientOrderID: "nobody"))), .unknownOrder),
    (.cancelList(CancelList("ETHUSDT", ListLookup(clientOrderID: "list"))), .unknownOrder),
    (.list(ListLookup()), .missingParameter("orderListId")), (.list(ListLookup(listID: 77)), .noSuchList),
    (.amend(AmendOrder(OrderLookup(symbol), newQuantity: "0.001")), .missingParameter("orderId")),
    (.allOrders(OrderHistoryQuery(symbol, limit: 0)), .illegalCharacters("limit", legal: "[1, 1000]")),
    (.trades(TradeQuery(symbol, fromID: 1, start: WorldTests.start)), .badCombination),
    (.trades(TradeQuery(symbol, orderID: 1, end: WorldTests.start)), .badCombination),
    (.allLists(ListHistoryQuery(fromID: 1, start: WorldTests.start)), .badCombination),
    (
      .allOrders(OrderHistoryQuery(symbol, start: WorldTests.start, end: WorldTests.start + .seconds(-1))),
      .badCombination
    ),
    (
      .allOrders(OrderHistoryQuery(symbol, start: WorldTests.start, end: WorldTests.start + .seconds(86_401))),
      .windowTooLong
    ),
  ])
  func `a request that cannot be answered is refused in the venue's words`(request: PaperRequest, error: PaperError) {
    #expect(refusal(request) == error)
  }

  @Test func `an account that nobody opened has no key`() {
    var bench = bench()
    let outcome = bench.exchange.perform(.openLists, for: "nobody", at: bench.tick())
    #expect(outcome.refusal == .badKey)
  }

  @Test func `an id and a client id must name the same order, list or nothing`() {
    var bench = bench()
    let id = bench.order("a").id
    #expect(refusal(.order(OrderLookup(Self.symbol, orderID: id, clientOrderID: "sl"))) == .mismatchedIDs)
    #expect(refusal(.cancel(CancelOrder(OrderLookup(Self.symbol, orderID: id, clientOrderID: "sl")))) == .unknownOrder)
    guard let list = bench.exchange.lists(of: Bench.account).first?.id else { return }
    guard case .success(.list) = ask(.list(ListLookup(listID: list, clientOrderID: "list")), &bench) else {
      Issue.record("the list is not found by both its names")
      return
    }
    #expect(refusal(.list(ListLookup(listID: list, clientOrderID: "other"))) == .noSuchList)
  }

  @Test func `a client id that was used twice is looked up as the venue's variant says`() {
    var bench = Bench(bitcoin: "1")
    bench.place(.limit(Self.symbol, .buy, quantity: "0.01", price: "59000", clientOrderID: "x"))
    _ = bench.cancel("x")
    bench.place(.limit(Self.symbol, .buy, quantity: "0.01", price: "58000", clientOrderID: "x"))
    let ids = bench.exchange.orders(of: Bench.account, Self.symbol).map(\.id)
    for (variant, expected) in [(VenueVariants.ReusedLookup.latest, 1), (.earliest, 0), (.open, 1)] {
      bench.exchange.variants.reusedLookup = variant
      guard case .success(.order(let order)) = ask(.order(OrderLookup(Self.symbol, clientOrderID: "x")), &bench) else {
        Issue.record("\(variant) finds nothing")
        continue
      }
      #expect(order.id == ids[expected])
    }
    _ = bench.cancel("x")
    guard case .success(.order(let ended)) = ask(.order(OrderLookup(Self.symbol, clientOrderID: "x")), &bench) else {
      return
    }
    #expect(ended.id == ids[1], "with none open the latest is shown")
  }

  @Test func `an unfilled order that ended over 90 days ago is archived`() {
    var bench = bench()
    _ = bench.cancel("a")
    let request = PaperRequest.order(Self.lookup)
    let late = bench.now + .seconds(90 * 86_400 + 1)
    #expect(bench.exchange.perform(request, for: Bench.account, at: late).refusal == .archived)
    let filled = PaperRequest.order(OrderLookup(Self.symbol, clientOrderID: "en"))
    #expect(bench.exchange.perform(filled, for: Bench.account, at: late).refusal == nil)
  }

  @Test func `histories are read by id, by order and by time`() {
    var bench = bench()
    let first = bench.order("en").id
    func count(_ request: PaperRequest) -> Int? {
      switch ask(request, &bench) {
      case .success(.orders(let rows)): rows.count
      case .success(.trades(let rows)): rows.count
      case .success(.lists(let rows)): rows.count
      default: nil
      }
    }
    #expect(count(.allOrders(OrderHistoryQuery(Self.symbol, fromID: VenueOrderID(first.number + 1)))) == 3)
    #expect(count(.allOrders(OrderHistoryQuery(Self.symbol, start: WorldTests.start))) == 4)
    #expect(count(.allOrders(OrderHistoryQuery(Self.symbol, end: WorldTests.start + .seconds(-9)))) == 0)
    #expect(count(.trades(TradeQuery(Self.symbol, orderID: first))) == 1)
    #expect(count(.trades(TradeQuery(Self.symbol, orderID: bench.order("a").id))) == 0)
    #expect(count(.trades(TradeQuery(Self.symbol, fromID: 1))) == 1)
    #expect(count(.trades(TradeQuery(Self.symbol, start: WorldTests.start, end: WorldTests.start + .seconds(60)))) == 1)
    #expect(count(.allLists(ListHistoryQuery(start: WorldTests.start, limit: 5000))) == 1)
  }

  @Test func `an amend is listed under its order`() {
    var bench = bench()
    _ = ask(.amend(AmendOrder(Self.lookup, newQuantity: "0.005", newClientOrderID: "a")), &bench)
    guard
      case .success(.amendments(let rows)) = ask(
        .amendments(AmendmentQuery(Self.symbol, orderID: bench.order("a").id)), &bench)
    else { return }
    #expect(rows.count == 1)
    let after = AmendmentQuery(Self.symbol, orderID: bench.order("a").id, fromExecutionID: .max)
    guard case .success(.amendments(let none)) = ask(.amendments(after), &bench) else { return }
    #expect(none.isEmpty)
  }

  // MARK: - Cancel-replace

  @Test(arguments: [
    ("a", CancelReplace.Mode.stopOnFailure, "0.01" as FixedDecimal, 200, 0),
    ("a", .allowFailure, "100", 409, -2021),  // cancelled, and the new one costs too much
    ("nobody", .stopOnFailure, "0.01", 400, -2022),
    ("nobody", .allowFailure, "0.01", 409, -2021),
    ("nobody", .allowFailure, "100", 400, -2022),
  ])
  func `a cancel-replace answers for both halves`(
    target: ClientOrderID, mode: CancelReplace.Mode, quantity: FixedDecimal, status: Int, code: Int
  ) {
    var bench = bench()
    let order = NewOrder.limit(Self.symbol, .buy, quantity: quantity, price: "58000", clientOrderID: "b")
    let request = CancelReplace(
      cancel: CancelOrder(OrderLookup(Self.symbol, clientOrderID: target)), order: order, mode: mode)
    guard case .success(.cancelReplaced(let report)) = ask(.cancelReplace(request), &bench) else {
      Issue.record("no report")
      return
    }
    #expect((report.status, report.code) == (status, code))
  }

  /// The order-count limit is used up: what the request may still do, the answer's status (nil: a refusal), and
  /// whether the old order is gone.
  @Test(arguments: [
    (CancelReplace.LimitExceeded.doNothing, CancelReplace.Mode.stopOnFailure, "a" as ClientOrderID, nil as Int?, false),
    (.cancelOnly, .stopOnFailure, "a", 429, true),
    (.cancelOnly, .allowFailure, "a", 409, true),
    (.cancelOnly, .allowFailure, "nobody", 400, false),
  ])
  func `over the order limit a cancel-replace cancels only when it may`(
    limit: CancelReplace.LimitExceeded, mode: CancelReplace.Mode, target: ClientOrderID, status: Int?, isGone: Bool
  ) {
    var bench = bench()
    var request = CancelReplace(
      cancel: CancelOrder(OrderLookup(Self.symbol, clientOrderID: target)), order: Self.limit, mode: mode)
    request.limitExceeded = limit
    let error = PaperError.tooManyOrders(limit: 100, interval: "10 SECOND", retryAfterSeconds: 3)
    let outcome = bench.exchange.perform(
      .cancelReplace(request), for: Bench.account, at: bench.tick(), orderCountExceeded: error)
    if case .success(.cancelReplaced(let report)) = outcome.result {
      #expect(report.status == status)
    } else {
      #expect(status == nil && outcome.refusal == error)
    }
    #expect(bench.order("a").isOpen != isGone)
  }

  // MARK: - Status

  @Test(arguments: [
    (SymbolStatus.trading, true, true), (.cancelOnly, false, true), (.halt, false, false),
    (.breakTrading, false, false),
    (.endOfDay, false, false),
  ])
  func `a symbol's status says what it takes`(status: SymbolStatus, places: Bool, cancels: Bool) {
    var bench = bench()
    bench.exchange.setStatus(status, of: Self.symbol)
    #expect((bench.place(Self.limit).refusal == nil) == places)
    let requests: [PaperRequest] = [
      .cancelList(CancelList(Self.symbol, ListLookup(clientOrderID: "list"))), .cancel(CancelOrder(Self.lookup)),
    ]
    for request in requests {
      if case .failure(let error) = ask(request, &bench) {
        #expect(!cancels && error == .marketClosed)
      } else {
        #expect(cancels)
      }
    }
    if !cancels {
      guard case .failure(.marketClosed) = ask(.cancelAll(Self.symbol), &bench) else {
        Issue.record("a closed market cancels nothing")
        return
      }
    }
  }

  @Test func `cancel-all of nothing is refused or empty, as the variant says`() {
    var bench = Bench()
    guard case .failure(.unknownOrder) = ask(.cancelAll(Self.symbol), &bench) else {
      Issue.record("nothing was cancelled without a refusal")
      return
    }
    bench.exchange.variants.emptyCancelAll = .emptyArray
    guard case .success(.canceledAll(let items)) = ask(.cancelAll(Self.symbol), &bench) else {
      Issue.record("the empty answer is a refusal")
      return
    }
    #expect(items.isEmpty)
  }

  // MARK: - Weights and kinds

  @Test func `every request has its kind, its weight and its count of orders`() {
    let requests: [(PaperRequest, RequestKind, Int, Int, Bool)] = [
      (.place(Self.limit), .place, 1, 1, true), (.test(Self.limit), .test, 1, 0, false),
      (.placeList(.oco(above: Self.limit, below: Self.limit)), .placeList, 1, 2, true),
      (.placeList(.oto(working: Self.limit, pending: Self.limit)), .placeList, 1, 2, true),
      (.cancel(CancelOrder(Self.lookup)), .cancel, 1, 0, true),
      (.cancelList(CancelList(Self.symbol, ListLookup())), .cancelList, 1, 0, true),
      (.cancelAll(Self.symbol), .cancelAll, 1, 0, true),
      (.amend(AmendOrder(Self.lookup, newQuantity: 1)), .amend, 4, 0, false),
      (
        .cancelReplace(CancelReplace(cancel: CancelOrder(Self.lookup), order: Self.limit, mode: .allowFailure)),
        .cancelReplace, 1, 1, true
      ),
      (.order(Self.lookup), .order, 4, 0, false), (.openOrders(nil), .openOrders, 80, 0, false),
      (.openOrders(Self.symbol), .openOrders, 6, 0, false),
      (.allOrders(OrderHistoryQuery(Self.symbol)), .allOrders, 20, 0, false),
      (.trades(TradeQuery(Self.symbol)), .trades, 20, 0, false),
      (.trades(TradeQuery(Self.symbol, orderID: 1)), .trades, 5, 0, false),
      (.list(ListLookup()), .list, 4, 0, false), (.openLists, .openLists, 6, 0, false),
      (.allLists(ListHistoryQuery()), .allLists, 20, 0, false),
      (.amendments(AmendmentQuery(Self.symbol, orderID: 1)), .amendments, 4, 0, false),
      (.account(omitsZeroBalances: false), .account, 20, 0, false),
    ]
    for (request, kind, weight, count, isFree) in requests {
      #expect(request.kind == kind)
      #expect((request.weight, request.orderCount, request.isFreeOnSuccess) == (weight, count, isFree), "\(kind)")
    }
    #expect(Set(requests.map(\.1)) == Set(RequestKind.allCases))
    #expect(RequestKind.allCases.filter(\.isWrite).count == 7)
  }
}
