import PaperVenue
import Trading

/// One exchange with one funded account at BTCUSDT 60,000, and a clock that steps a millisecond per call.
struct Bench {
  var exchange = PaperExchange()
  var now = Timestamp(milliseconds: 1_763_700_000_000)
  static let account: AccountID = "main"
  static let symbol: Symbol = "BTCUSDT"

  init(
    commission: CommissionPlan = CommissionPlan(), variants: VenueVariants = VenueVariants(),
    bitcoin: FixedDecimal = "0"
  ) {
    exchange.variants = variants
    exchange.list(.bitcoin, price: "60000")
    exchange.list(.ether, price: "3000")
    exchange.list(.binanceCoin, price: "600")
    exchange.openAccount(Self.account, commission: commission)
    _ = exchange.adjust(Self.account, "USDT", by: "100000", at: now)
    if bitcoin.isPositive { _ = exchange.adjust(Self.account, "BTC", by: bitcoin, at: now) }
  }

  mutating func tick() -> Timestamp {
    now = now + .milliseconds(1)
    return now
  }

  @discardableResult
  mutating func place(_ order: NewOrder) -> PaperOutcome<PlacedOrder> {
    exchange.place(order, for: Self.account, at: tick())
  }

  @discardableResult
  mutating func place(_ list: NewOrderList) -> PaperOutcome<ListReport> {
    exchange.placeList(list, for: Self.account, at: tick())
  }

  /// An OCO exit: stop below, take-profit above.
  mutating func oco(
    _ quantity: FixedDecimal, stop: FixedDecimal = "59000", profit: FixedDecimal = "61000", maker: Bool = false
  ) -> PaperOutcome<ListReport> {
    let above =
      maker
      ? NewOrder.limitMaker(Self.symbol, .sell, quantity: quantity, price: profit, clientOrderID: "tp")
      : NewOrder.takeProfit(Self.symbol, .sell, quantity: quantity, stopPrice: profit, clientOrderID: "tp")
    let below = NewOrder.stopLoss(Self.symbol, .sell, quantity: quantity, stopPrice: stop, clientOrderID: "sl")
    return place(.oco(above: above, below: below, clientOrderID: "list"))
  }

  @discardableResult
  mutating func price(_ price: FixedDecimal) -> [PaperEvent] {
    exchange.setPrice(price, of: Self.symbol, at: tick())
  }

  mutating func fill(_ client: ClientOrderID, _ quantity: FixedDecimal) -> PaperOutcome<PaperOrder> {
    exchange.fill(Self.account, order(client).key, quantity: quantity, at: tick())
  }

  mutating func cancel(_ client: ClientOrderID) -> PaperOutcome<CancelItem> {
    exchange.cancel(
      CancelOrder(OrderLookup(Self.symbol, clientOrderID: client), newClientOrderID: "cx"), for: Self.account,
      at: tick())
  }

  func order(_ client: ClientOrderID) -> PaperOrder {
    guard let order = exchange.orders(of: Self.account, Self.symbol).last(where: { $0.clientOrderID == client }) else {
      preconditionFailure("the test names an order that was never placed: \(client)")
    }
    return order
  }

  func balance(_ asset: Asset) -> PaperBalance {
    exchange.account(Self.account)?.balance(of: asset) ?? { preconditionFailure("the account is open") }()
  }

  var ledger: LedgerView {
    exchange.ledger(of: Self.account, Self.symbol) ?? { preconditionFailure("the account is open") }()
  }
}

extension PaperEvent {
  /// `X:x` of a report, `list:L` of a list, the kind of anything else: a script line to compare sequences by.
  var line: String {
    switch payload {
    case .executionReport(let report):
      "\(report.order.clientOrderID) \(report.execution.rawValue) \(report.order.status.name)"
        + (report.order.expiryReason.map { " \($0.rawValue)" } ?? "")
    case .listStatus(let list): "list \(list.status.rawValue)"
    case .accountPosition: "position"
    case .balanceUpdate, .externalLockUpdate, .eventStreamTerminated: kind.rawValue
    }
  }
}

extension [PaperEvent] {
  var lines: [String] { map(\.line) }
}
