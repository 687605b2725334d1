import Trading
import Venue

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
