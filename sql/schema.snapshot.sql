-- PostgreSQL 15
CREATE SCHEMA backstop;
COMMENT ON SCHEMA backstop IS 'Mirror of a trading account and the record of what the guardian did. Tables are written by the guardian only; people and dashboards read the views; bots call the functions.';
CREATE FUNCTION backstop.bracket_defect(stop_loss_percent numeric, stop_loss_price numeric, take_profit_percents numeric[], take_profit_prices numeric[], take_profit_shares numeric[], on_crossed_stop text, take_profit_style text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when stop_loss_percent is null and stop_loss_price is null and cardinality(take_profit_shares) = 0
      then 'the bracket has neither a stop nor a take-profit: give at least one'
    when stop_loss_percent is not null and stop_loss_price is not null
      then 'give the stop either as a percentage or as a price, not both'
    when exists (
      select from unnest(array[stop_loss_percent, stop_loss_price] || take_profit_percents || take_profit_prices
                         || take_profit_shares) as t (value)
       where scale(trim_scale(t.value)) > 18 or abs(t.value) >= 1e18)
      then 'a number has more digits than any venue uses'
    when stop_loss_percent <= 0 or stop_loss_percent >= 100
      then 'stop_loss_percent is out of range: use a percentage above 0 and below 100'
    when stop_loss_price <= 0 then 'stop_loss_price is not positive'
    when cardinality(take_profit_shares) > 9 then 'at most 9 take-profits are supported'
    when cardinality(take_profit_percents) <> cardinality(take_profit_shares)
      or cardinality(take_profit_prices) <> cardinality(take_profit_shares)
      then 'take-profit percentages, prices and shares must have the same length'
    when exists (
      select from unnest(take_profit_percents, take_profit_prices) as t (percent, price)
       where (t.percent is null) = (t.price is null))
      then 'each take-profit is either a percentage or a price'
    when exists (select from unnest(take_profit_percents) as t (percent) where t.percent <= 0 or t.percent > 10000)
      then 'a take-profit percentage is out of range: use one above 0'
    when exists (select from unnest(take_profit_prices) as t (price) where t.price <= 0)
      then 'a take-profit price is not positive'
    when exists (select from unnest(take_profit_shares) as t (share) where t.share is null or t.share <= 0 or t.share > 1)
      then 'a take-profit share is out of range: use a value above 0 and at most 1'
    when cardinality(take_profit_shares) > 0 and (select sum(t.share) from unnest(take_profit_shares) as t (share)) <> 1
      then 'the take-profit shares must sum to exactly 1'
    when on_crossed_stop not in ('exit', 'clamp', 'alert') then 'on_crossed_stop must be exit, clamp or alert'
    when take_profit_style not in ('trigger', 'maker') then 'take_profit_style must be trigger or maker'
  end
$$;
COMMENT ON FUNCTION backstop.bracket_defect(stop_loss_percent numeric, stop_loss_price numeric, take_profit_percents numeric[], take_profit_prices numeric[], take_profit_shares numeric[], on_crossed_stop text, take_profit_style text) IS 'What is wrong with a bracket''s levels, in words; null when nothing is.';
CREATE FUNCTION backstop.purge_raw_events(older_than interval DEFAULT '7 days'::interval, rows_max bigint DEFAULT 100000) RETURNS bigint
    LANGUAGE sql
    AS $$
  with gone as (
    delete from backstop.raw_events r
     using (
       select account, journal_id, sequence from backstop.raw_events
        where received_at < now() - older_than order by received_at limit rows_max
     ) old
     where r.account = old.account and r.journal_id = old.journal_id and r.sequence = old.sequence
    returning 1
  )
  select count(*) from gone
$$;
COMMENT ON FUNCTION backstop.purge_raw_events(older_than interval, rows_max bigint) IS 'Deletes raw messages older than this, oldest first, at most rows_max, and says how many. Nothing else reads them. The guardian''s writer calls it every hour.';
CREATE FUNCTION backstop.recent_trades(account text, newest integer) RETURNS TABLE(symbol text, since bigint)
    LANGUAGE sql STABLE
    AS $_$
  select w.symbol,
         least(
           coalesce((select t.trade_id from backstop.trade_cursors t where t.account = $1 and t.symbol = w.symbol), 0),
           coalesce((select min(n.trade_id) from (
             select f.trade_id from backstop.fills f where f.account = $1 and f.symbol = w.symbol
              order by f.trade_id desc limit $2) n), 0))
    from (select t.symbol from backstop.trade_cursors t where t.account = $1
          union select l.symbol from backstop.lots l where l.account = $1) w
$_$;
COMMENT ON FUNCTION backstop.recent_trades(account text, newest integer) IS 'Of each symbol of the account the trade from which on its past may still change: the cursor of its history, or the oldest of so many newest trades if that is older.';
CREATE FUNCTION backstop.record_alert(p_account text, p_kind text, p_subject text, p_severity text, p_message text, p_standing boolean, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if not p_standing then
    update backstop.alerts
       set cleared_at = p_at, applied_at = now()
     where account = p_account and kind = p_kind and subject = p_subject and cleared_at is null and raised_at <= p_at;
    return;
  end if;
  update backstop.alerts
     set severity = p_severity, message = p_message, applied_at = now()
   where account = p_account and kind = p_kind and subject = p_subject and cleared_at is null and raised_at <= p_at;
  if found then return; end if;
  insert into backstop.alerts as a (account, kind, subject, raised_at, severity, message)
  select p_account, p_kind, p_subject, p_at, p_severity, p_message
   where not exists (
     select from backstop.alerts o
      where o.account = p_account and o.kind = p_kind and o.subject = p_subject
        and o.raised_at <= p_at and o.cleared_at >= p_at)
  on conflict do nothing;
end
$$;
COMMENT ON FUNCTION backstop.record_alert(p_account text, p_kind text, p_subject text, p_severity text, p_message text, p_standing boolean, p_at timestamp with time zone) IS 'Raises, updates or clears an alert. For the guardian''s writer only.';
CREATE FUNCTION backstop.register_bracket(account text, entry_client_order_id text, stop_loss_percent numeric DEFAULT NULL::numeric, stop_loss_price numeric DEFAULT NULL::numeric, take_profit_percents numeric[] DEFAULT NULL::numeric[], take_profit_prices numeric[] DEFAULT NULL::numeric[], take_profit_shares numeric[] DEFAULT NULL::numeric[], symbol text DEFAULT NULL::text, strategy text DEFAULT NULL::text, on_crossed_stop text DEFAULT 'exit'::text, take_profit_style text DEFAULT 'trigger'::text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  targets int := coalesce(cardinality(register_bracket.take_profit_percents), cardinality(register_bracket.take_profit_prices), 0);
  percents numeric[] := coalesce(register_bracket.take_profit_percents, array_fill(null::numeric, array[targets]));
  prices numeric[] := coalesce(register_bracket.take_profit_prices, array_fill(null::numeric, array[targets]));
  shares numeric[] := register_bracket.take_profit_shares;
  defect text;
begin
  if not exists (select from backstop.accounts a where a.account = register_bracket.account) then
    raise exception 'backstop mirrors no account named %', quote_literal(register_bracket.account)
      using errcode = '22023', hint = 'select account from backstop.accounts;';
  end if;
  if coalesce(register_bracket.entry_client_order_id, '') = '' then
    raise exception 'entry_client_order_id is empty'
      using errcode = '22023', hint = 'Give the client order id that the entry order carries or will carry.';
  end if;
  if shares is null then
    shares := case targets when 0 then '{}' when 1 then '{1}' when 2 then '{0.5,0.5}' end;
    if shares is null then
      raise exception 'take_profit_shares is missing for % take-profits', targets
        using errcode = '22023', hint = 'Give one share per take-profit; they must sum to exactly 1.';
    end if;
  end if;
  defect := backstop.bracket_defect(
    register_bracket.stop_loss_percent, register_bracket.stop_loss_price, percents, prices, shares,
    register_bracket.on_crossed_stop, register_bracket.take_profit_style);
  if defect is not null then
    raise exception '%', defect using errcode = '22023';
  end if;
  insert into backstop.brackets as b (
    account, entry_client_order_id, symbol, strategy, stop_loss_percent, stop_loss_price, take_profit_percents,
    take_profit_prices, take_profit_shares, on_crossed_stop, take_profit_style)
  values (
    register_bracket.account, register_bracket.entry_client_order_id, register_bracket.symbol, register_bracket.strategy,
    register_bracket.stop_loss_percent, register_bracket.stop_loss_price, percents, prices, shares,
    register_bracket.on_crossed_stop, register_bracket.take_profit_style)
  on conflict (account, entry_client_order_id) do update set
    symbol = excluded.symbol, strategy = excluded.strategy, stop_loss_percent = excluded.stop_loss_percent,
    stop_loss_price = excluded.stop_loss_price, take_profit_percents = excluded.take_profit_percents,
    take_profit_prices = excluded.take_profit_prices, take_profit_shares = excluded.take_profit_shares,
    on_crossed_stop = excluded.on_crossed_stop, take_profit_style = excluded.take_profit_style,
    registered_by = 'sql', registered_at = now(), taken_at = null;
end
$$;
COMMENT ON FUNCTION backstop.register_bracket(account text, entry_client_order_id text, stop_loss_percent numeric, stop_loss_price numeric, take_profit_percents numeric[], take_profit_prices numeric[], take_profit_shares numeric[], symbol text, strategy text, on_crossed_stop text, take_profit_style text) IS 'For bots: what the entry with this client order id shall carry. Call it before or after placing the entry; calling it again replaces the wish. Example: select backstop.register_bracket(''main'', ''my-order-1'', stop_loss_percent => 1, take_profit_percents => ''{1,2}'');';
CREATE FUNCTION backstop.tell_bracket() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_notify('backstop_brackets', '');
  return null;
end
$$;
COMMENT ON FUNCTION backstop.tell_bracket() IS 'Wakes the guardian, which reads the waiting rows. The message carries nothing: ids may be hostile or long.';
CREATE FUNCTION backstop.tell_event() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_notify('backstop_events', json_build_object(
    'event', tg_argv[0], 'account', new.account,
    'subject', left(case tg_table_name when 'alerts' then to_jsonb(new) ->> 'subject' else to_jsonb(new) ->> 'symbol' end, 200),
    'detail', left(case tg_table_name
      when 'alerts' then to_jsonb(new) ->> 'kind'
      when 'lots' then to_jsonb(new) ->> 'close_reason'
      else to_jsonb(new) ->> 'state' end, 200))::text);
  return null;
end
$$;
COMMENT ON FUNCTION backstop.tell_event() IS 'NOTIFY backstop_events with JSON {event, account, subject, detail}; event is alert_raised, alert_cleared, coverage_changed or lot_closed.';
CREATE TABLE backstop.accounts (
    account text NOT NULL,
    environment text NOT NULL,
    venue text NOT NULL,
    fingerprint text NOT NULL,
    protected_since timestamp with time zone,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.accounts IS 'Accounts that are mirrored here. Every other table names its account by this key.';
COMMENT ON COLUMN backstop.accounts.account IS 'The name that the configuration gives the account.';
COMMENT ON COLUMN backstop.accounts.environment IS 'Same as the installation''s; the foreign key keeps it so.';
COMMENT ON COLUMN backstop.accounts.venue IS 'The venue and market, e.g. binance-spot.';
COMMENT ON COLUMN backstop.accounts.fingerprint IS 'What proves that this is still the same account at the venue. A different one is refused, so that two accounts never mix.';
COMMENT ON COLUMN backstop.accounts.protected_since IS 'When protection began (venue time). Entries older than this are not protected. Null until the first complete sweep.';
COMMENT ON COLUMN backstop.accounts.first_seen_at IS 'When a guardian first claimed the account here.';
CREATE TABLE backstop.actions (
    account text NOT NULL,
    journal_id bigint NOT NULL,
    action_id bigint NOT NULL,
    symbol text NOT NULL,
    entry_order_id bigint,
    command text NOT NULL,
    client_order_ids text[] NOT NULL,
    reason text NOT NULL,
    source text NOT NULL,
    quantity numeric NOT NULL,
    state text NOT NULL,
    attempt bigint NOT NULL,
    rejection text,
    sent_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    latency_microseconds bigint,
    sequence bigint NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.actions IS 'Every command to the venue: written as intent before it is sent, and again with its outcome.';
COMMENT ON COLUMN backstop.actions.account IS 'Account.';
COMMENT ON COLUMN backstop.actions.journal_id IS 'Journal of the guardian that sent it.';
COMMENT ON COLUMN backstop.actions.action_id IS 'Its number in that journal.';
COMMENT ON COLUMN backstop.actions.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.actions.entry_order_id IS 'The lot that it serves, if one.';
COMMENT ON COLUMN backstop.actions.command IS 'place_oco, place_leg, amend, cancel_order, cancel_list or place_entry.';
COMMENT ON COLUMN backstop.actions.client_order_ids IS 'Client order ids that it carries: the list''s first, then the legs''.';
COMMENT ON COLUMN backstop.actions.reason IS 'Why: a reason code.';
COMMENT ON COLUMN backstop.actions.source IS 'Layer whose fact made it necessary: stream, sweep or direct.';
COMMENT ON COLUMN backstop.actions.quantity IS 'Base units.';
COMMENT ON COLUMN backstop.actions.state IS 'sent, accepted, rejected, ambiguous, or absent (proven never to have reached the venue).';
COMMENT ON COLUMN backstop.actions.attempt IS 'Which try, from 1.';
COMMENT ON COLUMN backstop.actions.rejection IS 'The venue''s reason, when rejected.';
COMMENT ON COLUMN backstop.actions.sent_at IS 'When it was sent (guardian''s wall clock).';
COMMENT ON COLUMN backstop.actions.settled_at IS 'When its outcome was known; null until then.';
COMMENT ON COLUMN backstop.actions.latency_microseconds IS 'From the fact that made it necessary to the moment it was sent.';
COMMENT ON COLUMN backstop.actions.sequence IS 'Number of the fact that wrote the row last.';
COMMENT ON COLUMN backstop.actions.applied_at IS 'When the row was last written.';
CREATE TABLE backstop.alerts (
    account text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    severity text NOT NULL,
    message text NOT NULL,
    cleared_at timestamp with time zone,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.alerts IS 'Alerts, one row from raising to clearing.';
COMMENT ON COLUMN backstop.alerts.account IS 'Account.';
COMMENT ON COLUMN backstop.alerts.kind IS 'What is wrong; each kind has a heading in the runbook.';
COMMENT ON COLUMN backstop.alerts.subject IS 'What it is about: a symbol or an order; empty for the account.';
COMMENT ON COLUMN backstop.alerts.raised_at IS 'When it was raised (guardian''s wall clock).';
COMMENT ON COLUMN backstop.alerts.severity IS 'notice, warning or critical; the newest.';
COMMENT ON COLUMN backstop.alerts.message IS 'For people; the newest.';
COMMENT ON COLUMN backstop.alerts.cleared_at IS 'When it was cleared, or the guardian that raised it was replaced; null while it stands.';
COMMENT ON COLUMN backstop.alerts.applied_at IS 'When the row was last written.';
CREATE VIEW backstop.alerts_open AS
 SELECT alerts.account,
    alerts.kind,
    alerts.subject,
    alerts.severity,
    alerts.message,
    alerts.raised_at,
    (EXTRACT(epoch FROM (now() - alerts.raised_at)))::numeric(20,3) AS age_seconds
   FROM backstop.alerts
  WHERE (alerts.cleared_at IS NULL);
COMMENT ON VIEW backstop.alerts_open IS 'Alerts that stand now.';
CREATE TABLE backstop.asset_residuals (
    account text NOT NULL,
    asset text NOT NULL,
    quantity numeric NOT NULL,
    journal_id bigint NOT NULL,
    sequence bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.asset_residuals IS 'What the guardian concluded, after reading every history, to be in a wallet and of no lot: holdings from before, deposits, transfers. Written when it concludes, not with every trade; the view residuals shows both sides as they are now.';
COMMENT ON COLUMN backstop.asset_residuals.account IS 'Account.';
COMMENT ON COLUMN backstop.asset_residuals.asset IS 'Asset.';
COMMENT ON COLUMN backstop.asset_residuals.quantity IS 'Wallet minus open lots at that moment.';
COMMENT ON COLUMN backstop.asset_residuals.journal_id IS 'Journal of the fact that wrote the row last.';
COMMENT ON COLUMN backstop.asset_residuals.sequence IS 'Number of that fact in its journal.';
COMMENT ON COLUMN backstop.asset_residuals.received_at IS 'When the guardian computed it (its wall clock).';
COMMENT ON COLUMN backstop.asset_residuals.applied_at IS 'When the row was last written.';
CREATE TABLE backstop.balances (
    account text NOT NULL,
    asset text NOT NULL,
    free numeric NOT NULL,
    locked numeric NOT NULL,
    total numeric GENERATED ALWAYS AS ((free + locked)) STORED NOT NULL,
    venue_time timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.balances IS 'What the venue last said the wallet holds. The truth; lots and residual must add up to it.';
COMMENT ON COLUMN backstop.balances.account IS 'Account.';
COMMENT ON COLUMN backstop.balances.asset IS 'Asset, e.g. BTC.';
COMMENT ON COLUMN backstop.balances.free IS 'Not held by any order.';
COMMENT ON COLUMN backstop.balances.locked IS 'Held by open orders or by another product of the venue.';
COMMENT ON COLUMN backstop.balances.total IS 'free + locked.';
COMMENT ON COLUMN backstop.balances.venue_time IS 'Venue time of this statement; an older one never overwrites a newer one.';
COMMENT ON COLUMN backstop.balances.received_at IS 'When the guardian learned it (its wall clock).';
COMMENT ON COLUMN backstop.balances.applied_at IS 'When the row was last written.';
CREATE TABLE backstop.brackets (
    account text NOT NULL,
    entry_client_order_id text NOT NULL,
    symbol text,
    strategy text,
    stop_loss_percent numeric,
    stop_loss_price numeric,
    take_profit_percents numeric[] DEFAULT '{}'::numeric[] NOT NULL,
    take_profit_prices numeric[] DEFAULT '{}'::numeric[] NOT NULL,
    take_profit_shares numeric[] DEFAULT '{}'::numeric[] NOT NULL,
    on_crossed_stop text DEFAULT 'exit'::text NOT NULL,
    take_profit_style text DEFAULT 'trigger'::text NOT NULL,
    registered_by text DEFAULT 'sql'::text NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    taken_at timestamp with time zone,
    CONSTRAINT brackets_make_sense CHECK ((backstop.bracket_defect(stop_loss_percent, stop_loss_price, take_profit_percents, take_profit_prices, take_profit_shares, on_crossed_stop, take_profit_style) IS NULL)),
    CONSTRAINT brackets_registered_by_check CHECK ((registered_by = ANY (ARRAY['sql'::text, 'guardian'::text])))
);
COMMENT ON TABLE backstop.brackets IS 'What bots asked for, by the client order id of the entry. Bots may INSERT here or call register_bracket(); the guardian is told at once.';
COMMENT ON COLUMN backstop.brackets.account IS 'Account.';
COMMENT ON COLUMN backstop.brackets.entry_client_order_id IS 'Client order id that the bot''s entry carries or will carry.';
COMMENT ON COLUMN backstop.brackets.symbol IS 'Symbol of the entry, when the bot said it.';
COMMENT ON COLUMN backstop.brackets.strategy IS 'The bot''s own label.';
COMMENT ON COLUMN backstop.brackets.stop_loss_percent IS 'Stop this many percent below the entry''s average price; or null.';
COMMENT ON COLUMN backstop.brackets.stop_loss_price IS 'Stop at this price; or null.';
COMMENT ON COLUMN backstop.brackets.take_profit_percents IS 'Per take-profit: percent above the entry''s average price, or null when it is a price.';
COMMENT ON COLUMN backstop.brackets.take_profit_prices IS 'Per take-profit: price, or null when it is a percentage.';
COMMENT ON COLUMN backstop.brackets.take_profit_shares IS 'Per take-profit: its part of the position; together exactly 1.';
COMMENT ON COLUMN backstop.brackets.on_crossed_stop IS 'What to do when the price is already through the stop: exit, clamp or alert.';
COMMENT ON COLUMN backstop.brackets.take_profit_style IS 'trigger (trigger, then market) or maker (a resting limit).';
COMMENT ON COLUMN backstop.brackets.registered_by IS 'sql: inserted by a bot. guardian: registered through the control API or the CLI.';
COMMENT ON COLUMN backstop.brackets.registered_at IS 'When it was registered.';
COMMENT ON COLUMN backstop.brackets.taken_at IS 'When the guardian took it over; null while it waits.';
CREATE TABLE backstop.fills (
    account text NOT NULL,
    symbol text NOT NULL,
    trade_id bigint NOT NULL,
    venue_order_id bigint NOT NULL,
    side text NOT NULL,
    price numeric NOT NULL,
    quantity numeric NOT NULL,
    quote_quantity numeric GENERATED ALWAYS AS ((price * quantity)) STORED NOT NULL,
    commission numeric NOT NULL,
    commission_asset text,
    is_maker boolean NOT NULL,
    source text NOT NULL,
    venue_time timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.fills IS 'Every execution exactly once, whichever layer brought it first. Rows never change.';
COMMENT ON COLUMN backstop.fills.account IS 'Account.';
COMMENT ON COLUMN backstop.fills.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.fills.trade_id IS 'The venue''s trade number; unique together with the symbol.';
COMMENT ON COLUMN backstop.fills.venue_order_id IS 'The order that traded.';
COMMENT ON COLUMN backstop.fills.side IS 'buy or sell.';
COMMENT ON COLUMN backstop.fills.price IS 'Quote units per base unit.';
COMMENT ON COLUMN backstop.fills.quantity IS 'Base units.';
COMMENT ON COLUMN backstop.fills.quote_quantity IS 'price times quantity, exact (quote units).';
COMMENT ON COLUMN backstop.fills.commission IS 'Taken by the venue, in units of commission_asset.';
COMMENT ON COLUMN backstop.fills.commission_asset IS 'Asset of the commission; null when none was taken.';
COMMENT ON COLUMN backstop.fills.is_maker IS 'Whether our order rested on the book.';
COMMENT ON COLUMN backstop.fills.source IS 'Layer that first told us of it: stream, sweep or direct.';
COMMENT ON COLUMN backstop.fills.venue_time IS 'Venue time of the trade.';
COMMENT ON COLUMN backstop.fills.received_at IS 'When the guardian learned of it (its wall clock).';
COMMENT ON COLUMN backstop.fills.applied_at IS 'When the row was written.';
CREATE TABLE backstop.lot_closures (
    account text NOT NULL,
    symbol text NOT NULL,
    entry_order_id bigint NOT NULL,
    trade_id bigint NOT NULL,
    quantity numeric NOT NULL,
    reason text NOT NULL,
    realized_pnl numeric NOT NULL,
    journal_id bigint NOT NULL,
    sequence bigint NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.lot_closures IS 'Which selling fill took how much from which lot, and what that earned.';
COMMENT ON COLUMN backstop.lot_closures.account IS 'Account.';
COMMENT ON COLUMN backstop.lot_closures.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.lot_closures.entry_order_id IS 'The lot.';
COMMENT ON COLUMN backstop.lot_closures.trade_id IS 'The selling fill.';
COMMENT ON COLUMN backstop.lot_closures.quantity IS 'Base units taken from the lot; 0 when an older sale, heard of late, took its place.';
COMMENT ON COLUMN backstop.lot_closures.reason IS 'take_profit, stop_loss, exit, flatten, external or dust.';
COMMENT ON COLUMN backstop.lot_closures.realized_pnl IS 'Exact profit and loss of this part (quote units).';
COMMENT ON COLUMN backstop.lot_closures.journal_id IS 'Journal of the fact that wrote the row last.';
COMMENT ON COLUMN backstop.lot_closures.sequence IS 'Number of that fact in its journal.';
COMMENT ON COLUMN backstop.lot_closures.applied_at IS 'When the row was last written.';
CREATE TABLE backstop.lots (
    account text NOT NULL,
    symbol text NOT NULL,
    entry_order_id bigint NOT NULL,
    entry_client_order_id text NOT NULL,
    strategy text,
    stop_loss_percent numeric,
    stop_loss_price numeric,
    take_profit_percents numeric[] NOT NULL,
    take_profit_prices numeric[] NOT NULL,
    take_profit_shares numeric[] NOT NULL,
    on_crossed_stop text NOT NULL,
    take_profit_style text NOT NULL,
    bracket_origin text NOT NULL,
    is_protected boolean NOT NULL,
    filled_quantity numeric NOT NULL,
    filled_quote numeric NOT NULL,
    base_fee numeric NOT NULL,
    closed_quantity numeric NOT NULL,
    open_quantity numeric GENERATED ALWAYS AS (GREATEST((0)::numeric, ((filled_quantity - base_fee) - closed_quantity))) STORED NOT NULL,
    realized_pnl numeric NOT NULL,
    close_reason text,
    source text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    entry_is_open boolean NOT NULL,
    journal_id bigint NOT NULL,
    sequence bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.lots IS 'One entry order''s filled quantity, net of base-asset fees, minus what has closed it: the unit of protection and of profit and loss.';
COMMENT ON COLUMN backstop.lots.account IS 'Account.';
COMMENT ON COLUMN backstop.lots.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.lots.entry_order_id IS 'The venue''s number of the entry order, which names the lot.';
COMMENT ON COLUMN backstop.lots.entry_client_order_id IS 'Client order id of the entry.';
COMMENT ON COLUMN backstop.lots.strategy IS 'The bot''s label, when registered.';
COMMENT ON COLUMN backstop.lots.stop_loss_percent IS 'Stop, percent below the entry''s average price; or null.';
COMMENT ON COLUMN backstop.lots.stop_loss_price IS 'Stop as a price; or null.';
COMMENT ON COLUMN backstop.lots.take_profit_percents IS 'Per take-profit: percent above the entry''s average price, or null.';
COMMENT ON COLUMN backstop.lots.take_profit_prices IS 'Per take-profit: price, or null.';
COMMENT ON COLUMN backstop.lots.take_profit_shares IS 'Per take-profit: its part of the lot.';
COMMENT ON COLUMN backstop.lots.on_crossed_stop IS 'exit, clamp or alert.';
COMMENT ON COLUMN backstop.lots.take_profit_style IS 'trigger or maker.';
COMMENT ON COLUMN backstop.lots.bracket_origin IS 'Who chose the bracket: registered, policy:<rule> or default.';
COMMENT ON COLUMN backstop.lots.is_protected IS 'False when an ignore policy leaves it alone. It stays listed.';
COMMENT ON COLUMN backstop.lots.filled_quantity IS 'Cumulative executed quantity of the entry (base units).';
COMMENT ON COLUMN backstop.lots.filled_quote IS 'Quote paid for it.';
COMMENT ON COLUMN backstop.lots.base_fee IS 'Commission taken out of it in the base asset.';
COMMENT ON COLUMN backstop.lots.closed_quantity IS 'What closing fills took away (base units). Equals the sum of its closures.';
COMMENT ON COLUMN backstop.lots.open_quantity IS 'filled_quantity - base_fee - closed_quantity, at least 0: what there is to protect.';
COMMENT ON COLUMN backstop.lots.realized_pnl IS 'Exact profit and loss of what was closed, commissions in base and quote included (quote units).';
COMMENT ON COLUMN backstop.lots.close_reason IS 'take_profit, stop_loss, exit, flatten, external or dust; the last closure''s.';
COMMENT ON COLUMN backstop.lots.source IS 'Layer that supplied its newest growth: stream, sweep or direct.';
COMMENT ON COLUMN backstop.lots.opened_at IS 'Venue time of its first fill known.';
COMMENT ON COLUMN backstop.lots.closed_at IS 'Venue time of its end; null while open.';
COMMENT ON COLUMN backstop.lots.entry_is_open IS 'Whether the entry order can still fill.';
COMMENT ON COLUMN backstop.lots.journal_id IS 'Journal of the fact that wrote the row last.';
COMMENT ON COLUMN backstop.lots.sequence IS 'Number of that fact in its journal.';
COMMENT ON COLUMN backstop.lots.received_at IS 'When the guardian learned of this state (its wall clock).';
COMMENT ON COLUMN backstop.lots.applied_at IS 'When the row was last written.';
CREATE VIEW backstop.closed_lots AS
 SELECT t.account,
    t.symbol,
    t.entry_order_id,
    t.entry_client_order_id,
    t.strategy,
    t.filled_quantity,
    t.base_fee,
    t.closed_quantity,
        CASE
            WHEN (t.filled_quantity > (0)::numeric) THEN (t.filled_quote / t.filled_quantity)
            ELSE NULL::numeric
        END AS entry_price,
    x.exit_price,
    t.realized_pnl,
    t.close_reason,
    x.reasons,
    t.bracket_origin,
    t.source,
    t.opened_at,
    t.closed_at,
    (EXTRACT(epoch FROM (t.closed_at - t.opened_at)))::numeric(20,3) AS held_seconds
   FROM (backstop.lots t
     LEFT JOIN LATERAL ( SELECT (sum((f.price * c.quantity)) / NULLIF(sum(c.quantity), (0)::numeric)) AS exit_price,
            array_agg(DISTINCT c.reason ORDER BY c.reason) AS reasons
           FROM (backstop.lot_closures c
             JOIN backstop.fills f ON (((f.account = c.account) AND (f.symbol = c.symbol) AND (f.trade_id = c.trade_id))))
          WHERE ((c.account = t.account) AND (c.symbol = t.symbol) AND (c.entry_order_id = t.entry_order_id) AND (c.quantity > (0)::numeric))) x ON (true))
  WHERE (t.closed_at IS NOT NULL);
COMMENT ON VIEW backstop.closed_lots IS 'Closed entries: what ended them and what they earned, to the last digit (quote units).';
CREATE TABLE backstop.coverage_states (
    account text NOT NULL,
    symbol text NOT NULL,
    state text NOT NULL,
    "position" numeric NOT NULL,
    covered numeric NOT NULL,
    dust numeric NOT NULL,
    reasons text[] NOT NULL,
    journal_id bigint NOT NULL,
    sequence bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.coverage_states IS 'How much of each position is protected, as the guardian last judged it. People read the view coverage.';
COMMENT ON COLUMN backstop.coverage_states.account IS 'Account.';
COMMENT ON COLUMN backstop.coverage_states.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.coverage_states.state IS 'covered, partial, naked, dust, flat, ignored or unknown. Unknown is never shown as covered.';
COMMENT ON COLUMN backstop.coverage_states."position" IS 'Open lots (base units).';
COMMENT ON COLUMN backstop.coverage_states.covered IS 'Live stop quantity that the venue shows (base units).';
COMMENT ON COLUMN backstop.coverage_states.dust IS 'Less than any filter lets anyone sell (base units).';
COMMENT ON COLUMN backstop.coverage_states.reasons IS 'Reason codes of what is not covered.';
COMMENT ON COLUMN backstop.coverage_states.journal_id IS 'Journal of the fact that wrote the row last.';
COMMENT ON COLUMN backstop.coverage_states.sequence IS 'Number of that fact in its journal.';
COMMENT ON COLUMN backstop.coverage_states.received_at IS 'When it was judged (guardian''s wall clock).';
COMMENT ON COLUMN backstop.coverage_states.applied_at IS 'When the row was last written.';
CREATE TABLE backstop.naked_intervals (
    account text NOT NULL,
    journal_id bigint NOT NULL,
    naked_id bigint NOT NULL,
    symbol text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    quantity numeric NOT NULL,
    cause text NOT NULL,
    sequence bigint NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.naked_intervals IS 'Every stretch of time in which part of a position had no stop. Published, never hidden.';
COMMENT ON COLUMN backstop.naked_intervals.account IS 'Account.';
COMMENT ON COLUMN backstop.naked_intervals.journal_id IS 'Journal of the guardian that timed it.';
COMMENT ON COLUMN backstop.naked_intervals.naked_id IS 'Its number in that journal.';
COMMENT ON COLUMN backstop.naked_intervals.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.naked_intervals.started_at IS 'When the uncovered quantity came into being (guardian''s wall clock).';
COMMENT ON COLUMN backstop.naked_intervals.ended_at IS 'When it was covered or sold, or the next guardian took over the timing; null while it runs.';
COMMENT ON COLUMN backstop.naked_intervals.quantity IS 'Largest uncovered quantity in it (base units).';
COMMENT ON COLUMN backstop.naked_intervals.cause IS 'Reason code of what stood in the way last.';
COMMENT ON COLUMN backstop.naked_intervals.sequence IS 'Number of the fact that wrote the row last.';
COMMENT ON COLUMN backstop.naked_intervals.applied_at IS 'When the row was last written.';
CREATE VIEW backstop.coverage AS
 SELECT c.account,
    c.symbol,
    c.state,
    c."position",
    c.covered,
    GREATEST((0)::numeric, (c."position" - c.covered)) AS uncovered,
        CASE
            WHEN ((c."position" > (0)::numeric) AND (c.state <> 'unknown'::text)) THEN round(LEAST((1)::numeric, (c.covered / c."position")), 4)
            ELSE NULL::numeric
        END AS coverage_rate,
    c.dust,
    c.reasons,
    n.started_at AS naked_since,
        CASE
            WHEN (n.started_at IS NOT NULL) THEN (EXTRACT(epoch FROM (now() - n.started_at)))::numeric(20,3)
            ELSE NULL::numeric
        END AS naked_seconds,
    c.received_at AS judged_at
   FROM (backstop.coverage_states c
     LEFT JOIN LATERAL ( SELECT min(i.started_at) AS started_at
           FROM backstop.naked_intervals i
          WHERE ((i.account = c.account) AND (i.symbol = c.symbol) AND (i.ended_at IS NULL))) n ON (true));
COMMENT ON VIEW backstop.coverage IS 'How much of each position carries a live stop, and for how long it has not.';
CREATE TABLE backstop.gaps (
    account text NOT NULL,
    journal_id bigint NOT NULL,
    epoch bigint NOT NULL,
    reason text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.gaps IS 'Periods in which stream events may have been missed. Closed only by a complete sweep.';
COMMENT ON COLUMN backstop.gaps.account IS 'Account.';
COMMENT ON COLUMN backstop.gaps.journal_id IS 'Journal of the fact.';
COMMENT ON COLUMN backstop.gaps.epoch IS 'The stream connection that was lost.';
COMMENT ON COLUMN backstop.gaps.reason IS 'Why the stream could not be trusted.';
COMMENT ON COLUMN backstop.gaps.started_at IS 'From when on (guardian''s wall clock).';
COMMENT ON COLUMN backstop.gaps.ended_at IS 'When a complete sweep closed it, or the next guardian took over; null while it stands.';
COMMENT ON COLUMN backstop.gaps.applied_at IS 'When the row was last written.';
CREATE TABLE backstop.installation (
    singleton boolean DEFAULT true NOT NULL,
    environment text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT installation_environment_check CHECK ((environment = ANY (ARRAY['paper'::text, 'testnet'::text, 'demo'::text, 'live'::text]))),
    CONSTRAINT installation_singleton_check CHECK (singleton)
);
COMMENT ON TABLE backstop.installation IS 'One row: the environment that this database serves. Paper, testnet, demo and live money never share a database.';
COMMENT ON COLUMN backstop.installation.singleton IS 'Always true; keeps the table at one row.';
COMMENT ON COLUMN backstop.installation.environment IS 'paper, testnet, demo or live. Set by the first guardian and never changed.';
COMMENT ON COLUMN backstop.installation.created_at IS 'When the first guardian claimed this database.';
CREATE TABLE backstop.instruments (
    account text NOT NULL,
    symbol text NOT NULL,
    base_asset text NOT NULL,
    quote_asset text NOT NULL,
    status text NOT NULL,
    order_types text[] NOT NULL,
    allows_oco boolean NOT NULL,
    allows_amend boolean NOT NULL,
    tick_size numeric NOT NULL,
    price_min numeric NOT NULL,
    price_max numeric NOT NULL,
    step_size numeric NOT NULL,
    quantity_min numeric NOT NULL,
    quantity_max numeric NOT NULL,
    market_step_size numeric NOT NULL,
    market_quantity_min numeric NOT NULL,
    market_quantity_max numeric NOT NULL,
    notional_min numeric NOT NULL,
    notional_max numeric NOT NULL,
    notional_min_applies_to_market boolean NOT NULL,
    ask_multiplier_down numeric NOT NULL,
    ask_multiplier_up numeric NOT NULL,
    bid_multiplier_down numeric NOT NULL,
    bid_multiplier_up numeric NOT NULL,
    orders_max bigint NOT NULL,
    algo_orders_max bigint NOT NULL,
    order_lists_max bigint NOT NULL,
    amends_max bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.instruments IS 'Tradable symbols and the filters that an order must satisfy. A zero turns a limit off, as at the venue.';
COMMENT ON COLUMN backstop.instruments.account IS 'Account through which it was read.';
COMMENT ON COLUMN backstop.instruments.symbol IS 'The venue''s name, e.g. BTCUSDT.';
COMMENT ON COLUMN backstop.instruments.base_asset IS 'What is bought and sold, e.g. BTC.';
COMMENT ON COLUMN backstop.instruments.quote_asset IS 'What it is paid with, e.g. USDT.';
COMMENT ON COLUMN backstop.instruments.status IS 'trading, cancel_only, halted, or the venue''s own word when unknown to us.';
COMMENT ON COLUMN backstop.instruments.order_types IS 'Order types that the symbol accepts.';
COMMENT ON COLUMN backstop.instruments.allows_oco IS 'Whether one-cancels-the-other lists are accepted.';
COMMENT ON COLUMN backstop.instruments.allows_amend IS 'Whether a quantity can be reduced in place, keeping its priority.';
COMMENT ON COLUMN backstop.instruments.tick_size IS 'Prices are multiples of this.';
COMMENT ON COLUMN backstop.instruments.price_min IS 'Smallest price.';
COMMENT ON COLUMN backstop.instruments.price_max IS 'Largest price.';
COMMENT ON COLUMN backstop.instruments.step_size IS 'Quantities are multiples of this (base units).';
COMMENT ON COLUMN backstop.instruments.quantity_min IS 'Smallest quantity (base units).';
COMMENT ON COLUMN backstop.instruments.quantity_max IS 'Largest quantity (base units).';
COMMENT ON COLUMN backstop.instruments.market_step_size IS 'Step of market orders (base units).';
COMMENT ON COLUMN backstop.instruments.market_quantity_min IS 'Smallest market order (base units).';
COMMENT ON COLUMN backstop.instruments.market_quantity_max IS 'Largest market order (base units).';
COMMENT ON COLUMN backstop.instruments.notional_min IS 'Least price times quantity (quote units).';
COMMENT ON COLUMN backstop.instruments.notional_max IS 'Most price times quantity (quote units).';
COMMENT ON COLUMN backstop.instruments.notional_min_applies_to_market IS 'Whether notional_min binds market orders too.';
COMMENT ON COLUMN backstop.instruments.ask_multiplier_down IS 'Lowest SELL price as a factor of the reference price.';
COMMENT ON COLUMN backstop.instruments.ask_multiplier_up IS 'Highest SELL price as a factor of the reference price.';
COMMENT ON COLUMN backstop.instruments.bid_multiplier_down IS 'Lowest BUY price as a factor of the reference price.';
COMMENT ON COLUMN backstop.instruments.bid_multiplier_up IS 'Highest BUY price as a factor of the reference price.';
COMMENT ON COLUMN backstop.instruments.orders_max IS 'Open orders allowed on the symbol.';
COMMENT ON COLUMN backstop.instruments.algo_orders_max IS 'Open conditional orders allowed on the symbol; an OCO of two triggers counts twice.';
COMMENT ON COLUMN backstop.instruments.order_lists_max IS 'Open order lists allowed on the symbol.';
COMMENT ON COLUMN backstop.instruments.amends_max IS 'Amendments allowed per order.';
COMMENT ON COLUMN backstop.instruments.received_at IS 'When the guardian learned it (its wall clock).';
COMMENT ON COLUMN backstop.instruments.applied_at IS 'When the row was last written.';
CREATE TABLE backstop.journals (
    journal_id bigint NOT NULL,
    nonce text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    last_sequence bigint DEFAULT 0 NOT NULL,
    last_applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT journals_last_sequence_check CHECK ((last_sequence >= 0))
);
COMMENT ON TABLE backstop.journals IS 'One row per writer''s journal (one per guardian start). last_sequence is written in the same transaction as the rows it covers, so every fact is applied exactly once, and a lost COMMIT answer changes nothing.';
COMMENT ON COLUMN backstop.journals.journal_id IS 'Number given on the writer''s first connection; later writers have larger numbers.';
COMMENT ON COLUMN backstop.journals.nonce IS 'The writer''s own random name of its journal; finds the row again after a reconnect.';
COMMENT ON COLUMN backstop.journals.started_at IS 'When the writer started (its wall clock).';
COMMENT ON COLUMN backstop.journals.last_sequence IS 'Every fact up to this number of the journal is in the tables.';
COMMENT ON COLUMN backstop.journals.last_applied_at IS 'When the last batch was applied; its age is the mirror''s lag when facts wait.';
ALTER TABLE backstop.journals ALTER COLUMN journal_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME backstop.journals_journal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE backstop.legs (
    account text NOT NULL,
    symbol text NOT NULL,
    client_order_id text NOT NULL,
    list_client_order_id text,
    entry_order_id bigint NOT NULL,
    role text NOT NULL,
    tranche bigint NOT NULL,
    generation bigint NOT NULL,
    range_start numeric NOT NULL,
    quantity numeric NOT NULL,
    trigger_price numeric NOT NULL,
    source text NOT NULL,
    journal_id bigint NOT NULL,
    sequence bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.legs IS 'Protective orders that the guardian placed, by their deterministic names. Their state at the venue is in orders.';
COMMENT ON COLUMN backstop.legs.account IS 'Account.';
COMMENT ON COLUMN backstop.legs.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.legs.client_order_id IS 'Its name: a function of lot, tranche, role, range start and generation, with a keyed tag that proves it is ours.';
COMMENT ON COLUMN backstop.legs.list_client_order_id IS 'Name of the order list that ties it to its sibling, if any.';
COMMENT ON COLUMN backstop.legs.entry_order_id IS 'The lot that it protects.';
COMMENT ON COLUMN backstop.legs.role IS 'stop_loss, take_profit or exit.';
COMMENT ON COLUMN backstop.legs.tranche IS 'Which take-profit of the bracket, from 1.';
COMMENT ON COLUMN backstop.legs.generation IS 'Which placement for the same lot, tranche and range start.';
COMMENT ON COLUMN backstop.legs.range_start IS 'Start of the fill range that it covers (base units of the lot).';
COMMENT ON COLUMN backstop.legs.quantity IS 'Quantity placed (base units).';
COMMENT ON COLUMN backstop.legs.trigger_price IS 'Trigger (or limit) price.';
COMMENT ON COLUMN backstop.legs.source IS 'Layer whose fact made it necessary: stream, sweep or direct.';
COMMENT ON COLUMN backstop.legs.journal_id IS 'Journal of the fact that wrote the row last.';
COMMENT ON COLUMN backstop.legs.sequence IS 'Number of that fact in its journal.';
COMMENT ON COLUMN backstop.legs.received_at IS 'When the guardian decided on it (its wall clock).';
COMMENT ON COLUMN backstop.legs.applied_at IS 'When the row was last written.';
CREATE VIEW backstop.layer_share AS
 SELECT a.account,
    s.source,
    COALESCE(c.legs, (0)::numeric) AS legs,
    COALESCE(c.quantity, (0)::numeric) AS quantity,
        CASE
            WHEN (sum(c.legs) OVER w > (0)::numeric) THEN round((COALESCE(c.legs, (0)::numeric) / sum(c.legs) OVER w), 4)
            ELSE NULL::numeric
        END AS share,
    COALESCE(c.legs_24h, (0)::numeric) AS legs_24h,
        CASE
            WHEN (sum(c.legs_24h) OVER w > (0)::numeric) THEN round((COALESCE(c.legs_24h, (0)::numeric) / sum(c.legs_24h) OVER w), 4)
            ELSE NULL::numeric
        END AS share_24h
   FROM ((backstop.accounts a
     CROSS JOIN ( VALUES ('stream'::text), ('sweep'::text), ('direct'::text)) s(source))
     LEFT JOIN ( SELECT legs.account,
            legs.source,
            (count(*))::numeric AS legs,
            sum(legs.quantity) AS quantity,
            (count(*) FILTER (WHERE (legs.received_at > (now() - '24:00:00'::interval))))::numeric AS legs_24h
           FROM backstop.legs
          GROUP BY legs.account, legs.source) c ON (((c.account = a.account) AND (c.source = s.source))))
  WINDOW w AS (PARTITION BY a.account);
COMMENT ON VIEW backstop.layer_share IS 'How many legs each layer placed. Much by sweep means that the stream loses events: above 5 % look why.';
CREATE TABLE backstop.orders (
    account text NOT NULL,
    symbol text NOT NULL,
    venue_order_id bigint NOT NULL,
    client_order_id text NOT NULL,
    order_list_id bigint,
    side text NOT NULL,
    type text NOT NULL,
    time_in_force text NOT NULL,
    status text NOT NULL,
    status_rank smallint NOT NULL,
    is_open boolean NOT NULL,
    price numeric NOT NULL,
    trigger_price numeric NOT NULL,
    quantity numeric NOT NULL,
    executed_quantity numeric NOT NULL,
    executed_quote numeric NOT NULL,
    prevented_quantity numeric NOT NULL,
    is_working boolean,
    expiry_reason text,
    source text NOT NULL,
    venue_created_at timestamp with time zone,
    venue_time timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE backstop.orders IS 'Every order of the account in its newest known state, whoever placed it. Monotone: an older report never overwrites a newer one.';
COMMENT ON COLUMN backstop.orders.account IS 'Account.';
COMMENT ON COLUMN backstop.orders.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.orders.venue_order_id IS 'The venue''s number; unique together with the symbol.';
COMMENT ON COLUMN backstop.orders.client_order_id IS 'The sender''s name for it; unique only among open orders. May be hostile text: it is data, never code.';
COMMENT ON COLUMN backstop.orders.order_list_id IS 'The venue''s order list that it belongs to, if any.';
COMMENT ON COLUMN backstop.orders.side IS 'buy or sell.';
COMMENT ON COLUMN backstop.orders.type IS 'limit, market, limit_maker, stop_loss, stop_loss_limit, take_profit, take_profit_limit, or the venue''s own word.';
COMMENT ON COLUMN backstop.orders.time_in_force IS 'gtc, ioc, fok, or the venue''s own word.';
COMMENT ON COLUMN backstop.orders.status IS 'pending_new, new, partially_filled, filled, canceled, rejected, expired, expired_in_match, or the venue''s own word.';
COMMENT ON COLUMN backstop.orders.status_rank IS 'How far along its life the status is; 4 is terminal. Orders reports that arrive out of order.';
COMMENT ON COLUMN backstop.orders.is_open IS 'Not terminal. An unknown status counts as open: unknown is not gone.';
COMMENT ON COLUMN backstop.orders.price IS 'Limit price (quote units); 0 for market types.';
COMMENT ON COLUMN backstop.orders.trigger_price IS 'Price that activates a conditional order; 0 otherwise.';
COMMENT ON COLUMN backstop.orders.quantity IS 'Original quantity (base units); after an amendment the reduced one.';
COMMENT ON COLUMN backstop.orders.executed_quantity IS 'Cumulative filled quantity (base units). Equals the sum of its fills.';
COMMENT ON COLUMN backstop.orders.executed_quote IS 'Cumulative filled value (quote units).';
COMMENT ON COLUMN backstop.orders.prevented_quantity IS 'Quantity that self-trade prevention took away (base units).';
COMMENT ON COLUMN backstop.orders.is_working IS 'On the book; for a conditional order: triggered. Null when not reported.';
COMMENT ON COLUMN backstop.orders.expiry_reason IS 'Why it expired, in the venue''s words.';
COMMENT ON COLUMN backstop.orders.source IS 'Layer that first told us of it: stream, sweep or direct.';
COMMENT ON COLUMN backstop.orders.venue_created_at IS 'Venue time of creation, when reported.';
COMMENT ON COLUMN backstop.orders.venue_time IS 'Venue time of the newest report.';
COMMENT ON COLUMN backstop.orders.received_at IS 'When the guardian learned of the newest state (its wall clock).';
COMMENT ON COLUMN backstop.orders.applied_at IS 'When the row was last written.';
CREATE VIEW backstop.leg_orders AS
 SELECT l.account,
    l.symbol,
    l.entry_order_id,
    l.role,
    l.tranche,
    l.generation,
    l.range_start,
    l.quantity,
    l.trigger_price,
    l.source,
    l.client_order_id,
    l.list_client_order_id,
    o.venue_order_id,
    o.status,
    COALESCE(o.is_open, false) AS is_open,
    o.executed_quantity,
        CASE
            WHEN o.is_open THEN GREATEST((0)::numeric, ((o.quantity - o.executed_quantity) - o.prevented_quantity))
            ELSE (0)::numeric
        END AS live_quantity,
    l.received_at AS decided_at,
    o.venue_created_at,
    o.venue_time
   FROM (backstop.legs l
     LEFT JOIN LATERAL ( SELECT x.account,
            x.symbol,
            x.venue_order_id,
            x.client_order_id,
            x.order_list_id,
            x.side,
            x.type,
            x.time_in_force,
            x.status,
            x.status_rank,
            x.is_open,
            x.price,
            x.trigger_price,
            x.quantity,
            x.executed_quantity,
            x.executed_quote,
            x.prevented_quantity,
            x.is_working,
            x.expiry_reason,
            x.source,
            x.venue_created_at,
            x.venue_time,
            x.received_at,
            x.applied_at
           FROM backstop.orders x
          WHERE ((x.account = l.account) AND (x.symbol = l.symbol) AND (x.client_order_id = l.client_order_id))
          ORDER BY x.venue_order_id DESC
         LIMIT 1) o ON (true));
COMMENT ON VIEW backstop.leg_orders IS 'Every leg with the order that it became at the venue (null status: never seen there).';
CREATE TABLE backstop.migrations (
    name text NOT NULL,
    is_breaking boolean NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_by text DEFAULT CURRENT_USER NOT NULL
);
COMMENT ON TABLE backstop.migrations IS 'SQL files applied to this schema, in order of name. Written by the migrator only.';
COMMENT ON COLUMN backstop.migrations.name IS 'File name under sql/migrations.';
COMMENT ON COLUMN backstop.migrations.is_breaking IS 'True when a binary that does not know this file must not write here.';
COMMENT ON COLUMN backstop.migrations.checksum IS 'SHA-256 of the file''s text, hex. A difference is refused.';
COMMENT ON COLUMN backstop.migrations.applied_at IS 'When its transaction began.';
COMMENT ON COLUMN backstop.migrations.applied_by IS 'Database role that applied it.';
CREATE VIEW backstop.open_lots AS
 SELECT t.account,
    t.symbol,
    t.entry_order_id,
    t.entry_client_order_id,
    t.strategy,
    t.open_quantity,
        CASE
            WHEN (t.filled_quantity > (0)::numeric) THEN (t.filled_quote / t.filled_quantity)
            ELSE NULL::numeric
        END AS entry_price,
    COALESCE(s.stop_quantity, (0)::numeric) AS stop_quantity,
    s.stop_price,
    COALESCE(s.take_profit_quantity, (0)::numeric) AS take_profit_quantity,
    s.take_profit_prices,
    t.realized_pnl,
    t.bracket_origin,
    t.is_protected,
    t.source,
    t.entry_is_open,
    t.opened_at,
    (EXTRACT(epoch FROM (now() - t.opened_at)))::numeric(20,3) AS age_seconds
   FROM (backstop.lots t
     LEFT JOIN LATERAL ( SELECT sum(g.live_quantity) FILTER (WHERE (g.role = 'stop_loss'::text)) AS stop_quantity,
            max(g.trigger_price) FILTER (WHERE (g.role = 'stop_loss'::text)) AS stop_price,
            sum(g.live_quantity) FILTER (WHERE (g.role = 'take_profit'::text)) AS take_profit_quantity,
            array_agg(DISTINCT g.trigger_price ORDER BY g.trigger_price) FILTER (WHERE (g.role = 'take_profit'::text)) AS take_profit_prices
           FROM backstop.leg_orders g
          WHERE ((g.account = t.account) AND (g.symbol = t.symbol) AND (g.entry_order_id = t.entry_order_id) AND g.is_open)) s ON (true))
  WHERE (t.closed_at IS NULL);
COMMENT ON VIEW backstop.open_lots IS 'Open entries with what protects them now.';
CREATE TABLE backstop.order_events (
    account text NOT NULL,
    journal_id bigint NOT NULL,
    sequence bigint NOT NULL,
    symbol text NOT NULL,
    venue_order_id bigint NOT NULL,
    client_order_id text NOT NULL,
    request_client_order_id text,
    execution_id bigint,
    execution text NOT NULL,
    status text NOT NULL,
    executed_quantity numeric NOT NULL,
    trade_id bigint,
    reject_reason text,
    venue_time timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.order_events IS 'Stream reports about orders as they came, for audit. Telemetry: under a long outage of the database these may be dropped, orders and fills not.';
COMMENT ON COLUMN backstop.order_events.account IS 'Account.';
COMMENT ON COLUMN backstop.order_events.journal_id IS 'Journal of the fact.';
COMMENT ON COLUMN backstop.order_events.sequence IS 'Number of the fact in its journal.';
COMMENT ON COLUMN backstop.order_events.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.order_events.venue_order_id IS 'The venue''s order number.';
COMMENT ON COLUMN backstop.order_events.client_order_id IS 'The order''s own client id.';
COMMENT ON COLUMN backstop.order_events.request_client_order_id IS 'Client id of the request that caused it (a cancel''s), when different.';
COMMENT ON COLUMN backstop.order_events.execution_id IS 'The venue''s number of this report; equal numbers are the same report.';
COMMENT ON COLUMN backstop.order_events.execution IS 'new, canceled, replaced, rejected, trade, expired, trade_prevention, or the venue''s own word.';
COMMENT ON COLUMN backstop.order_events.status IS 'Status after it.';
COMMENT ON COLUMN backstop.order_events.executed_quantity IS 'Cumulative filled quantity after it (base units).';
COMMENT ON COLUMN backstop.order_events.trade_id IS 'The trade, when the report is one.';
COMMENT ON COLUMN backstop.order_events.reject_reason IS 'The venue''s reason, if any.';
COMMENT ON COLUMN backstop.order_events.venue_time IS 'Venue time of the event.';
COMMENT ON COLUMN backstop.order_events.received_at IS 'When the guardian received it (its wall clock).';
COMMENT ON COLUMN backstop.order_events.applied_at IS 'When the row was written.';
CREATE VIEW backstop.orphans AS
 SELECT g.account,
    g.symbol,
    g.client_order_id,
    g.venue_order_id,
    g.role,
    g.live_quantity,
    g.trigger_price,
    g.entry_order_id,
    t.close_reason,
    t.closed_at
   FROM (backstop.leg_orders g
     LEFT JOIN backstop.lots t ON (((t.account = g.account) AND (t.symbol = g.symbol) AND (t.entry_order_id = g.entry_order_id))))
  WHERE (g.is_open AND ((t.entry_order_id IS NULL) OR (t.closed_at IS NOT NULL)));
COMMENT ON VIEW backstop.orphans IS 'Our orders that still live at the venue although their lot is closed.';
CREATE VIEW backstop.placement_latency AS
 SELECT actions.account,
    actions.source,
    actions.command,
    count(*) AS placements,
    round(((percentile_disc((0.5)::double precision) WITHIN GROUP (ORDER BY actions.latency_microseconds))::numeric / 1000.0), 3) AS p50_ms,
    round(((percentile_disc((0.9)::double precision) WITHIN GROUP (ORDER BY actions.latency_microseconds))::numeric / 1000.0), 3) AS p90_ms,
    round(((percentile_disc((0.99)::double precision) WITHIN GROUP (ORDER BY actions.latency_microseconds))::numeric / 1000.0), 3) AS p99_ms,
    round(((max(actions.latency_microseconds))::numeric / 1000.0), 3) AS max_ms,
    max(actions.sent_at) AS newest_at
   FROM backstop.actions
  WHERE ((actions.command = ANY (ARRAY['place_oco'::text, 'place_leg'::text])) AND (actions.latency_microseconds IS NOT NULL))
  GROUP BY actions.account, actions.source, actions.command;
COMMENT ON VIEW backstop.placement_latency IS 'From the fact that made protection necessary to the moment its order was sent, per layer (milliseconds).';
CREATE TABLE backstop.raw_events (
    account text NOT NULL,
    journal_id bigint NOT NULL,
    sequence bigint NOT NULL,
    epoch bigint NOT NULL,
    payload bytea NOT NULL,
    is_decoded boolean NOT NULL,
    received_at timestamp with time zone NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.raw_events IS 'Messages exactly as received. bytea, because text and jsonb cannot hold every byte. Kept for a week, see purge_raw_events().';
COMMENT ON COLUMN backstop.raw_events.account IS 'Account.';
COMMENT ON COLUMN backstop.raw_events.journal_id IS 'Journal of the fact.';
COMMENT ON COLUMN backstop.raw_events.sequence IS 'Number of the fact in its journal.';
COMMENT ON COLUMN backstop.raw_events.epoch IS 'The stream connection that it came by, counted up.';
COMMENT ON COLUMN backstop.raw_events.payload IS 'The bytes. Read with convert_from(payload, ''UTF8'').';
COMMENT ON COLUMN backstop.raw_events.is_decoded IS 'False when we could not understand it; kept for whoever mends that.';
COMMENT ON COLUMN backstop.raw_events.received_at IS 'When the guardian received it (its wall clock).';
COMMENT ON COLUMN backstop.raw_events.applied_at IS 'When the row was written.';
CREATE TABLE backstop.sweeps (
    account text NOT NULL,
    journal_id bigint NOT NULL,
    sweep_id bigint NOT NULL,
    trigger text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    is_complete boolean NOT NULL,
    failures text[] NOT NULL,
    open_orders bigint NOT NULL,
    repairs bigint NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.sweeps IS 'Every comparison of what we know with what the venue shows.';
COMMENT ON COLUMN backstop.sweeps.account IS 'Account.';
COMMENT ON COLUMN backstop.sweeps.journal_id IS 'Journal of the guardian that ran it.';
COMMENT ON COLUMN backstop.sweeps.sweep_id IS 'Its number in that journal.';
COMMENT ON COLUMN backstop.sweeps.trigger IS 'What asked for it: start, stream_opened, the timer, an operator, ...';
COMMENT ON COLUMN backstop.sweeps.started_at IS 'When the venue was asked (guardian''s wall clock).';
COMMENT ON COLUMN backstop.sweeps.finished_at IS 'When it was concluded.';
COMMENT ON COLUMN backstop.sweeps.is_complete IS 'False when part of the venue could not be read: then it concluded nothing about what is absent.';
COMMENT ON COLUMN backstop.sweeps.failures IS 'What could not be read, for people.';
COMMENT ON COLUMN backstop.sweeps.open_orders IS 'Open orders that the venue showed.';
COMMENT ON COLUMN backstop.sweeps.repairs IS 'Facts that this sweep brought and the stream had not.';
COMMENT ON COLUMN backstop.sweeps.applied_at IS 'When the row was written.';
CREATE VIEW backstop.recent_activity AS
 SELECT a.account,
    a.at,
    a.what,
    a.subject,
    a.detail,
    a.source
   FROM (( SELECT fills.account,
            fills.venue_time AS at,
            'fill'::text AS what,
            fills.symbol AS subject,
            ((((fills.side || ' '::text) || trim_scale(fills.quantity)) || ' at '::text) || trim_scale(fills.price)) AS detail,
            fills.source
           FROM backstop.fills
          ORDER BY fills.venue_time DESC
         LIMIT 200)
        UNION ALL
        ( SELECT actions.account,
            actions.sent_at,
            'action'::text,
            actions.symbol,
            ((((((((actions.command || ' '::text) || trim_scale(actions.quantity)) || ' '::text) || actions.state) || ' ('::text) || actions.reason) || ')'::text) || COALESCE((': '::text || actions.rejection), ''::text)),
            actions.source
           FROM backstop.actions
          ORDER BY actions.sent_at DESC
         LIMIT 200)
        UNION ALL
        ( SELECT sweeps.account,
            sweeps.started_at,
            'sweep'::text,
            sweeps.trigger,
                CASE
                    WHEN sweeps.is_complete THEN (sweeps.repairs || ' repairs'::text)
                    ELSE ('incomplete: '::text || array_to_string(sweeps.failures, '; '::text))
                END AS "case",
            'sweep'::text
           FROM backstop.sweeps
          WHERE ((sweeps.repairs > 0) OR (NOT sweeps.is_complete))
          ORDER BY sweeps.started_at DESC
         LIMIT 200)
        UNION ALL
        ( SELECT alerts.account,
            alerts.raised_at,
            'alert'::text,
            alerts.subject,
            ((((alerts.severity || ' '::text) || alerts.kind) || ': '::text) || alerts.message),
            NULL::text
           FROM backstop.alerts
          ORDER BY alerts.raised_at DESC
         LIMIT 200)
        UNION ALL
        ( SELECT gaps.account,
            gaps.started_at,
            'gap'::text,
            ('epoch '::text || gaps.epoch),
            (gaps.reason ||
                CASE
                    WHEN (gaps.ended_at IS NULL) THEN ', open'::text
                    ELSE ((', '::text || round(EXTRACT(epoch FROM (gaps.ended_at - gaps.started_at)), 3)) || ' s'::text)
                END),
            NULL::text
           FROM backstop.gaps
          ORDER BY gaps.started_at DESC
         LIMIT 200)
        UNION ALL
        ( SELECT lots.account,
            lots.closed_at,
            'lot_closed'::text,
            lots.symbol,
            ((lots.close_reason || ' '::text) || trim_scale(lots.realized_pnl)),
            NULL::text
           FROM backstop.lots
          WHERE (lots.closed_at IS NOT NULL)
          ORDER BY lots.closed_at DESC
         LIMIT 200)) a
  ORDER BY a.at DESC
 LIMIT 200;
COMMENT ON VIEW backstop.recent_activity IS 'The newest 200 things that happened, for people.';
CREATE VIEW backstop.residuals AS
 SELECT COALESCE(b.account, t.account) AS account,
    COALESCE(b.asset, t.asset) AS asset,
    COALESCE(t.lots, (0)::numeric) AS lots,
    (COALESCE(b.total, (0)::numeric) - COALESCE(t.lots, (0)::numeric)) AS residual,
    COALESCE(b.total, (0)::numeric) AS wallet,
    r.quantity AS judged_residual,
    r.received_at AS judged_at,
    b.venue_time AS wallet_at
   FROM ((backstop.balances b
     FULL JOIN ( SELECT l.account,
            i.base_asset AS asset,
            sum(l.open_quantity) AS lots
           FROM (backstop.lots l
             JOIN backstop.instruments i ON (((i.account = l.account) AND (i.symbol = l.symbol))))
          WHERE (l.closed_at IS NULL)
          GROUP BY l.account, i.base_asset) t ON (((t.account = b.account) AND (t.asset = b.asset))))
     LEFT JOIN backstop.asset_residuals r ON (((r.account = COALESCE(b.account, t.account)) AND (r.asset = COALESCE(b.asset, t.asset)))));
COMMENT ON VIEW backstop.residuals IS 'Double entry: open lots + residual = wallet, per asset, both sides shown. A negative residual means that the wallet holds less than the lots say. judged_residual is what the guardian last concluded to be foreign: holdings from before, transfers.';
CREATE TABLE backstop.trade_cursors (
    account text NOT NULL,
    symbol text NOT NULL,
    trade_id bigint NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE backstop.trade_cursors IS 'Where reading a symbol''s trade history continues after a restart.';
COMMENT ON COLUMN backstop.trade_cursors.account IS 'Account.';
COMMENT ON COLUMN backstop.trade_cursors.symbol IS 'Symbol.';
COMMENT ON COLUMN backstop.trade_cursors.trade_id IS 'The newest trade whose predecessors are all recorded. Never decreases.';
COMMENT ON COLUMN backstop.trade_cursors.applied_at IS 'When the row was last written.';
CREATE VIEW backstop.uncovered AS
 SELECT coverage.account,
    coverage.symbol,
    coverage.state,
    coverage."position",
    coverage.covered,
    coverage.uncovered,
    coverage.reasons,
    coverage.naked_since,
    coverage.naked_seconds,
    coverage.judged_at
   FROM backstop.coverage
  WHERE (coverage.state = ANY (ARRAY['partial'::text, 'naked'::text, 'unknown'::text, 'ignored'::text]));
COMMENT ON VIEW backstop.uncovered IS 'Positions that are not fully protected, those that nobody can vouch for (unknown) and those left alone on purpose (ignored).';
ALTER TABLE ONLY backstop.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (account);
ALTER TABLE ONLY backstop.actions
    ADD CONSTRAINT actions_pkey PRIMARY KEY (account, journal_id, action_id);
ALTER TABLE ONLY backstop.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (account, kind, subject, raised_at);
ALTER TABLE ONLY backstop.asset_residuals
    ADD CONSTRAINT asset_residuals_pkey PRIMARY KEY (account, asset);
ALTER TABLE ONLY backstop.balances
    ADD CONSTRAINT balances_pkey PRIMARY KEY (account, asset);
ALTER TABLE ONLY backstop.brackets
    ADD CONSTRAINT brackets_pkey PRIMARY KEY (account, entry_client_order_id);
ALTER TABLE ONLY backstop.coverage_states
    ADD CONSTRAINT coverage_states_pkey PRIMARY KEY (account, symbol);
ALTER TABLE ONLY backstop.fills
    ADD CONSTRAINT fills_pkey PRIMARY KEY (account, symbol, trade_id);
ALTER TABLE ONLY backstop.gaps
    ADD CONSTRAINT gaps_pkey PRIMARY KEY (account, journal_id, epoch);
ALTER TABLE ONLY backstop.installation
    ADD CONSTRAINT installation_environment_key UNIQUE (environment);
ALTER TABLE ONLY backstop.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (singleton);
ALTER TABLE ONLY backstop.instruments
    ADD CONSTRAINT instruments_pkey PRIMARY KEY (account, symbol);
ALTER TABLE ONLY backstop.journals
    ADD CONSTRAINT journals_nonce_key UNIQUE (nonce);
ALTER TABLE ONLY backstop.journals
    ADD CONSTRAINT journals_pkey PRIMARY KEY (journal_id);
ALTER TABLE ONLY backstop.legs
    ADD CONSTRAINT legs_pkey PRIMARY KEY (account, symbol, client_order_id);
ALTER TABLE ONLY backstop.lot_closures
    ADD CONSTRAINT lot_closures_pkey PRIMARY KEY (account, symbol, entry_order_id, trade_id);
ALTER TABLE ONLY backstop.lots
    ADD CONSTRAINT lots_pkey PRIMARY KEY (account, symbol, entry_order_id);
ALTER TABLE ONLY backstop.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);
ALTER TABLE ONLY backstop.naked_intervals
    ADD CONSTRAINT naked_intervals_pkey PRIMARY KEY (account, journal_id, naked_id);
ALTER TABLE ONLY backstop.order_events
    ADD CONSTRAINT order_events_pkey PRIMARY KEY (account, journal_id, sequence);
ALTER TABLE ONLY backstop.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (account, symbol, venue_order_id);
ALTER TABLE ONLY backstop.raw_events
    ADD CONSTRAINT raw_events_pkey PRIMARY KEY (account, journal_id, sequence);
ALTER TABLE ONLY backstop.sweeps
    ADD CONSTRAINT sweeps_pkey PRIMARY KEY (account, journal_id, sweep_id);
ALTER TABLE ONLY backstop.trade_cursors
    ADD CONSTRAINT trade_cursors_pkey PRIMARY KEY (account, symbol);
CREATE INDEX actions_by_sent_at ON backstop.actions USING btree (account, sent_at DESC);
CREATE INDEX actions_unsettled ON backstop.actions USING btree (account, symbol) WHERE (state = ANY (ARRAY['sent'::text, 'ambiguous'::text]));
CREATE UNIQUE INDEX alerts_standing ON backstop.alerts USING btree (account, kind, subject) WHERE (cleared_at IS NULL);
CREATE INDEX brackets_waiting ON backstop.brackets USING btree (account) WHERE (taken_at IS NULL);
CREATE INDEX fills_by_order ON backstop.fills USING btree (account, symbol, venue_order_id);
CREATE INDEX fills_by_venue_time ON backstop.fills USING btree (account, venue_time DESC);
CREATE INDEX gaps_open ON backstop.gaps USING btree (account) WHERE (ended_at IS NULL);
CREATE INDEX legs_by_lot ON backstop.legs USING btree (account, symbol, entry_order_id);
CREATE INDEX lot_closures_by_trade ON backstop.lot_closures USING btree (account, symbol, trade_id);
CREATE INDEX lots_by_entry_client_order_id ON backstop.lots USING btree (account, entry_client_order_id);
CREATE INDEX lots_closed_at ON backstop.lots USING btree (account, closed_at DESC) WHERE (closed_at IS NOT NULL);
CREATE INDEX lots_open ON backstop.lots USING btree (account, symbol) WHERE (closed_at IS NULL);
CREATE INDEX naked_intervals_open ON backstop.naked_intervals USING btree (account, symbol) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX order_events_by_execution_id ON backstop.order_events USING btree (account, symbol, execution_id) WHERE (execution_id IS NOT NULL);
CREATE INDEX order_events_by_order ON backstop.order_events USING btree (account, symbol, venue_order_id);
CREATE INDEX orders_by_client_order_id ON backstop.orders USING btree (account, symbol, client_order_id);
CREATE INDEX orders_open ON backstop.orders USING btree (account, symbol) WHERE is_open;
CREATE INDEX raw_events_by_received_at ON backstop.raw_events USING btree (received_at);
CREATE INDEX sweeps_by_started_at ON backstop.sweeps USING btree (account, started_at DESC);
CREATE TRIGGER alerts_cleared_told AFTER UPDATE ON backstop.alerts FOR EACH ROW WHEN (((old.cleared_at IS NULL) AND (new.cleared_at IS NOT NULL))) EXECUTE FUNCTION backstop.tell_event('alert_cleared');
CREATE TRIGGER alerts_raised_told AFTER INSERT ON backstop.alerts FOR EACH ROW EXECUTE FUNCTION backstop.tell_event('alert_raised');
CREATE TRIGGER brackets_told AFTER INSERT OR UPDATE ON backstop.brackets FOR EACH ROW WHEN ((new.taken_at IS NULL)) EXECUTE FUNCTION backstop.tell_bracket();
CREATE TRIGGER coverage_first_told AFTER INSERT ON backstop.coverage_states FOR EACH ROW EXECUTE FUNCTION backstop.tell_event('coverage_changed');
CREATE TRIGGER coverage_told AFTER UPDATE ON backstop.coverage_states FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION backstop.tell_event('coverage_changed');
CREATE TRIGGER lots_closed_told AFTER UPDATE ON backstop.lots FOR EACH ROW WHEN (((old.closed_at IS NULL) AND (new.closed_at IS NOT NULL))) EXECUTE FUNCTION backstop.tell_event('lot_closed');
CREATE TRIGGER lots_inserted_closed_told AFTER INSERT ON backstop.lots FOR EACH ROW WHEN ((new.closed_at IS NOT NULL)) EXECUTE FUNCTION backstop.tell_event('lot_closed');
ALTER TABLE ONLY backstop.accounts
    ADD CONSTRAINT accounts_environment_fkey FOREIGN KEY (environment) REFERENCES backstop.installation(environment);
