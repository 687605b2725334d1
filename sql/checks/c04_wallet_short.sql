-- The wallet holds what the open lots say (double entry, requirement R39); when it holds less, an alert says so (promise I8).
select r.account, r.asset, r.lots, r.wallet, r.residual
  from backstop.residuals r
  join lateral (
    select max(greatest(i.step_size, 0.00000001)) as smallest, array_agg(i.symbol) as symbols
      from backstop.instruments i where i.account = r.account and i.base_asset = r.asset
  ) i on true
 where r.lots > 0 and r.residual <= -i.smallest
   -- A fill and the balance that it changes arrive as two messages.
   and not exists (
     select from backstop.lots l
      where l.account = r.account and l.symbol = any (i.symbols) and l.applied_at > now() - interval '10 seconds')
   and not exists (
     select from backstop.alerts a
      where a.account = r.account and a.subject = any (i.symbols) and a.kind = 'wallet_short' and a.cleared_at is null);
