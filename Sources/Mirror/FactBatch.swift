import Trading
import Venue

/// The facts of one transaction by table, one row per key: a set-based upsert must not meet the same key twice ("cannot
/// affect row a second time").
struct FactBatch {
  var instruments: [Stamped<Instrument>] = []
  var orders: [Stamped<SourcedOrder>] = []
  var orderEvents: [Stamped<OrderUpdate>] = []
  var fills: [Stamped<SourcedFill>] = []
  var closures: [Stamped<LotClosure>] = []
  var balances: [Stamped<TimedBalance>] = []
  var brackets: [Stamped<BracketRegistration>] = []
  var lots: [Stamped<Lot>] = []
  var legs: [Stamped<Leg>] = []
  var actions: [Stamped<ActionRecord>] = []
  var sweeps: [Stamped<SweepRecord>] = []
  var coverage: [Stamped<CoverageRecord>] = []
  var naked: [Stamped<NakedRecord>] = []
  /// In order: raising and clearing one alert are two facts.
  var alerts: [Stamped<AlertRecord>] = []
  var gaps: [Stamped<GapRecord>] = []
  var residuals: [Stamped<AssetQuantity>] = []
  var tradeCursors: [Stamped<SymbolTrade>] = []
  var protectedSince: [Stamped<Timestamp>] = []
  var raw: [Stamped<RawMessage>] = []
  let lastSequence: Int64

  struct SourcedOrder {
    var order: Order
    var source: Source
  }

  struct SourcedFill {
    var fill: Fill
    var source: Source
  }

  struct TimedBalance {
    var balance: Balance
    var at: Timestamp
  }

  struct AssetQuantity {
    var asset: Asset
    var quantity: FixedDecimal
  }

  struct SymbolTrade {
    var symbol: Symbol
    var trade: TradeID
  }

  init(_ queued: [QueuedFact]) {
    lastSequence = queued.last?.sequence ?? 0
    for fact in queued.coalesced() { add(fact) }
  }

  private mutating func add(_ queued: QueuedFact) {
    switch queued.fact {
    case .instrument(let value): instruments.append(Stamped(value, queued))
    case .order(let order, let source): orders.append(Stamped(SourcedOrder(order: order, source: source), queued))
    case .orderEvent(let value): orderEvents.append(Stamped(value, queued))
    case .fill(let fill, let source): fills.append(Stamped(SourcedFill(fill: fill, source: source), queued))
    case .closure(let value): closures.append(Stamped(value, queued))
    case .balance(let balance, let at): balances.append(Stamped(TimedBalance(balance: balance, at: at), queued))
    case .bracket(let value): brackets.append(Stamped(value, queued))
    case .lot(let value): lots.append(Stamped(value, queued))
    case .leg(let value): legs.append(Stamped(value, queued))
    case .action(let value): actions.append(Stamped(value, queued))
    case .sweep(let value): sweeps.append(Stamped(value, queued))
    case .coverage(let value): coverage.append(Stamped(value, queued))
    case .naked(let value): naked.append(Stamped(value, queued))
    case .alert(let value): alerts.append(Stamped(value, queued))
    case .gap(let value): gaps.append(Stamped(value, queued))
    case .residual(let asset, let quantity):
      residuals.append(Stamped(AssetQuantity(asset: asset, quantity: quantity), queued))
    case .tradeCursor(let symbol, let trade):
      tradeCursors.append(Stamped(SymbolTrade(symbol: symbol, trade: trade), queued))
    case .protectedSince(let value): protectedSince.append(Stamped(value, queued))
    case .raw(let value): raw.append(Stamped(value, queued))
    }
  }
}

/// A value with what the queue knows about it.
struct Stamped<Value> {
  let value: Value
  let account: String
  let sequence: Int64
  let receivedMicroseconds: Int64
  private let wallOffsetMicroseconds: Int64

  init(_ value: Value, _ queued: QueuedFact) {
    self.value = value
    account = queued.account.text
    sequence = queued.sequence
    receivedMicroseconds = queued.receivedMicroseconds
    wallOffsetMicroseconds = queued.wallOffsetMicroseconds
  }

  /// The core's monotonic moment as wall time, by the clocks' difference when the fact was recorded.
  func wallMicroseconds(_ instant: Instant) -> Int64 { instant.nanoseconds / 1000 &+ wallOffsetMicroseconds }
}
