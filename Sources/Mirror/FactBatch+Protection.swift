import Postgres
import Trading
import Venue

// Brackets, lots, closures and legs.

/// A bracket's levels as columns.
private func levels<Row>(_ rows: [Row], _ bracket: (Row) -> Bracket) -> [BindArray] {
  [
    .decimals(rows) { bracket($0).stop?.percent }, .decimals(rows) { bracket($0).stop?.price },
    .decimalLists(rows) { bracket($0).takeProfits.map(\.level.percent) },
    .decimalLists(rows) { bracket($0).takeProfits.map(\.level.price) },
    .decimalLists(rows) { bracket($0).takeProfits.map(\.share) }, .texts(rows) { bracket($0).onCrossedStop.rawValue },
    .texts(rows) { bracket($0).takeProfitStyle.rawValue },
  ]
}

extension Bracket.Level {
  fileprivate var percent: FixedDecimal? {
    if case .percent(let value) = self { value } else { nil }
  }

  fileprivate var price: FixedDecimal? {
    if case .price(let value) = self { value } else { nil }
  }
}

extension FactBatch {
  /// What a bot inserted stays marked as the bot's.
  func upsertBrackets() -> Statement {
    let rows = brackets
    return Statement(
      "upsert brackets",
      """
      insert into backstop.brackets as b (
        account, entry_client_order_id, symbol, strategy, stop_loss_percent, stop_loss_price, take_profit_percents,
        take_profit_prices, take_profit_shares, on_crossed_stop, take_profit_style, registered_at, registered_by, taken_at)
      select account, entry_client_order_id, symbol, strategy, stop_loss_percent, stop_loss_price,
             take_profit_percents::numeric[], take_profit_prices::numeric[], take_profit_shares::numeric[],
             on_crossed_stop, take_profit_style, registered_at, 'guardian', registered_at
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as u (
          account, entry_client_order_id, symbol, strategy, stop_loss_percent, stop_loss_price, take_profit_percents,
          take_profit_prices, take_profit_shares, on_crossed_stop, take_profit_style, registered_at)
       order by 1, 2
      on conflict (account, entry_client_order_id) do update set
        symbol = excluded.symbol, strategy = excluded.strategy, stop_loss_percent = excluded.stop_loss_percent,
        stop_loss_price = excluded.stop_loss_price, take_profit_percents = excluded.take_profit_percents,
        take_profit_prices = excluded.take_profit_prices, take_profit_shares = excluded.take_profit_shares,
        on_crossed_stop = excluded.on_crossed_stop, take_profit_style = excluded.take_profit_style,
        taken_at = coalesce(b.taken_at, excluded.taken_at)
       -- A wish that the bot replaced meanwhile is newer than the one that the guardian took.
       where b.taken_at is not null or b.registered_at <= excluded.registered_at
      """,
      ([
        BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.entryClientOrderID.text },
        .texts(rows) { $0.value.symbol?.text }, .texts(rows) { $0.value.strategy?.text },
      ] + levels(rows) { $0.value.bracket } + [.times(rows) { $0.receivedMicroseconds }]).values)
  }

  func upsertLots(_ journal: Int64) -> Statement {
    let rows = lots
    return Statement(
      "upsert lots",
      """
      insert into backstop.lots as l (
        journal_id, account, symbol, entry_order_id, entry_client_order_id, strategy, stop_loss_percent, stop_loss_price,
        take_profit_percents, take_profit_prices, take_profit_shares, on_crossed_stop, take_profit_style, bracket_origin,
        is_protected, filled_quantity, filled_quote, base_fee, closed_quantity, realized_pnl, close_reason, source, opened_at,
        closed_at, entry_is_open, sequence, received_at)
      select $1, account, symbol, entry_order_id, entry_client_order_id, strategy, stop_loss_percent, stop_loss_price,
             take_profit_percents::numeric[], take_profit_prices::numeric[], take_profit_shares::numeric[],
             on_crossed_stop, take_profit_style, bracket_origin, is_protected, filled_quantity, filled_quote, base_fee,
             closed_quantity, realized_pnl, close_reason, source, opened_at, closed_at, entry_is_open, sequence, received_at
        from unnest(
          $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
          $27) as u (
          account, symbol, entry_order_id, entry_client_order_id, strategy, stop_loss_percent, stop_loss_price,
          take_profit_percents, take_profit_prices, take_profit_shares, on_crossed_stop, take_profit_style, bracket_origin,
          is_protected, filled_quantity, filled_quote, base_fee, closed_quantity, realized_pnl, close_reason, source,
          opened_at, closed_at, entry_is_open, sequence, received_at)
       order by 2, 3, 4
      on conflict (account, symbol, entry_order_id) do update set
        entry_client_order_id = excluded.entry_client_order_id, strategy = excluded.strategy,
        stop_loss_percent = excluded.stop_loss_percent, stop_loss_price = excluded.stop_loss_price,
        take_profit_percents = excluded.take_profit_percents, take_profit_prices = excluded.take_profit_prices,
        take_profit_shares = excluded.take_profit_shares, on_crossed_stop = excluded.on_crossed_stop,
        take_profit_style = excluded.take_profit_style, bracket_origin = excluded.bracket_origin,
        is_protected = excluded.is_protected, filled_quantity = excluded.filled_quantity,
        filled_quote = excluded.filled_quote, base_fee = excluded.base_fee, closed_quantity = excluded.closed_quantity,
        realized_pnl = excluded.realized_pnl, close_reason = excluded.close_reason, source = excluded.source,
        opened_at = excluded.opened_at, closed_at = excluded.closed_at, entry_is_open = excluded.entry_is_open,
        journal_id = excluded.journal_id, sequence = excluded.sequence, received_at = excluded.received_at,
        applied_at = now()
       where (excluded.journal_id, excluded.sequence) >= (l.journal_id, l.sequence)
      """, [.int64(journal)] + (lotNames(rows) + lotFigures(rows)).values)
  }

  private func lotNames(_ rows: [Stamped<Lot>]) -> [BindArray] {
    [
      .texts(rows) { $0.account }, .texts(rows) { $0.value.symbol.text },
      .numbers(rows) { $0.value.id.venueOrderID.number }, .texts(rows) { $0.value.entryClientOrderID.text },
      .texts(rows) { $0.value.strategy?.text },
    ] + levels(rows) { $0.value.bracket } + [
      .texts(rows) { $0.value.bracketOrigin.name }, .flags(rows) { $0.value.isProtected },
    ]
  }

  private func lotFigures(_ rows: [Stamped<Lot>]) -> [BindArray] {
    [
      .decimals(rows) { $0.value.filledQuantity }, .decimals(rows) { $0.value.filledQuote },
      .decimals(rows) { $0.value.baseFee }, .decimals(rows) { $0.value.closedQuantity },
      .decimals(rows) { $0.value.realizedProfit }, .texts(rows) { $0.value.closeReason?.rawValue },
      .texts(rows) { $0.value.source.rawValue }, .times(rows) { $0.value.openedAt.microseconds },
      .times(rows) { $0.value.closedAt?.microseconds }, .flags(rows) { $0.value.entryIsOpen },
      .numbers(rows) { $0.sequence }, .times(rows) { $0.receivedMicroseconds },
    ]
  }

  func upsertClosures(_ journal: Int64) -> Statement {
    let rows = closures
    return Statement(
      "upsert lot closures",
      """
      insert into backstop.lot_closures as c (
        journal_id, account, symbol, entry_order_id, trade_id, quantity, reason, realized_pnl, sequence)
      select $1, u.* from unnest($2, $3, $4, $5, $6, $7, $8, $9) as u order by 2, 3, 4, 5
      on conflict (account, symbol, entry_order_id, trade_id) do update set
        quantity = excluded.quantity, reason = excluded.reason, realized_pnl = excluded.realized_pnl,
        journal_id = excluded.journal_id, sequence = excluded.sequence, applied_at = now()
       where (excluded.journal_id, excluded.sequence) >= (c.journal_id, c.sequence)
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.lot.symbol.text },
          .numbers(rows) { $0.value.lot.venueOrderID.number }, .numbers(rows) { $0.value.tradeID.number },
          .decimals(rows) { $0.value.quantity }, .texts(rows) { $0.value.reason.rawValue },
          .decimals(rows) { $0.value.profit }, .numbers(rows) { $0.sequence },
        ].values)
  }

  func upsertLegs(_ journal: Int64) -> Statement {
    let rows = legs
    return Statement(
      "upsert legs",
      """
      insert into backstop.legs as l (
        journal_id, account, symbol, client_order_id, list_client_order_id, entry_order_id, role, tranche, generation,
        range_start, quantity, trigger_price, source, sequence, received_at)
      select $1, u.* from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as u order by 2, 3, 4
      on conflict (account, symbol, client_order_id) do update set
        list_client_order_id = excluded.list_client_order_id, quantity = excluded.quantity,
        trigger_price = excluded.trigger_price, journal_id = excluded.journal_id, sequence = excluded.sequence,
        applied_at = now()
       where (excluded.journal_id, excluded.sequence) >= (l.journal_id, l.sequence)
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.lot.symbol.text },
          .texts(rows) { $0.value.clientOrderID.text }, .texts(rows) { $0.value.listClientOrderID?.text },
          .numbers(rows) { $0.value.lot.venueOrderID.number }, .texts(rows) { $0.value.role.rawValue },
          .numbers(rows) { Int64($0.value.tranche) }, .numbers(rows) { Int64($0.value.generation) },
          .decimals(rows) { $0.value.rangeStart }, .decimals(rows) { $0.value.quantity },
          .decimals(rows) { $0.value.triggerPrice }, .texts(rows) { $0.value.source.rawValue },
          .numbers(rows) { $0.sequence }, .times(rows) { $0.receivedMicroseconds },
        ].values)
  }
}
