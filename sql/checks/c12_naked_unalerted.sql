-- More than a minute without a stop stands as an alert (promise I8).
select n.account, n.symbol, n.started_at, n.quantity, n.cause
  from backstop.naked_intervals n
 where n.ended_at is null and n.started_at < now() - interval '1 minute'
   and not exists (
     select from backstop.alerts a
      where a.account = n.account and a.subject = n.symbol and a.cleared_at is null and a.severity = 'critical');
