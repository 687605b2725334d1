import Mirror
import Trading
import Venue

/// One account's consistent story: an entry in two fills, two brackets' tranches, the first take-profit filled.
enum SampleAccount {
  static let account = AccountID("main")
  static let identity = MirrorAccount(
    account: account, environment: .paper, venue: "binance-spot", fingerprint: "f00d")
  static let symbol = Symbol("BTCUSDT")
  static let start = Timestamp(milliseconds: 1_763_700_800_000)
  static let lotID = LotID(symbol, 1)

  static let instrument: Instrument = {
    var filters = InstrumentFilters()
    filters.tickSize = "0.01"
    filters.stepSize = "0.00001"
    filters.notionalMin = "5"
    filters.algoOrdersMax = 5
    return Instrument(
      symbol: symbol, base: "BTC", quote: "USDT", orderTypes: [.limit, .market, .stopLoss, .unknown("NE\"W\\")],
      filters: filters)
  }()

  static let entry = Order(
    symbol: symbol, venueOrderID: 1, clientOrderID: "bot-1", side: .buy, type: .market, status: .filled, quantity: "1",
    executedQuantity: "1", executedQuote: "100.4", createdAt: start + .seconds(1), updatedAt: start + .seconds(2))

  static let entryFills = [
    Fill(
      symbol: symbol, tradeID: 10, venueOrderID: 1, side: .buy, price: "100", quantity: "0.6", commission: "0.0006",
      commissionAsset: "BTC", venueTime: start + .seconds(1)),
    Fill(
      symbol: symbol, tradeID: 11, venueOrderID: 1, side: .buy, price: "101", quantity: "0.4", commission: "0.0004",
      commissionAsset: "BTC", isMaker: true, venueTime: start + .seconds(2)),
  ]

  static let exitFill = Fill(
    symbol: symbol, tradeID: 20, venueOrderID: 3, side: .sell, price: "102", quantity: "0.4995", commission: "0.050949",
    commissionAsset: "USDT", venueTime: start + .seconds(60))

  static let closure = LotClosure(
    lot: lotID, tradeID: 20, quantity: "0.4995", reason: .takeProfit, profit: "0.123456789012345678")

  static func leg(_ role: LegRole, tranche: Int, name: ClientOrderID) -> Leg {
    Leg(
      lot: lotID, role: role, tranche: tranche, generation: 1, clientOrderID: name,
      listClientOrderID: ClientOrderID("list\(tranche)"),
      rangeStart: .zero, quantity: "0.4995", triggerPrice: role == .stopLoss ? "99" : "102", source: .stream)
  }

  static let legs = [
    leg(.takeProfit, tranche: 1, name: "T1"), leg(.stopLoss, tranche: 1, name: "S1"),
    leg(.takeProfit, tranche: 2, name: "T2"), leg(.stopLoss, tranche: 2, name: "S2"),
  ]

  static func legOrder(
    _ number: VenueOrderID, _ name: ClientOrderID, _ type: OrderType, _ status: OrderStatus, executed: FixedDecimal = 0
  ) -> Order {
    Order(
      symbol: symbol, venueOrderID: number, clientOrderID: name, orderListID: 7, side: .sell, type: type,
      status: status,
      triggerPrice: type == .stopLoss ? "99" : "102", quantity: "0.4995", executedQuantity: executed,
      executedQuote: executed * "102", isWorking: status == .filled, createdAt: start + .seconds(3),
      updatedAt: start + .seconds(4))
  }

  static let legOrders = [
    legOrder(2, "S1", .stopLoss, .expired), legOrder(3, "T1", .takeProfit, .filled, executed: "0.4995"),
    legOrder(4, "S2", .stopLoss, .new), legOrder(5, "T2", .takeProfit, .new),
  ]

  static let lot = Lot(
    id: lotID, entryClientOrderID: "bot-1", strategy: "breakout", bracket: .standard, bracketOrigin: .policy("majors"),
    filledQuantity: "1", filledQuote: "100.4", baseFee: "0.001", closedQuantity: "0.4995",
    realizedProfit: "0.123456789012345678", closeReason: .takeProfit, source: .stream, openedAt: start + .seconds(1),
    entryIsOpen: false)

  static let registration = BracketRegistration(
    entryClientOrderID: "bot-2", symbol: symbol,
    bracket: Bracket(
      stop: .price("95.5"),
      takeProfits: [.init(.price("110"), share: "0.25"), .init(.percent("12.5"), share: "0.75")], onCrossedStop: .clamp,
      takeProfitStyle: .maker), strategy: "breakout")

  static func action(_ id: Int64, _ state: ActionRecord.State, at instant: Instant) -> ActionRecord {
    ActionRecord(
      id: id, symbol: symbol, lot: lotID, command: "place_oco", clientOrderIDs: ["list1", "T1", "S1"],
      reason: "uncovered", source: .stream, quantity: "0.4995", state: state, attempt: 1, sentAt: instant,
      settledAt: state == .sent ? nil : instant + .milliseconds(3), latency: .microseconds(420))
  }

  static let moment = Instant(nanoseconds: 5_000_000_000)

  /// In the order in which a core tells them, one input per element.
  static let inputs: [[Fact]] = [
    [.instrument(instrument), .protectedSince(start), .tradeCursor(symbol, 5)],
    [
      .order(entry, source: .stream), .fill(entryFills[0], source: .stream), .fill(entryFills[1], source: .sweep),
      .lot(lot), .action(action(1, .sent, at: moment)),
      .coverage(
        CoverageRecord(
          symbol: symbol, state: .naked, position: "0.999", covered: 0, dust: "0.00001", reasons: ["in_flight"])),
      .naked(NakedRecord(id: 2, symbol: symbol, since: moment, until: nil, quantity: "0.999", cause: "in_flight")),
    ] + legs.map { .leg($0) },
    [
      .orderEvent(
        OrderUpdate(
          order: entry, execution: .trade, fill: entryFills[1], executionID: 77, eventTime: start + .seconds(2)))
    ],
    legOrders.map { .order($0, source: .stream) } + [
      .action(action(1, .accepted, at: moment)),
      .naked(
        NakedRecord(
          id: 2, symbol: symbol, since: moment, until: moment + .milliseconds(4), quantity: "0.999", cause: "in_flight")
      ),
    ],
    [
      .fill(exitFill, source: .stream), .closure(closure), .lot(lot),
      .balance(.init(asset: "BTC", free: 0, locked: "0.4995"), at: start + .seconds(60)),
      .balance(.init(asset: "USDT", free: "1000.5"), at: start + .seconds(60)), .residual("BTC", quantity: 0),
      .coverage(
        CoverageRecord(
          symbol: symbol, state: .covered, position: "0.4995", covered: "0.4995", dust: "0.00001", reasons: [])),
      .tradeCursor(symbol, 20),
    ],
    [
      .sweep(
        SweepRecord(
          id: 3, trigger: "timer", startedAt: moment, finishedAt: moment + .milliseconds(80), isComplete: false,
          failures: ["open orders: 502, \"bad\\gateway\""], openOrders: 2, repairs: 1))
    ],
    [.bracket(registration)],
    [
      .alert(
        AlertRecord(
          kind: "stream_down", subject: "", severity: .warning, message: "down", isStanding: true, at: moment)),
      .gap(GapRecord(epoch: 4, reason: "stalled", from: moment, until: nil)),
    ],
    [
      .alert(
        AlertRecord(
          kind: "stream_down", subject: "", severity: .warning, message: "down", isStanding: false,
          at: moment + .seconds(1))),
      .gap(GapRecord(epoch: 4, reason: "stalled", from: moment, until: moment + .seconds(1))),
    ],
    [
      .raw(
        RawMessage(epoch: 4, receivedAt: start, bytes: Array("{\"c\":\"\\u0000\"}".utf8) + [0, 255], isDecoded: false))
    ],
  ]

  /// What a restart must get back from it.
  static let restored = MirrorState(
    protectedSince: start, lots: [lot], legs: legs, orders: [entry] + legOrders, fills: entryFills + [exitFill],
    closures: [closure], brackets: [registration],
    balances: [Balance(asset: "BTC", free: 0, locked: "0.4995"), Balance(asset: "USDT", free: "1000.5")],
    residuals: ["BTC": 0], tradeCursors: [symbol: 20], orderedSymbols: [symbol], lastID: 3)
}
