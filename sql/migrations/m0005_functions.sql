-- compatible
-- What bots, the writer and operators call.

create function backstop.register_bracket(
  account text, entry_client_order_id text,
  stop_loss_percent numeric default null, stop_loss_price numeric default null,
  take_profit_percents numeric[] default null, take_profit_prices numeric[] default null,
  take_profit_shares numeric[] default null, symbol text default null, strategy text default null,
  on_crossed_stop text default 'exit', take_profit_style text default 'trigger'
) returns void
language plpgsql as $$
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
comment on function backstop.register_bracket(text, text, numeric, numeric, numeric[], numeric[], numeric[], text, text, text, text) is
  'For bots: what the entry with this client order id shall carry. Call it before or after placing the entry; calling it again '
  'replaces the wish. Example: select backstop.register_bracket(''main'', ''my-order-1'', stop_loss_percent => 1, take_profit_percents => ''{1,2}'');';

create function backstop.tell_bracket() returns trigger
language plpgsql as $$
begin
  perform pg_notify('backstop_brackets', '');
  return null;
end
$$;
comment on function backstop.tell_bracket() is 'Wakes the guardian, which reads the waiting rows. The message carries nothing: ids may be hostile or long.';

create trigger brackets_told after insert or update on backstop.brackets
  for each row when (new.taken_at is null) execute function backstop.tell_bracket();

-- The writer's way of recording an alert: absolute, so running it twice changes nothing.
create function backstop.record_alert(
  p_account text, p_kind text, p_subject text, p_severity text, p_message text, p_standing boolean, p_at timestamptz
) returns void
language plpgsql as $$
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
comment on function backstop.record_alert(text, text, text, text, text, boolean, timestamptz) is
  'Raises, updates or clears an alert. For the guardian''s writer only.';

create function backstop.tell_event() returns trigger
language plpgsql as $$
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
comment on function backstop.tell_event() is
  'NOTIFY backstop_events with JSON {event, account, subject, detail}; event is alert_raised, alert_cleared, coverage_changed or lot_closed.';

create trigger alerts_raised_told after insert on backstop.alerts
  for each row execute function backstop.tell_event('alert_raised');
create trigger alerts_cleared_told after update on backstop.alerts
  for each row when (old.cleared_at is null and new.cleared_at is not null)
  execute function backstop.tell_event('alert_cleared');
create trigger coverage_told after update on backstop.coverage_states
  for each row when (old.state is distinct from new.state) execute function backstop.tell_event('coverage_changed');
create trigger coverage_first_told after insert on backstop.coverage_states
  for each row execute function backstop.tell_event('coverage_changed');
create trigger lots_closed_told after update on backstop.lots
  for each row when (old.closed_at is null and new.closed_at is not null)
  execute function backstop.tell_event('lot_closed');

create trigger lots_inserted_closed_told after insert on backstop.lots
  for each row when (new.closed_at is not null) execute function backstop.tell_event('lot_closed');

create function backstop.purge_raw_events(older_than interval default '7 days', rows_max bigint default 100000) returns bigint
language sql as $$
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
comment on function backstop.purge_raw_events(interval, bigint) is
  'Deletes raw messages older than this, oldest first, at most rows_max, and says how many. Nothing else reads them. '
  'The guardian''s writer calls it every hour.';
