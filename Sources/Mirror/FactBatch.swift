import Trading
import Venue

/// The facts of one transaction, one row per key: a set-based upsert must not meet the same key twice ("cannot affect row a
/// second time").
struct FactBatch {
  var instruments = KeyedRows<Instrument>()
  var orders = KeyedRows<SourcedOrder>()
  var orderEvents: [Stamped<OrderUpdate>] = []
  var fills = KeyedRows<SourcedFill>()
  var closures = KeyedRows<LotClosure>()
  var balances = KeyedRows<TimedBalance>()
  var brackets = KeyedRows<BracketRegistration>()
  var lots = KeyedRows<Lot>()
  var legs = KeyedRows<Leg>()
  var actions = KeyedRows<ActionRecord>()
  var sweeps = KeyedRows<SweepRecord>()
  var coverage = KeyedRows<CoverageRecord>()
  var naked = KeyedRows<NakedRecord>()
  /// In order: raising and clearing one alert are two facts.
  var alerts: [Stamped<AlertRecord>] = []
  var gaps = KeyedRows<GapRecord>()
  var residuals = KeyedRows<AssetQuantity>()
  var tradeCursors = KeyedRows<SymbolTrade>()
  var protectedSince = KeyedRows<Timestamp>()
  var raw: [Stamped<RawMessage>] = []
  private(set) var lastSequence: Int64 = 0

  struct SourcedOrder { var order: Order, source: Source }
  struct SourcedFill { var fill: Fill, source: Source }
  struct TimedBalance { var balance: Balance, at: Timestamp }
  struct AssetQuantity { var asset: Asset, quantity: FixedDecimal }
  struct SymbolTrade { var symbol: Symbol, trade: TradeID }

  init(_ queued: [QueuedFact]) {
    for fact in queued { add(fact) }
  }

  private mutating func add(_ queued: QueuedFact) {
    lastSequence = max(lastSequence, queued.sequence)
    let key = SupersededKey(queued)
    switch queued.fact {
    case .instrument(let value): instruments.put(key, Stamped(value, queued))
    case .order(let order, let source):
      orders.put(key, Stamped(SourcedOrder(order: order, source: source), queued)) { old, new in
        SourcedOrder(order: old.order.merged(with: new.order), source: old.source)
      }
    case .orderEvent(let value): orderEvents.append(Stamped(value, queued))
    case .fill(let fill, let source):
      fills.put(key, Stamped(SourcedFill(fill: fill, source: source), queued)) { old, _ in old }
    case .closure(let value): closures.put(key, Stamped(value, queued))
    case .balance(let balance, let at):
      balances.put(key, Stamped(TimedBalance(balance: balance, at: at), queued)) { old, new in
        new.at < old.at ? old : new
      }
    case .bracket(let value): brackets.put(key, Stamped(value, queued))
    case .lot(let value): lots.put(key, Stamped(value, queued))
    case .leg(let value): legs.put(key, Stamped(value, queued))
    case .action(let value): actions.put(key, Stamped(value, queued))
    case .sweep(let value): sweeps.put(key, Stamped(value, queued))
    case .coverage(let value): coverage.put(key, Stamped(value, queued))
    case .naked(let value): naked.put(key, Stamped(value, queued))
    case .alert(let value): alerts.append(Stamped(value, queued))
    case .gap(let value): gaps.put(key, Stamped(value, queued))
    case .residual(let asset, let quantity):
      residuals.put(key, Stamped(AssetQuantity(asset: asset, quantity: quantity), queued))
    case .tradeCursor(let symbol, let trade):
      tradeCursors.put(key, Stamped(SymbolTrade(symbol: symbol, trade: trade), queued))
    case .protectedSince(let value): protectedSince.put(key, Stamped(value, queued))
    case .raw(let value): raw.append(Stamped(value, queued))
    }
  }
}

/// A value with what the queue knows about it.
struct Stamped<Value> {
  var value: Value
  let account: String
  var sequence: Int64
  var receivedMicroseconds: Int64
  var wallOffsetMicroseconds: Int64

  init(_ value: Value, _ queued: QueuedFact) {
    self.value = value
    account = queued.account.text
    sequence = queued.sequence
    receivedMicroseconds = queued.receivedMicroseconds
    wallOffsetMicroseconds = queued.wallOffsetMicroseconds
  }

  func wallMicroseconds(_ instant: Instant) -> Int64 { instant.nanoseconds / 1000 &+ wallOffsetMicroseconds }
}

/// Rows in order of first appearance, one per key.
struct KeyedRows<Value> {
  private(set) var rows: [Stamped<Value>] = []
  private var position: [SupersededKey: Int] = [:]

  var isEmpty: Bool { rows.isEmpty }

  mutating func put(
    _ key: SupersededKey?, _ row: Stamped<Value>, merge: (Value, Value) -> Value = { _, new in new }
  ) {
    guard let key else { return rows.append(row) }
    guard let index = position[key] else {
      position[key] = rows.count
      return rows.append(row)
    }
    var merged = row
    merged.value = merge(rows[index].value, row.value)
    rows[index] = merged
  }
}
