import Trading
import Venue

/// One fact on its way to the database.
struct QueuedFact: Sendable {
  /// Its number in this process's journal.
  var sequence: Int64
  var account: AccountID
  var fact: Fact
  /// Wall clock, microseconds since 1970.
  var receivedMicroseconds: Int64
  /// Wall minus monotonic clock at that moment: turns the core's monotonic instants into wall time, the same at each try.
  var wallOffsetMicroseconds: Int64
  /// The last fact of one input: batches end only here.
  var endsInput: Bool

  func wallMicroseconds(_ instant: Instant) -> Int64 { instant.nanoseconds / 1000 &+ wallOffsetMicroseconds }

  var telemetryBytes: Int {
    if case .raw(let message) = fact { return message.bytes.count }
    return 0
  }

  var isTelemetry: Bool {
    switch fact {
    case .raw, .orderEvent: true
    case .instrument, .order, .fill, .closure, .balance, .bracket, .lot, .leg, .action, .sweep, .coverage, .naked,
      .alert,
      .gap, .residual, .tradeCursor, .protectedSince:
      false
    }
  }
}

/// What a fact replaces when it comes after another of the same key; absolute values only.
enum SupersededKey: Hashable {
  case instrument(AccountID, Symbol)
  case order(AccountID, OrderKey)
  case closure(AccountID, LotID, TradeID)
  case balance(AccountID, Asset)
  case bracket(AccountID, ClientOrderID)
  case lot(AccountID, LotID)
  case leg(AccountID, Symbol, ClientOrderID)
  case action(AccountID, Int64)
  case sweep(AccountID, Int64)
  case coverage(AccountID, Symbol)
  case naked(AccountID, Int64)
  case gap(AccountID, Int64)
  case residual(AccountID, Asset)
  case tradeCursor(AccountID, Symbol)
  case fill(AccountID, Symbol, TradeID)
  case protectedSince(AccountID)

  /// Nil for facts of which each one counts: events, alerts, raw messages.
  init?(_ queued: QueuedFact) {
    let account = queued.account
    switch queued.fact {
    case .instrument(let instrument): self = .instrument(account, instrument.symbol)
    case .order(let order, _): self = .order(account, order.key)
    case .fill(let fill, _): self = .fill(account, fill.symbol, fill.tradeID)
    case .closure(let closure): self = .closure(account, closure.lot, closure.tradeID)
    case .balance(let balance, _): self = .balance(account, balance.asset)
    case .bracket(let registration): self = .bracket(account, registration.entryClientOrderID)
    case .lot(let lot): self = .lot(account, lot.id)
    case .leg(let leg): self = .leg(account, leg.lot.symbol, leg.clientOrderID)
    case .action(let record): self = .action(account, record.id)
    case .sweep(let record): self = .sweep(account, record.id)
    case .coverage(let record): self = .coverage(account, record.symbol)
    case .naked(let record): self = .naked(account, record.id)
    case .gap(let record): self = .gap(account, record.epoch)
    case .residual(let asset, _): self = .residual(account, asset)
    case .tradeCursor(let symbol, _): self = .tradeCursor(account, symbol)
    case .protectedSince: self = .protectedSince(account)
    case .orderEvent, .alert, .raw: return nil
    }
  }
}
