import Postgres
import Trading
import Venue

// What the guardian did and judged: actions, sweeps, coverage, naked intervals, alerts.

extension FactBatch {
  func upsertActions(_ journal: Int64) -> Statement {
    let rows = actions
    return Statement(
      "upsert actions",
      """
      insert into backstop.actions as a (
        journal_id, account, action_id, symbol, entry_order_id, command, client_order_ids, reason, source, quantity, state,
        attempt, rejection, sent_at, settled_at, latency_microseconds, sequence)
      select $1, account, action_id, symbol, entry_order_id, command, client_order_ids::text[], reason, source, quantity,
             state, attempt, rejection, sent_at, settled_at, latency_microseconds, sequence
        from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) as u (
          account, action_id, symbol, entry_order_id, command, client_order_ids, reason, source, quantity, state, attempt,
          rejection, sent_at, settled_at, latency_microseconds, sequence)
       order by 2, 3
      on conflict (account, journal_id, action_id) do update set
        reason = excluded.reason, source = excluded.source, quantity = excluded.quantity, state = excluded.state,
        attempt = excluded.attempt, rejection = excluded.rejection, settled_at = excluded.settled_at,
        latency_microseconds = coalesce(excluded.latency_microseconds, a.latency_microseconds),
        sequence = excluded.sequence, applied_at = now()
       where excluded.sequence >= a.sequence
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .numbers(rows) { $0.value.id }, .texts(rows) { $0.value.symbol.text },
          .numbers(rows) { $0.value.lot?.venueOrderID.number }, .texts(rows) { $0.value.command },
          .textLists(rows) { $0.value.clientOrderIDs.map(\.text) }, .texts(rows) { $0.value.reason },
          .texts(rows) { $0.value.source.rawValue }, .decimals(rows) { $0.value.quantity },
          .texts(rows) { $0.value.state.rawValue }, .numbers(rows) { Int64($0.value.attempt) },
          .texts(rows) { $0.value.rejection }, .times(rows) { $0.wallMicroseconds($0.value.sentAt) },
          .times(rows) { row in row.value.settledAt.map { row.wallMicroseconds($0) } },
          .numbers(rows) { $0.value.latency.map { $0.wholeNanoseconds / 1000 } }, .numbers(rows) { $0.sequence },
        ].values)
  }

  func upsertSweeps(_ journal: Int64) -> Statement {
    let rows = sweeps
    return Statement(
      "upsert sweeps",
      """
      insert into backstop.sweeps (
        journal_id, account, sweep_id, trigger, started_at, finished_at, is_complete, failures, open_orders, repairs)
      select $1, account, sweep_id, trigger, started_at, finished_at, is_complete, failures::text[], open_orders, repairs
        from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10) as u (
          account, sweep_id, trigger, started_at, finished_at, is_complete, failures, open_orders, repairs)
      on conflict (account, journal_id, sweep_id) do nothing
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .numbers(rows) { $0.value.id }, .texts(rows) { $0.value.trigger },
          .times(rows) { $0.wallMicroseconds($0.value.startedAt) },
          .times(rows) { $0.wallMicroseconds($0.value.finishedAt) }, .flags(rows) { $0.value.isComplete },
          .textLists(rows) { $0.value.failures }, .numbers(rows) { Int64($0.value.openOrders) },
          .numbers(rows) { Int64($0.value.repairs) },
        ].values)
  }

  func upsertCoverage(_ journal: Int64) -> Statement {
    let rows = coverage
    return Statement(
      "upsert coverage",
      """
      insert into backstop.coverage_states as c (
        journal_id, account, symbol, state, position, covered, dust, reasons, sequence, received_at)
      select $1, account, symbol, state, position, covered, dust, reasons::text[], sequence, received_at
        from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10) as u (
          account, symbol, state, position, covered, dust, reasons, sequence, received_at)
       order by 2, 3
      on conflict (account, symbol) do update set
        state = excluded.state, position = excluded.position, covered = excluded.covered, dust = excluded.dust,
        reasons = excluded.reasons, journal_id = excluded.journal_id, sequence = excluded.sequence,
        received_at = excluded.received_at, applied_at = now()
       where (excluded.journal_id, excluded.sequence) >= (c.journal_id, c.sequence)
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .texts(rows) { $0.value.symbol.text },
          .texts(rows) { $0.value.state.rawValue }, .decimals(rows) { $0.value.position },
          .decimals(rows) { $0.value.covered }, .decimals(rows) { $0.value.dust },
          .textLists(rows) { $0.value.reasons },
          .numbers(rows) { $0.sequence }, .times(rows) { $0.receivedMicroseconds },
        ].values)
  }

  func upsertNaked(_ journal: Int64) -> Statement {
    let rows = naked
    return Statement(
      "upsert naked intervals",
      """
      insert into backstop.naked_intervals as n (
        journal_id, account, naked_id, symbol, started_at, ended_at, quantity, cause, sequence)
      select $1, u.* from unnest($2, $3, $4, $5, $6, $7, $8, $9) as u order by 2, 3
      on conflict (account, journal_id, naked_id) do update set
        ended_at = excluded.ended_at, quantity = excluded.quantity, cause = excluded.cause, sequence = excluded.sequence,
        applied_at = now()
       where excluded.sequence >= n.sequence
      """,
      [.int64(journal)]
        + [
          BindArray.texts(rows) { $0.account }, .numbers(rows) { $0.value.id }, .texts(rows) { $0.value.symbol.text },
          .times(rows) { $0.wallMicroseconds($0.value.since) },
          .times(rows) { row in row.value.until.map { row.wallMicroseconds($0) } },
          .decimals(rows) { $0.value.quantity },
          .texts(rows) { $0.value.cause }, .numbers(rows) { $0.sequence },
        ].values)
  }

  /// One after the other in the order of the facts: raising and clearing must not swap.
  func recordAlerts() -> Statement {
    Statement(
      "record alerts",
      """
      select backstop.record_alert(account, kind, subject, severity, message, standing, at)
        from (select * from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality
                as u (account, kind, subject, severity, message, standing, at, position) order by position) as o
      """,
      [
        BindArray.texts(alerts) { $0.account }, .texts(alerts) { $0.value.kind }, .texts(alerts) { $0.value.subject },
        .texts(alerts) { $0.value.severity.rawValue }, .texts(alerts) { $0.value.message },
        .flags(alerts) { $0.value.isStanding }, .times(alerts) { $0.wallMicroseconds($0.value.at) },
      ].values)
  }
}
