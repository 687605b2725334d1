import Postgres
import Trading
import Venue

// Orders, their events, fills and raw messages.

extension FactBatch {
  /// Monotone by status rank, executed quantity and venue time, like `Order.merged(with:)`: an older report changes
  /// nothing, and cumulative figures never fall. A leg keeps its name, whatever somebody's amend calls it and whoever
  /// reports that: by it the next life knows what is its own (fault OL16).
  func upsertOrders() -> Statement {
    let rows = orders
    return Statement(
      "upsert orders",
      """
      insert into backstop.orders as o (
        account, symbol, venue_order_id, client_order_id, order_list_id, side, type, time_in_force, status, status_rank,
        is_open, price, trigger_price, quantity, executed_quantity, executed_quote, prevented_quantity, is_working,
        expiry_reason, source, venue_created_at, venue_time, received_at)
      select * from unnest(
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::int8[]::int2[], $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
        $23) as u (
        account, symbol, venue_order_id, client_order_id, order_list_id, side, type, time_in_force, status, status_rank,
        is_open, price, trigger_price, quantity, executed_quantity, executed_quote, prevented_quantity, is_working,
        expiry_reason, source, venue_created_at, venue_time, received_at)
       order by u.account, u.symbol, u.venue_order_id
      on conflict (account, symbol, venue_order_id) do update set
        client_order_id = case when exists (
            select from backstop.legs l
             where l.account = o.account and l.symbol = o.symbol and l.client_order_id = o.client_order_id)
          then o.client_order_id else excluded.client_order_id end,
        order_list_id = coalesce(excluded.order_list_id, o.order_list_id),
        side = excluded.side, type = excluded.type, time_in_force = excluded.time_in_force, status = excluded.status,
        status_rank = excluded.status_rank, is_open = excluded.is_open, price = excluded.price,
        trigger_price = excluded.trigger_price, quantity = excluded.quantity,
        executed_quantity = greatest(excluded.executed_quantity, o.executed_quantity),
        executed_quote = greatest(excluded.executed_quote, o.executed_quote),
        prevented_quantity = greatest(excluded.prevented_quantity, o.prevented_quantity),
        is_working = coalesce(excluded.is_working, o.is_working),
        expiry_reason = coalesce(excluded.expiry_reason, o.expiry_reason),
        venue_created_at = coalesce(excluded.venue_created_at, o.venue_created_at), venue_time = excluded.venue_time,
        received_at = excluded.received_at, applied_at = now()
       where (excluded.status_rank, excluded.executed_quantity, excluded.venue_time)
           >= (o.status_rank, o.executed_quantity, o.venue_time)
      """,
      [
        BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.order.symbol.text },
        .numbers(rows) { $0.value.order.venueOrderID.number }, .texts(rows) { $0.value.order.clientOrderID.text },
        .numbers(rows) { $0.value.order.orderListID?.number }, .texts(rows) { $0.value.order.side.rawValue },
        .texts(rows) { $0.value.order.type.name }, .texts(rows) { $0.value.order.timeInForce.name },
        .texts(rows) { $0.value.order.status.name }, .numbers(rows) { Int64($0.value.order.status.rank) },
        .flags(rows) { $0.value.order.isOpen }, .decimals(rows) { $0.value.order.price },
        .decimals(rows) { $0.value.order.triggerPrice }, .decimals(rows) { $0.value.order.quantity },
        .decimals(rows) { $0.value.order.executedQuantity }, .decimals(rows) { $0.value.order.executedQuote },
        .decimals(rows) { $0.value.order.preventedQuantity }, .flags(rows) { $0.value.order.isWorking },
        .texts(rows) { $0.value.order.expiryReason }, .texts(rows) { $0.value.source.rawValue },
        .times(rows) { $0.value.order.createdAt?.microseconds }, .times(rows) { $0.value.order.updatedAt.microseconds },
        .times(rows) { $0.receivedMicroseconds },
      ].values)
  }

  func insertFills() -> Statement {
    let rows = fills
    return Statement(
      "insert fills",
      """
      insert into backstop.fills (
        account, symbol, trade_id, venue_order_id, side, price, quantity, commission, commission_asset, is_maker, source,
        venue_time, received_at)
      select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) order by 1, 2, 3
      on conflict do nothing
      """,
      [
        BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.fill.symbol.text },
        .numbers(rows) { $0.value.fill.tradeID.number }, .numbers(rows) { $0.value.fill.venueOrderID.number },
        .texts(rows) { $0.value.fill.side.rawValue }, .decimals(rows) { $0.value.fill.price },
        .decimals(rows) { $0.value.fill.quantity }, .decimals(rows) { $0.value.fill.commission },
        .texts(rows) { $0.value.fill.commissionAsset?.text }, .flags(rows) { $0.value.fill.isMaker },
        .texts(rows) { $0.value.source.rawValue }, .times(rows) { $0.value.fill.venueTime.microseconds },
        .times(rows) { $0.receivedMicroseconds },
      ].values)
  }

  /// A report with an execution number that is here already is the same report, whichever journal brings it.
  func insertOrderEvents(_ journal: Int64) -> Statement {
    let rows = orderEvents
    return Statement(
      "insert order events",
      """
      insert into backstop.order_events (
        journal_id, account, sequence, symbol, venue_order_id, client_order_id, request_client_order_id, execution_id,
        execution, status, executed_quantity, trade_id, reject_reason, venue_time, received_at)
      select $1, u.* from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as u
      on conflict do nothing
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .numbers(rows) { $0.sequence },
          .texts(rows) { $0.value.order.symbol.text }, .numbers(rows) { $0.value.order.venueOrderID.number },
          .texts(rows) { $0.value.order.clientOrderID.text }, .texts(rows) { $0.value.requestClientOrderID?.text },
          .numbers(rows) { $0.value.executionID }, .texts(rows) { $0.value.execution.name },
          .texts(rows) { $0.value.order.status.name }, .decimals(rows) { $0.value.order.executedQuantity },
          .numbers(rows) { $0.value.fill?.tradeID.number }, .texts(rows) { $0.value.rejectReason },
          .times(rows) { $0.value.eventTime.microseconds }, .times(rows) { $0.receivedMicroseconds },
        ].values)
  }

  func insertRaw(_ journal: Int64) -> Statement {
    var payloads = BindArray(.bytes, capacity: raw.count)
    for row in raw { payloads.append(bytes: row.value.bytes) }
    return Statement(
      "insert raw events",
      """
      insert into backstop.raw_events (journal_id, account, sequence, epoch, payload, is_decoded, received_at)
      select $1, u.* from unnest($2, $3, $4, $5, $6, $7) as u
      on conflict do nothing
      """,
      [.int64(journal)]
        + [
          BindArray.texts(raw) { $0.account }, .numbers(raw) { $0.sequence }, .numbers(raw) { $0.value.epoch },
          payloads,
          .flags(raw) { $0.value.isDecoded }, .times(raw) { $0.value.receivedAt.microseconds },
        ].values)
  }

  func upsertGaps(_ journal: Int64) -> Statement {
    let rows = gaps
    return Statement(
      "upsert gaps",
      """
      insert into backstop.gaps as g (journal_id, account, epoch, reason, started_at, ended_at)
      select $1, u.* from unnest($2, $3, $4, $5, $6) as u
      on conflict (account, journal_id, epoch) do update set
        reason = excluded.reason, started_at = least(g.started_at, excluded.started_at),
        ended_at = coalesce(excluded.ended_at, g.ended_at), applied_at = now()
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .numbers(rows) { $0.value.epoch }, .texts(rows) { $0.value.reason },
          .times(rows) { $0.wallMicroseconds($0.value.from) },
          .times(rows) { row in row.value.until.map { row.wallMicroseconds($0) } },
        ].values)
  }
}
