-- compatible
-- What people and dashboards read. Tables may grow columns; these names stay.

create view backstop.coverage as
select c.account, c.symbol, c.state, c.position, c.covered,
       greatest(0, c.position - c.covered) as uncovered,
       case when c.position > 0 and c.state <> 'unknown' then round(least(1, c.covered / c.position), 4) end as coverage_rate,
       c.dust, c.reasons, n.started_at as naked_since,
       case when n.started_at is not null then extract(epoch from now() - n.started_at)::numeric(20, 3) end as naked_seconds,
       c.received_at as judged_at
  from backstop.coverage_states c
  left join lateral (
    select min(i.started_at) as started_at
      from backstop.naked_intervals i
     where i.account = c.account and i.symbol = c.symbol and i.ended_at is null
  ) n on true;
comment on view backstop.coverage is 'How much of each position carries a live stop, and for how long it has not.';

create view backstop.uncovered as
select account, symbol, state, position, covered, uncovered, reasons, naked_since, naked_seconds, judged_at
  from backstop.coverage
 where state in ('partial', 'naked', 'unknown', 'ignored');
comment on view backstop.uncovered is
  'Positions that are not fully protected, those that nobody can vouch for (unknown) and those left alone on purpose (ignored).';

-- A client order id is unique only among open orders: of several orders of one name the newest is the leg's.
create view backstop.leg_orders as
select l.account, l.symbol, l.entry_order_id, l.role, l.tranche, l.generation, l.range_start, l.quantity,
       l.trigger_price, l.source, l.client_order_id, l.list_client_order_id, o.venue_order_id, o.status,
       coalesce(o.is_open, false) as is_open, o.executed_quantity,
       case when o.is_open then greatest(0, o.quantity - o.executed_quantity - o.prevented_quantity) else 0 end as live_quantity,
       l.received_at as decided_at, o.venue_created_at, o.venue_time
  from backstop.legs l
  left join lateral (
    select * from backstop.orders x
     where x.account = l.account and x.symbol = l.symbol and x.client_order_id = l.client_order_id
     order by x.venue_order_id desc limit 1
  ) o on true;
comment on view backstop.leg_orders is 'Every leg with the order that it became at the venue (null status: never seen there).';

create view backstop.orphans as
select g.account, g.symbol, g.client_order_id, g.venue_order_id, g.role, g.live_quantity, g.trigger_price,
       g.entry_order_id, t.close_reason, t.closed_at
  from backstop.leg_orders g
  left join backstop.lots t
    on t.account = g.account and t.symbol = g.symbol and t.entry_order_id = g.entry_order_id
 where g.is_open and (t.entry_order_id is null or t.closed_at is not null);
comment on view backstop.orphans is 'Our orders that still live at the venue although their lot is closed.';

create view backstop.open_lots as
select t.account, t.symbol, t.entry_order_id, t.entry_client_order_id, t.strategy, t.open_quantity,
       case when t.filled_quantity > 0 then t.filled_quote / t.filled_quantity end as entry_price,
       coalesce(s.stop_quantity, 0) as stop_quantity, s.stop_price,
       coalesce(s.take_profit_quantity, 0) as take_profit_quantity, s.take_profit_prices,
       t.realized_pnl, t.bracket_origin, t.is_protected, t.source, t.entry_is_open, t.opened_at,
       extract(epoch from now() - t.opened_at)::numeric(20, 3) as age_seconds
  from backstop.lots t
  left join lateral (
    select sum(g.live_quantity) filter (where g.role = 'stop_loss') as stop_quantity,
           max(g.trigger_price) filter (where g.role = 'stop_loss') as stop_price,
           sum(g.live_quantity) filter (where g.role = 'take_profit') as take_profit_quantity,
           array_agg(distinct g.trigger_price order by g.trigger_price) filter (where g.role = 'take_profit') as take_profit_prices
      from backstop.leg_orders g
     where g.account = t.account and g.symbol = t.symbol and g.entry_order_id = t.entry_order_id and g.is_open
  ) s on true
 where t.closed_at is null;
comment on view backstop.open_lots is 'Open entries with what protects them now.';

create view backstop.closed_lots as
select t.account, t.symbol, t.entry_order_id, t.entry_client_order_id, t.strategy, t.filled_quantity, t.base_fee,
       t.closed_quantity, case when t.filled_quantity > 0 then t.filled_quote / t.filled_quantity end as entry_price,
       x.exit_price, t.realized_pnl, t.close_reason, x.reasons, t.bracket_origin, t.source, t.opened_at, t.closed_at,
       extract(epoch from t.closed_at - t.opened_at)::numeric(20, 3) as held_seconds
  from backstop.lots t
  left join lateral (
    select sum(f.price * c.quantity) / nullif(sum(c.quantity), 0) as exit_price,
           array_agg(distinct c.reason order by c.reason) as reasons
      from backstop.lot_closures c
      join backstop.fills f on f.account = c.account and f.symbol = c.symbol and f.trade_id = c.trade_id
     where c.account = t.account and c.symbol = t.symbol and c.entry_order_id = t.entry_order_id and c.quantity > 0
  ) x on true
 where t.closed_at is not null;
comment on view backstop.closed_lots is 'Closed entries: what ended them and what they earned, to the last digit (quote units).';

create view backstop.layer_share as
select a.account, s.source, coalesce(c.legs, 0) as legs, coalesce(c.quantity, 0) as quantity,
       case when sum(c.legs) over w > 0 then round(coalesce(c.legs, 0) / sum(c.legs) over w, 4) end as share,
       coalesce(c.legs_24h, 0) as legs_24h,
       case when sum(c.legs_24h) over w > 0 then round(coalesce(c.legs_24h, 0) / sum(c.legs_24h) over w, 4) end as share_24h
  from backstop.accounts a
 cross join (values ('stream'), ('sweep'), ('direct')) s (source)
  left join (
    select account, source, count(*)::numeric as legs, sum(quantity) as quantity,
           (count(*) filter (where received_at > now() - interval '24 hours'))::numeric as legs_24h
      from backstop.legs
     group by account, source
  ) c on c.account = a.account and c.source = s.source
window w as (partition by a.account);
comment on view backstop.layer_share is
  'How many legs each layer placed. Much by sweep means that the stream loses events: above 5 % look why.';

create view backstop.placement_latency as
select account, source, command, count(*) as placements,
       round(percentile_disc(0.5) within group (order by latency_microseconds) / 1000.0, 3) as p50_ms,
       round(percentile_disc(0.9) within group (order by latency_microseconds) / 1000.0, 3) as p90_ms,
       round(percentile_disc(0.99) within group (order by latency_microseconds) / 1000.0, 3) as p99_ms,
       round(max(latency_microseconds) / 1000.0, 3) as max_ms,
       max(sent_at) as newest_at
  from backstop.actions
 where command in ('place_oco', 'place_leg') and latency_microseconds is not null
 group by account, source, command;
comment on view backstop.placement_latency is
  'From the fact that made protection necessary to the moment its order was sent, per layer (milliseconds).';

create view backstop.residuals as
select coalesce(b.account, t.account) as account, coalesce(b.asset, t.asset) as asset,
       coalesce(t.lots, 0) as lots, coalesce(b.total, 0) - coalesce(t.lots, 0) as residual, coalesce(b.total, 0) as wallet,
       r.quantity as judged_residual, r.received_at as judged_at, b.venue_time as wallet_at
  from backstop.balances b
  full join (
    select l.account, i.base_asset as asset, sum(l.open_quantity) as lots
      from backstop.lots l
      join backstop.instruments i on i.account = l.account and i.symbol = l.symbol
     where l.closed_at is null
     group by l.account, i.base_asset
  ) t on t.account = b.account and t.asset = b.asset
  left join backstop.asset_residuals r
    on r.account = coalesce(b.account, t.account) and r.asset = coalesce(b.asset, t.asset);
comment on view backstop.residuals is
  'Double entry: open lots + residual = wallet, per asset, both sides shown. A negative residual means that the wallet holds less '
  'than the lots say. judged_residual is what the guardian last concluded to be foreign: holdings from before, transfers.';

create view backstop.recent_activity as
select * from (
  (select account, venue_time as at, 'fill' as what, symbol as subject,
          side || ' ' || trim_scale(quantity) || ' at ' || trim_scale(price) as detail, source
     from backstop.fills order by venue_time desc limit 200)
  union all
  (select account, sent_at, 'action', symbol,
          command || ' ' || trim_scale(quantity) || ' ' || state || ' (' || reason || ')' || coalesce(': ' || rejection, ''), source
     from backstop.actions order by sent_at desc limit 200)
  union all
  (select account, started_at, 'sweep', trigger,
          case when is_complete then repairs || ' repairs' else 'incomplete: ' || array_to_string(failures, '; ') end, 'sweep'
     from backstop.sweeps where repairs > 0 or not is_complete order by started_at desc limit 200)
  union all
  (select account, raised_at, 'alert', subject, severity || ' ' || kind || ': ' || message, null
     from backstop.alerts order by raised_at desc limit 200)
  union all
  (select account, started_at, 'gap', 'epoch ' || epoch,
          reason || case when ended_at is null then ', open' else ', ' || round(extract(epoch from ended_at - started_at), 3) || ' s' end,
          null
     from backstop.gaps order by started_at desc limit 200)
  union all
  (select account, closed_at, 'lot_closed', symbol, close_reason || ' ' || trim_scale(realized_pnl), null
     from backstop.lots where closed_at is not null order by closed_at desc limit 200)
) a
order by at desc
limit 200;
comment on view backstop.recent_activity is 'The newest 200 things that happened, for people.';

create view backstop.alerts_open as
select account, kind, subject, severity, message, raised_at,
       extract(epoch from now() - raised_at)::numeric(20, 3) as age_seconds
  from backstop.alerts
 where cleared_at is null;
comment on view backstop.alerts_open is 'Alerts that stand now.';
