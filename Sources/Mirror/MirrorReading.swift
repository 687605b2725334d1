import Postgres
import Trading
import Venue

/// The queries of start-up recovery, inside one transaction.
struct MirrorReading {
  let connection: PostgresConnection
  let account: String

  private func rows(_ label: String, _ sql: StaticString, _ more: [BindValue] = []) throws(PostgresError) -> ResultRows
  {
    try connection.execute(Statement(label, sql, [.text(account)] + more))
  }

  private func map<Value>(
    _ rows: ResultRows, _ transform: (Row) throws(PostgresError) -> Value
  ) throws(PostgresError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(rows.count)
    for row in rows { values.append(try transform(row)) }
    return values
  }

  func protectedSince() throws(PostgresError) -> Timestamp? {
    let rows = try rows("read accounts", "select protected_since from backstop.accounts where account = $1")
    return try rows.first?.optionalTime("protected_since")
  }

  func openLots() throws(PostgresError) -> [Lot] {
    let rows = try rows(
      "read lots",
      """
      select *, array_to_string(take_profit_percents, ',', 'null') as percents,
             array_to_string(take_profit_prices, ',', 'null') as prices, array_to_string(take_profit_shares, ',') as shares
        from backstop.lots where account = $1 and closed_at is null order by opened_at, symbol, entry_order_id
      """)
    return try map(rows) { row throws(PostgresError) in try row.lot() }
  }

  /// Closed lots that recent trades have closed, the newest of them, in the order in which they were closed.
  func closedLots() throws(PostgresError) -> [Lot] {
    let rows = try rows(
      "read closed lots",
      """
      with recent as materialized (select * from backstop.recent_trades($1, $2::bigint::int))
      select n.*, array_to_string(take_profit_percents, ',', 'null') as percents,
             array_to_string(take_profit_prices, ',', 'null') as prices, array_to_string(take_profit_shares, ',') as shares
        from (
          select l.* from backstop.lots l
           where l.account = $1 and l.closed_at is not null
             and (l.symbol, l.entry_order_id) in (
               select c.symbol, c.entry_order_id from recent r
                 join backstop.lot_closures c on c.account = $1 and c.symbol = r.symbol and c.trade_id >= r.since)
           order by l.closed_at desc, l.symbol desc, l.entry_order_id desc limit $3
        ) n
       order by closed_at, symbol, entry_order_id
      """, [.int64(Int64(MirrorState.newestFillsPerSymbol)), .int64(Int64(MirrorState.closedLotsMax))])
    return try map(rows) { row throws(PostgresError) in try row.lot() }
  }

  func legs() throws(PostgresError) -> [Leg] {
    let rows = try rows(
      "read legs",
      """
      select g.* from backstop.legs g join backstop.lots l using (account, symbol, entry_order_id)
       where g.account = $1 and l.closed_at is null order by g.journal_id, g.sequence
      """)
    return try map(rows) { row throws(PostgresError) in try row.leg() }
  }

  func orders() throws(PostgresError) -> [Order] {
    let rows = try rows(
      "read orders",
      """
      select o.* from backstop.orders o where o.account = $1 and o.is_open
      union
      select o.* from backstop.orders o
        join backstop.lots l on l.account = o.account and l.symbol = o.symbol and l.entry_order_id = o.venue_order_id
       where o.account = $1 and l.closed_at is null
      union
      select o.* from backstop.lots l
        join backstop.legs g using (account, symbol, entry_order_id)
        join backstop.orders o on o.account = g.account and o.symbol = g.symbol and o.client_order_id = g.client_order_id
       where l.account = $1 and l.closed_at is null
       order by symbol, venue_order_id
      """)
    return try map(rows) { row throws(PostgresError) in try row.order() }
  }

  /// Fills of open lots and what closed them, of closed ones that recent trades closed, and of each symbol all from its
  /// cursor on (10,000 at the most) and never fewer than the 500 newest.
  func fills() throws(PostgresError) -> [Fill] {
    let rows = try rows(
      "read fills",
      """
      select f.* from backstop.lots l
        join backstop.fills f
          on f.account = l.account and f.symbol = l.symbol and f.venue_order_id = l.entry_order_id
       where l.account = $1 and l.closed_at is null
      union
      select f.* from backstop.lots l
        join backstop.lot_closures c using (account, symbol, entry_order_id)
        join backstop.fills f on f.account = c.account and f.symbol = c.symbol and f.trade_id = c.trade_id
       where l.account = $1 and l.closed_at is null
      union
      select f.* from backstop.recent_trades($1, $2::bigint::int) r
        join backstop.lot_closures c on c.account = $1 and c.symbol = r.symbol and c.trade_id >= r.since
        join backstop.lots l
          on l.account = c.account and l.symbol = c.symbol and l.entry_order_id = c.entry_order_id
        join backstop.fills f
          on f.account = l.account and f.symbol = l.symbol and f.venue_order_id = l.entry_order_id
       where l.closed_at is not null
      union
      select n.* from (
          select w.symbol, t.trade_id as cursor
            from (select symbol from backstop.trade_cursors where account = $1
                  union select symbol from backstop.lots where account = $1) w
            left join backstop.trade_cursors t on t.account = $1 and t.symbol = w.symbol
        ) s
        cross join lateral (
          (select * from backstop.fills f where f.account = $1 and f.symbol = s.symbol order by f.trade_id desc limit $2)
          union
          (select * from backstop.fills f
            where f.account = $1 and f.symbol = s.symbol and f.trade_id >= coalesce(s.cursor, 0)
            order by f.trade_id desc limit $3)
        ) n
       order by venue_time, symbol, trade_id
      """, [.int64(Int64(MirrorState.newestFillsPerSymbol)), .int64(Int64(MirrorState.fillsPerSymbolMax))])
    return try map(rows) { row throws(PostgresError) in try row.fill() }
  }

  func closures() throws(PostgresError) -> [LotClosure] {
    let rows = try rows(
      "read lot_closures",
      """
      select c.* from backstop.lot_closures c join backstop.lots l using (account, symbol, entry_order_id)
       where c.account = $1 and l.closed_at is null
      union
      select c.* from backstop.recent_trades($1, $2::bigint::int) r
        join backstop.lot_closures c on c.account = $1 and c.symbol = r.symbol and c.trade_id >= r.since
       order by journal_id, sequence
      """, [.int64(Int64(MirrorState.newestFillsPerSymbol))])
    return try map(rows) { row throws(PostgresError) in try row.closure() }
  }

  /// Sales that have closed less than they sold: recent ones, and those (of the 10,000 newest trades) made since the
  /// oldest open lot of their symbol was opened.
  func unmatchedSales() throws(PostgresError) -> [UnmatchedSale] {
    let rows = try rows(
      "read unmatched sales",
      """
      select s.*, s.quantity - coalesce(c.closed, 0) as rest
        from (
          select f.* from backstop.recent_trades($1, $2::bigint::int) r
            join backstop.fills f
              on f.account = $1 and f.symbol = r.symbol and f.trade_id >= r.since and f.side = 'sell'
          union
          select n.* from (
              select l.symbol, min(l.opened_at) as opened_at
                from backstop.lots l where l.account = $1 and l.closed_at is null group by l.symbol
            ) o
            cross join lateral (
              select * from backstop.fills f where f.account = $1 and f.symbol = o.symbol
               order by f.trade_id desc limit $3
            ) n
           where n.side = 'sell' and n.venue_time >= o.opened_at
        ) s
        left join lateral (
          select sum(c.quantity) as closed from backstop.lot_closures c
           where c.account = s.account and c.symbol = s.symbol and c.trade_id = s.trade_id
        ) c on true
       where s.quantity > coalesce(c.closed, 0)
       order by s.venue_time, s.symbol, s.trade_id
      """, [.int64(Int64(MirrorState.newestFillsPerSymbol)), .int64(Int64(MirrorState.fillsPerSymbolMax))])
    return try map(rows) { row throws(PostgresError) in
      UnmatchedSale(fill: try row.fill(), rest: try row.decimal("rest"))
    }
  }

  /// Those whose entry has not come and gone.
  func brackets() throws(PostgresError) -> [BracketRegistration] {
    let rows = try rows(
      "read brackets",
      """
      select *, array_to_string(take_profit_percents, ',', 'null') as percents,
             array_to_string(take_profit_prices, ',', 'null') as prices, array_to_string(take_profit_shares, ',') as shares
        from backstop.brackets b
       where b.account = $1
         and not exists (
           select from backstop.lots l
            where l.account = b.account and l.entry_client_order_id = b.entry_client_order_id
              and l.closed_at >= b.registered_at)
       order by b.registered_at desc, b.entry_client_order_id limit $2
      """, [.int64(MirrorReader.bracketsMax)])
    return try map(rows) { row throws(PostgresError) in try row.registration() }
  }

  func balances() throws(PostgresError) -> [Balance] {
    let rows = try rows(
      "read balances", "select asset, free, locked from backstop.balances where account = $1 order by asset")
    return try map(rows) { row throws(PostgresError) in
      Balance(asset: Asset(try row.value("asset")), free: try row.decimal("free"), locked: try row.decimal("locked"))
    }
  }

  func residuals() throws(PostgresError) -> [Asset: FixedDecimal] {
    let rows = try rows("read residuals", "select asset, quantity from backstop.asset_residuals where account = $1")
    var residuals: [Asset: FixedDecimal] = [:]
    for row in rows { residuals[Asset(try row.value("asset"))] = try row.decimal("quantity") }
    return residuals
  }

  func tradeCursors() throws(PostgresError) -> [Symbol: TradeID] {
    let rows = try rows("read trade_cursors", "select symbol, trade_id from backstop.trade_cursors where account = $1")
    var cursors: [Symbol: TradeID] = [:]
    for row in rows { cursors[Symbol(try row.value("symbol"))] = TradeID(try row.value("trade_id")) }
    return cursors
  }

  /// Looks at the newest orders of each symbol: what is older was looked at by earlier starts. The symbols are found by
  /// steps through the primary key, which is as cheap as they are few.
  func unbooked() throws(PostgresError) -> [Symbol: Timestamp] {
    let rows = try rows(
      "read unbooked orders",
      """
      with recursive traded(symbol) as (
        (select o.symbol from backstop.orders o where o.account = $1 order by o.symbol limit 1)
        union all
        select (select o.symbol from backstop.orders o
                 where o.account = $1 and o.symbol > t.symbol order by o.symbol limit 1)
          from traded t where t.symbol is not null
      )
      select t.symbol, min(coalesce(n.venue_created_at, n.venue_time)) as since
        from traded t
        cross join lateral (
          select * from backstop.orders o
           where o.account = $1 and o.symbol = t.symbol order by o.venue_order_id desc limit $2
        ) n
       where n.executed_quantity > (
         select coalesce(sum(f.quantity), 0) from backstop.fills f
          where f.account = $1 and f.symbol = n.symbol and f.venue_order_id = n.venue_order_id)
       group by t.symbol
      """, [.int64(Int64(MirrorState.newestFillsPerSymbol))])
    var unbooked: [Symbol: Timestamp] = [:]
    for row in rows { unbooked[Symbol(try row.value("symbol"))] = try row.time("since") }
    return unbooked
  }

  /// Every symbol that the account has orders of, found by the same steps as in `unbooked`.
  func orderedSymbols() throws(PostgresError) -> Set<Symbol> {
    let rows = try rows(
      "read ordered symbols",
      """
      with recursive ordered(symbol) as (
        (select o.symbol from backstop.orders o where o.account = $1 order by o.symbol limit 1)
        union all
        select (select o.symbol from backstop.orders o
                 where o.account = $1 and o.symbol > t.symbol order by o.symbol limit 1)
          from ordered t where t.symbol is not null
      )
      select symbol from ordered where symbol is not null
      """)
    return Set(try map(rows) { row throws(PostgresError) in Symbol(try row.value("symbol")) })
  }

  func lastID() throws(PostgresError) -> Int64 {
    let rows = try rows(
      "read the last id",
      """
      select coalesce(greatest(
        (select max(action_id) from backstop.actions where account = $1),
        (select max(sweep_id) from backstop.sweeps where account = $1),
        (select max(naked_id) from backstop.naked_intervals where account = $1)), 0) as last_id
      """)
    return try rows[0].value("last_id")
  }
}
