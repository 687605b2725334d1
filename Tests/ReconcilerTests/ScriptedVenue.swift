import Reconciler
import Testing
import Trading
import Venue

/// A venue on paper for tests of the core: it accepts what it is told to, keeps the orders, and answers in the core's
/// inputs. It has no matching; tests say what fills.
struct ScriptedVenue {
  var core: AccountCore
  var now = Instant(nanoseconds: 1_000_000_000)
  var venueTime = Timestamp(milliseconds: 1_763_700_000_000)
  var orders: [VenueOrderID: Order] = [:]
  var balances: [Asset: Balance] = [:]
  /// Fills of every symbol, for histories.
  var fills: [Fill] = []
  /// Commands sent and not answered yet.
  var pending: [(id: Int64, command: VenueCommand)] = []
  var snapshotsAsked: [(id: Int64, scope: SnapshotScope)] = []
  var queriesAsked: [(id: Int64, query: OrderQuery)] = []
  var timers: [CoreTimer: Instant] = [:]
  var instrumentsAsked = 0
  var facts: [Fact] = []
  var reports: [Int64: EntryReport] = [:]
  /// Everything ever sent.
  var sent: [VenueCommand] = []
  var nextOrderID: Int64 = 1000
  var nextTradeID: Int64 = 1
  let symbol: Symbol = "BTCUSDT"

  static let instrument: Instrument = {
    var filters = InstrumentFilters()
    filters.tickSize = "0.01"
    filters.stepSize = "0.00001"
    filters.quantityMin = "0.00001"
    filters.notionalMin = "5"
    filters.algoOrdersMax = 5
    filters.orderListsMax = 20
    filters.ordersMax = 200
    return Instrument(
      symbol: "BTCUSDT", base: "BTC", quote: "USDT",
      orderTypes: [.limit, .limitMaker, .market, .stopLoss, .stopLossLimit, .takeProfit, .takeProfitLimit],
      filters: filters)
  }()

  static func policy(_ bracket: Bracket = .standard) -> ProtectionPolicy {
    ProtectionPolicy(
      account: "main", environment: .paper, brackets: BracketPolicy(standard: bracket),
      tagKey: TagKey(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210))
  }

  init(bracket: Bracket = .standard) {
    core = AccountCore(policy: Self.policy(bracket))
    balances["USDT"] = Balance(asset: "USDT", free: "10000")
  }

  /// A core that has read its venue and hears its stream.
  static func ready(bracket: Bracket = .standard) -> ScriptedVenue {
    var venue = ScriptedVenue(bracket: bracket)
    venue.start()
    return venue
  }

  mutating func start(from state: MirrorState? = nil) {
    feed(.instruments([Self.instrument]))
    feed(.restored(state))
    feed(.streamOpened(epoch: 1))
    answerSnapshots()
  }

  // MARK: - Driving

  mutating func feed(_ input: Input) {
    for effect in core.handle(input, at: now) { perform(effect) }
  }

  private mutating func perform(_ effect: Effect) {
    switch effect {
    case .send(let id, let command, _):
      pending.append((id, command))
      sent.append(command)
    case .query(let id, let query): queriesAsked.append((id, query))
    case .requestSnapshot(let id, let scope): snapshotsAsked.append((id, scope))
    case .setTimer(let timer, let at): timers[timer] = at
    case .cancelTimer(let timer): timers[timer] = nil
    case .record(let new): facts += new
    case .entryReport(let id, let report): reports[id] = report
    case .requestInstruments: instrumentsAsked += 1
    case .alert: break
    }
  }

  mutating func advance(_ duration: Duration) {
    let target = now + duration
    // Of two that are due at once always the same one is first.
    while let (timer, at) = timers.filter({ $0.value <= target })
      .min(by: { ($0.value, "\($0.key)") < ($1.value, "\($1.key)") })
    {
      timers[timer] = nil
      venueTime = venueTime + (max(at, now) - now)
      now = max(at, now)
      feed(.timer(timer))
    }
    venueTime = venueTime + (target - now)
    now = target
  }

  // MARK: - Answering

  var openOrders: [Order] { orders.values.filter(\.isOpen).sorted { $0.venueOrderID < $1.venueOrderID } }

  /// Answers every reading that is asked for, and those that the answers lead to; a hundred are a loop.
  mutating func answerSnapshots() {
    for _ in 0..<100 where !snapshotsAsked.isEmpty { answerSnapshot() }
  }

  mutating func answerSnapshot(price: FixedDecimal? = nil) {
    guard !snapshotsAsked.isEmpty else {
      Issue.record("no reading was asked for")
      return
    }
    let (id, scope) = snapshotsAsked.removeFirst()
    let histories = scope.histories.map { request in
      SymbolHistory(
        request: request, orders: orders.values.filter { $0.symbol == request.symbol }.sorted { $0.key < $1.key },
        fills: fills.filter { $0.symbol == request.symbol && request.lists($0) },
        isComplete: true)
    }
    feed(
      .snapshot(
        id: id,
        VenueSnapshot(
          requestedAt: now, venueTimeAtStart: venueTime, balances: scope.readsAccount ? Array(balances.values) : nil,
          openOrders: scope.readsAccount ? openOrders : nil, histories: histories,
          prices: price.map { [symbol: $0] } ?? [:])))
  }

  mutating func answerQueries() {
    while !queriesAsked.isEmpty {
      let (id, query) = queriesAsked.removeFirst()
      let found: Order? =
        switch query.reference {
        case .venue(let number): orders[number]
        case .client(let name): orders.values.first { $0.clientOrderID == name }
        }
      feed(.answer(id: id, found.map { .found($0) } ?? .absent))
    }
  }

  /// Executes the oldest unanswered command and delivers its reply.
  mutating func accept() {
    guard !pending.isEmpty else { return }
    let (id, command) = pending.removeFirst()
    let receipt = execute(command)
    feed(.outcome(id: id, .accepted(receipt)))
  }

  mutating func acceptAll() { while !pending.isEmpty { accept() } }

  mutating func reject(_ kind: Rejection.Kind, code: Int = -2010) {
    guard !pending.isEmpty else {
      Issue.record("nothing was sent that could be refused")
      return
    }
    let (id, _) = pending.removeFirst()
    feed(.outcome(id: id, .rejected(Rejection(kind, code: code))))
  }

  /// Executes the oldest unanswered command and loses its reply.
  mutating func executeSilently() { _ = execute(pending.removeFirst().command) }

  @discardableResult
  mutating func execute(_ command: VenueCommand) -> CommandReceipt {
    switch command {
    case .placeOCO(let oco):
      let list = OrderListID(nextOrderID)
      let legs = [oco.stop, oco.takeProfit].map { open($0, oco.symbol, oco.quantity, list) }
      return CommandReceipt(orders: legs, orderListID: list)
    case .placeLeg(let leg): return place(leg)
    case .cancelList(let cancel): return CommandReceipt(orders: end(.canceled) { $0.orderListID == cancel.orderListID })
    case .cancelOrder(let cancel):
      return CommandReceipt(orders: end(.canceled) { $0.venueOrderID == cancel.venueOrderID })
    case .amend(let amendment): return amend(amendment)
    case .placeEntry(let entry):
      let order = makeOrder(
        id: entry.clientOrderID, side: .buy, type: entry.type, quantity: entry.quantity, price: entry.price)
      return CommandReceipt(orders: [order])
    }
  }

  private mutating func place(_ leg: LegPlacement) -> CommandReceipt {
    var order = open(leg.terms, leg.symbol, leg.quantity, nil)
    guard leg.terms.type == .market else { return CommandReceipt(orders: [order]) }
    let fill = makeFill(of: order, quantity: leg.quantity, price: "50000")
    order.status = .filled
    order.executedQuantity = leg.quantity
    order.executedQuote = fill.quote
    orders[order.venueOrderID] = order
    return CommandReceipt(orders: [order], fills: [fill])
  }

  private mutating func amend(_ amendment: Amendment) -> CommandReceipt {
    let list = orders[amendment.venueOrderID]?.orderListID
    var changed: [Order] = []
    for order in openOrders
    where order.venueOrderID == amendment.venueOrderID || (list != nil && order.orderListID == list) {
      var order = order
      order.quantity = amendment.newQuantity
      order.updatedAt = venueTime
      orders[order.venueOrderID] = order
      changed.append(order)
    }
    return CommandReceipt(orders: changed)
  }

  private mutating func open(
    _ terms: LegTerms, _ symbol: Symbol, _ quantity: FixedDecimal, _ list: OrderListID?
  ) -> Order {
    makeOrder(
      id: terms.clientOrderID, side: .sell, type: terms.type, quantity: quantity, price: terms.limitPrice,
      trigger: terms.triggerPrice, list: list)
  }

  @discardableResult
  mutating func makeOrder(
    id: ClientOrderID, side: Side, type: OrderType, quantity: FixedDecimal, price: FixedDecimal = .zero,
    trigger: FixedDecimal = .zero, list: OrderListID? = nil
  ) -> Order {
    nextOrderID += 1
    let order = Order(
      symbol: symbol, venueOrderID: VenueOrderID(nextOrderID), clientOrderID: id, orderListID: list, side: side,
      type: type, status: .new, price: price, triggerPrice: trigger, quantity: quantity,
      isWorking: !type.isConditional, createdAt: venueTime, updatedAt: venueTime)
    orders[order.venueOrderID] = order
    return order
  }

  @discardableResult
  private mutating func end(_ status: OrderStatus, where matches: (Order) -> Bool) -> [Order] {
    openOrders.filter(matches).map { order in
      var order = order
      order.status = status
      order.updatedAt = venueTime
      orders[order.venueOrderID] = order
      return order
    }
  }

  private mutating func makeFill(of order: Order, quantity: FixedDecimal, price: FixedDecimal) -> Fill {
    nextTradeID += 1
    let base = order.side == .buy
    let commission = base ? quantity * "0.001" : price * quantity * "0.001"
    let fill = Fill(
      symbol: symbol, tradeID: TradeID(nextTradeID), venueOrderID: order.venueOrderID, side: order.side, price: price,
      quantity: quantity, commission: commission, commissionAsset: base ? "BTC" : "USDT", venueTime: venueTime)
    fills.append(fill)
    let sign: FixedDecimal = base ? 1 : -1
    move("BTC", sign * quantity - (base ? commission : .zero))
    move("USDT", -sign * fill.quote - (base ? .zero : commission))
    return fill
  }

  private mutating func move(_ asset: Asset, _ delta: FixedDecimal) {
    let old = balances[asset] ?? Balance(asset: asset, free: .zero)
    balances[asset] = Balance(asset: asset, free: old.free + delta)
  }

  // MARK: - What happens at the venue

  /// Fills part of an order; `tell` delivers the event and the balances that follow it.
  mutating func fill(_ id: VenueOrderID, _ quantity: FixedDecimal, at price: FixedDecimal, tell: Bool = true) {
    venueTime = venueTime + .milliseconds(1)
    guard var order = orders[id] else { return }
    let fill = makeFill(of: order, quantity: quantity, price: price)
    order.executedQuantity = order.executedQuantity + quantity
    order.executedQuote = order.executedQuote + fill.quote
    order.status = order.executedQuantity == order.quantity ? .filled : .partiallyFilled
    order.isWorking = true
    order.updatedAt = venueTime
    orders[id] = order
    if tell { self.tell(order, .trade, fill) }
    let siblings = end(.expired) {
      $0.orderListID == order.orderListID && $0.orderListID != nil && $0.venueOrderID != id
    }
    if tell { for sibling in siblings { self.tell(sibling, .expired, nil) } }
    if tell { feed(.event(.balances(Array(balances.values), at: venueTime))) }
  }

  mutating func tell(_ order: Order, _ execution: ExecutionType, _ fill: Fill?) {
    feed(.event(.order(OrderUpdate(order: order, execution: execution, fill: fill, eventTime: venueTime))))
  }

  /// A bot's MARKET entry, filled at once.
  @discardableResult
  mutating func enter(
    _ quantity: FixedDecimal, at price: FixedDecimal, id: ClientOrderID = "bot1", tell: Bool = true
  ) -> VenueOrderID {
    let order = makeOrder(id: id, side: .buy, type: .market, quantity: quantity)
    fill(order.venueOrderID, quantity, at: price, tell: tell)
    return order.venueOrderID
  }

  // MARK: - What is the case

  var restingStops: [Order] { openOrders.filter { $0.type.isStop } }
  var stopQuantity: FixedDecimal { restingStops.reduce(.zero) { $0 + $1.remainingQuantity } }
  var coverage: CoverageRecord? { core.status.coverage.first { $0.symbol == symbol } }
  func standing(_ kind: AlertKind) -> Bool { core.status.alerts.contains { $0.kind == kind.rawValue } }
}

extension HistoryRequest {
  /// By trade id when one is given, else by time, as the venue reads it.
  func lists(_ fill: Fill) -> Bool { fromTradeID.map { fill.tradeID >= $0 } ?? (fill.venueTime >= since) }
}
