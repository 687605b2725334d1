import Postgres
import Trading
import Venue

// Instruments, balances, residuals, cursors, and when protection began.

extension FactBatch {
  func upsertInstruments() -> Statement {
    let rows = instruments
    return Statement(
      "upsert instruments",
      """
      insert into backstop.instruments (
        account, symbol, base_asset, quote_asset, status, order_types, allows_oco, allows_amend, tick_size, price_min,
        price_max, step_size, quantity_min, quantity_max, market_step_size, market_quantity_min, market_quantity_max,
        notional_min, notional_max, notional_min_applies_to_market, ask_multiplier_down, ask_multiplier_up,
        bid_multiplier_down, bid_multiplier_up, orders_max, algo_orders_max, order_lists_max, amends_max, received_at)
      select account, symbol, base_asset, quote_asset, status, order_types::text[], allows_oco, allows_amend, d1, d2, d3, d4,
             d5, d6, d7, d8, d9, d10, d11, notional_min_applies_to_market, d12, d13, d14, d15, i1, i2, i3, i4, received_at
        from unnest(
          $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
          $26, $27, $28, $29) as u (
          account, symbol, base_asset, quote_asset, status, order_types, allows_oco, allows_amend, d1, d2, d3, d4, d5, d6, d7,
          d8, d9, d10, d11, notional_min_applies_to_market, d12, d13, d14, d15, i1, i2, i3, i4, received_at)
       order by 1, 2
      on conflict (account, symbol) do update set
        base_asset = excluded.base_asset, quote_asset = excluded.quote_asset, status = excluded.status,
        order_types = excluded.order_types, allows_oco = excluded.allows_oco, allows_amend = excluded.allows_amend,
        tick_size = excluded.tick_size, price_min = excluded.price_min, price_max = excluded.price_max,
        step_size = excluded.step_size, quantity_min = excluded.quantity_min, quantity_max = excluded.quantity_max,
        market_step_size = excluded.market_step_size, market_quantity_min = excluded.market_quantity_min,
        market_quantity_max = excluded.market_quantity_max, notional_min = excluded.notional_min,
        notional_max = excluded.notional_max, notional_min_applies_to_market = excluded.notional_min_applies_to_market,
        ask_multiplier_down = excluded.ask_multiplier_down, ask_multiplier_up = excluded.ask_multiplier_up,
        bid_multiplier_down = excluded.bid_multiplier_down, bid_multiplier_up = excluded.bid_multiplier_up,
        orders_max = excluded.orders_max, algo_orders_max = excluded.algo_orders_max,
        order_lists_max = excluded.order_lists_max, amends_max = excluded.amends_max, received_at = excluded.received_at,
        applied_at = now()
      """, (names(rows) + filters(rows)).values)
  }

  private func names(_ rows: [Stamped<Instrument>]) -> [BindArray] {
    [
      .texts(rows) { $0.account }, .texts(rows) { $0.value.symbol.text }, .texts(rows) { $0.value.base.text },
      .texts(rows) { $0.value.quote.text }, .texts(rows) { $0.value.status.name },
      .textLists(rows) { $0.value.orderTypes.map(\.name) }, .flags(rows) { $0.value.allowsOCO },
      .flags(rows) { $0.value.allowsAmend },
    ]
  }

  private func filters(_ rows: [Stamped<Instrument>]) -> [BindArray] {
    let prices: [KeyPath<InstrumentFilters, FixedDecimal>] = [
      \.tickSize, \.priceMin, \.priceMax, \.stepSize, \.quantityMin, \.quantityMax, \.marketStepSize,
      \.marketQuantityMin,
      \.marketQuantityMax, \.notionalMin, \.notionalMax,
    ]
    let factors: [KeyPath<InstrumentFilters, FixedDecimal>] = [
      \.askMultiplierDown, \.askMultiplierUp, \.bidMultiplierDown, \.bidMultiplierUp,
    ]
    let counts: [KeyPath<InstrumentFilters, Int>] = [\.ordersMax, \.algoOrdersMax, \.orderListsMax, \.amendsMax]
    var columns = prices.map { path in BindArray.decimals(rows) { $0.value.filters[keyPath: path] } }
    columns.append(.flags(rows) { $0.value.filters.notionalMinAppliesToMarket })
    columns += factors.map { path in BindArray.decimals(rows) { $0.value.filters[keyPath: path] } }
    columns += counts.map { path in BindArray.numbers(rows) { Int64($0.value.filters[keyPath: path]) } }
    columns.append(.times(rows) { $0.receivedMicroseconds })
    return columns
  }

  func upsertBalances() -> Statement {
    let rows = balances
    return Statement(
      "upsert balances",
      """
      insert into backstop.balances as b (account, asset, free, locked, venue_time, received_at)
      select * from unnest($1, $2, $3, $4, $5, $6) order by 1, 2
      on conflict (account, asset) do update set
        free = excluded.free, locked = excluded.locked, venue_time = excluded.venue_time,
        received_at = excluded.received_at, applied_at = now()
       where excluded.venue_time >= b.venue_time
      """,
      [
        BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.balance.asset.text },
        .decimals(rows) { $0.value.balance.free }, .decimals(rows) { $0.value.balance.locked },
        .times(rows) { $0.value.at.microseconds }, .times(rows) { $0.receivedMicroseconds },
      ].values)
  }

  func upsertResiduals(_ journal: Int64) -> Statement {
    let rows = residuals
    return Statement(
      "upsert residuals",
      """
      insert into backstop.asset_residuals as r (journal_id, account, asset, quantity, sequence, received_at)
      select $1, u.* from unnest($2, $3, $4, $5, $6) as u order by 2, 3
      on conflict (account, asset) do update set
        quantity = excluded.quantity, journal_id = excluded.journal_id, sequence = excluded.sequence,
        received_at = excluded.received_at, applied_at = now()
       where (excluded.journal_id, excluded.sequence) >= (r.journal_id, r.sequence)
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.asset.text },
          .decimals(rows) { $0.value.quantity }, .numbers(rows) { $0.sequence },
          .times(rows) { $0.receivedMicroseconds },
        ].values)
  }

  func upsertTradeCursors() -> Statement {
    let rows = tradeCursors
    return Statement(
      "upsert trade cursors",
      """
      insert into backstop.trade_cursors as c (account, symbol, trade_id)
      select * from unnest($1, $2, $3) order by 1, 2
      on conflict (account, symbol) do update set trade_id = excluded.trade_id, applied_at = now()
       where excluded.trade_id > c.trade_id
      """,
      [
        BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.symbol.text },
        .numbers(rows) { $0.value.trade.number },
      ].values)
  }

  /// The earliest beginning stays: a guardian that starts while the database is away would otherwise move it.
  func updateProtectedSince() -> Statement {
    let rows = protectedSince
    return Statement(
      "update protected_since",
      """
      update backstop.accounts a set protected_since = least(a.protected_since, u.at)
        from unnest($1, $2) as u (account, at) where a.account = u.account
      """, [BindArray.texts(rows) { $0.account }, .times(rows) { $0.value.microseconds }].values)
  }
}
