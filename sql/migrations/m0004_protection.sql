-- compatible
-- What should be protected and what was done about it: brackets, lots, legs, actions, sweeps, coverage, alerts.

-- Why the levels of a bracket make no sense, or null. One rule set for tables, functions and direct inserts.
create function backstop.bracket_defect(
  stop_loss_percent numeric, stop_loss_price numeric, take_profit_percents numeric[], take_profit_prices numeric[],
  take_profit_shares numeric[], on_crossed_stop text, take_profit_style text
) returns text
language sql immutable parallel safe as $$
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
comment on function backstop.bracket_defect(numeric, numeric, numeric[], numeric[], numeric[], text, text) is
  'What is wrong with a bracket''s levels, in words; null when nothing is.';

create table backstop.brackets (
  account text not null,
  entry_client_order_id text not null,
  symbol text,
  strategy text,
  stop_loss_percent numeric,
  stop_loss_price numeric,
  take_profit_percents numeric[] not null default '{}',
  take_profit_prices numeric[] not null default '{}',
  take_profit_shares numeric[] not null default '{}',
  on_crossed_stop text not null default 'exit',
  take_profit_style text not null default 'trigger',
  registered_by text not null default 'sql' check (registered_by in ('sql', 'guardian')),
  registered_at timestamptz not null default now(),
  taken_at timestamptz,
  primary key (account, entry_client_order_id),
  constraint brackets_make_sense check (
    backstop.bracket_defect(stop_loss_percent, stop_loss_price, take_profit_percents, take_profit_prices,
                            take_profit_shares, on_crossed_stop, take_profit_style) is null)
);
create index brackets_waiting on backstop.brackets (account) where taken_at is null;
comment on table backstop.brackets is
  'What bots asked for, by the client order id of the entry. Bots may INSERT here or call register_bracket(); the guardian is told at once.';
comment on column backstop.brackets.account is 'Account.';
comment on column backstop.brackets.entry_client_order_id is 'Client order id that the bot''s entry carries or will carry.';
comment on column backstop.brackets.symbol is 'Symbol of the entry, when the bot said it.';
comment on column backstop.brackets.strategy is 'The bot''s own label.';
comment on column backstop.brackets.stop_loss_percent is 'Stop this many percent below the entry''s average price; or null.';
comment on column backstop.brackets.stop_loss_price is 'Stop at this price; or null.';
comment on column backstop.brackets.take_profit_percents is 'Per take-profit: percent above the entry''s average price, or null when it is a price.';
comment on column backstop.brackets.take_profit_prices is 'Per take-profit: price, or null when it is a percentage.';
comment on column backstop.brackets.take_profit_shares is 'Per take-profit: its part of the position; together exactly 1.';
comment on column backstop.brackets.on_crossed_stop is 'What to do when the price is already through the stop: exit, clamp or alert.';
comment on column backstop.brackets.take_profit_style is 'trigger (trigger, then market) or maker (a resting limit).';
comment on column backstop.brackets.registered_by is 'sql: inserted by a bot. guardian: registered through the control API or the CLI.';
comment on column backstop.brackets.registered_at is 'When it was registered.';
comment on column backstop.brackets.taken_at is 'When the guardian took it over; null while it waits.';

create table backstop.lots (
  account text not null,
  symbol text not null,
  entry_order_id bigint not null,
  entry_client_order_id text not null,
  strategy text,
  stop_loss_percent numeric,
  stop_loss_price numeric,
  take_profit_percents numeric[] not null,
  take_profit_prices numeric[] not null,
  take_profit_shares numeric[] not null,
  on_crossed_stop text not null,
  take_profit_style text not null,
  bracket_origin text not null,
  is_protected boolean not null,
  filled_quantity numeric not null,
  filled_quote numeric not null,
  base_fee numeric not null,
  closed_quantity numeric not null,
  open_quantity numeric not null generated always as (greatest(0, filled_quantity - base_fee - closed_quantity)) stored,
  realized_pnl numeric not null,
  close_reason text,
  source text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  entry_is_open boolean not null,
  journal_id bigint not null,
  sequence bigint not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, symbol, entry_order_id)
);
create index lots_open on backstop.lots (account, symbol) where closed_at is null;
create index lots_closed_at on backstop.lots (account, closed_at desc) where closed_at is not null;
create index lots_by_entry_client_order_id on backstop.lots (account, entry_client_order_id);
comment on table backstop.lots is
  'One entry order''s filled quantity, net of base-asset fees, minus what has closed it: the unit of protection and of profit and loss.';
comment on column backstop.lots.account is 'Account.';
comment on column backstop.lots.symbol is 'Symbol.';
comment on column backstop.lots.entry_order_id is 'The venue''s number of the entry order, which names the lot.';
comment on column backstop.lots.entry_client_order_id is 'Client order id of the entry.';
comment on column backstop.lots.strategy is 'The bot''s label, when registered.';
comment on column backstop.lots.stop_loss_percent is 'Stop, percent below the entry''s average price; or null.';
comment on column backstop.lots.stop_loss_price is 'Stop as a price; or null.';
comment on column backstop.lots.take_profit_percents is 'Per take-profit: percent above the entry''s average price, or null.';
comment on column backstop.lots.take_profit_prices is 'Per take-profit: price, or null.';
comment on column backstop.lots.take_profit_shares is 'Per take-profit: its part of the lot.';
comment on column backstop.lots.on_crossed_stop is 'exit, clamp or alert.';
comment on column backstop.lots.take_profit_style is 'trigger or maker.';
comment on column backstop.lots.bracket_origin is 'Who chose the bracket: registered, policy:<rule> or default.';
comment on column backstop.lots.is_protected is 'False when an ignore policy leaves it alone. It stays listed.';
comment on column backstop.lots.filled_quantity is 'Cumulative executed quantity of the entry (base units).';
comment on column backstop.lots.filled_quote is 'Quote paid for it.';
comment on column backstop.lots.base_fee is 'Commission taken out of it in the base asset.';
comment on column backstop.lots.closed_quantity is 'What closing fills took away (base units). Equals the sum of its closures.';
comment on column backstop.lots.open_quantity is 'filled_quantity - base_fee - closed_quantity, at least 0: what there is to protect.';
comment on column backstop.lots.realized_pnl is 'Exact profit and loss of what was closed, commissions in base and quote included (quote units).';
comment on column backstop.lots.close_reason is 'take_profit, stop_loss, exit, flatten, external or dust; the last closure''s.';
comment on column backstop.lots.source is 'Layer that supplied its newest growth: stream, sweep or direct.';
comment on column backstop.lots.opened_at is 'Venue time of its first fill known.';
comment on column backstop.lots.closed_at is 'Venue time of its end; null while open.';
comment on column backstop.lots.entry_is_open is 'Whether the entry order can still fill.';
comment on column backstop.lots.journal_id is 'Journal of the fact that wrote the row last.';
comment on column backstop.lots.sequence is 'Number of that fact in its journal.';
comment on column backstop.lots.received_at is 'When the guardian learned of this state (its wall clock).';
comment on column backstop.lots.applied_at is 'When the row was last written.';

create table backstop.lot_closures (
  account text not null,
  symbol text not null,
  entry_order_id bigint not null,
  trade_id bigint not null,
  quantity numeric not null,
  reason text not null,
  realized_pnl numeric not null,
  journal_id bigint not null,
  sequence bigint not null,
  applied_at timestamptz not null default now(),
  primary key (account, symbol, entry_order_id, trade_id)
);
comment on table backstop.lot_closures is 'Which selling fill took how much from which lot, and what that earned.';
comment on column backstop.lot_closures.account is 'Account.';
comment on column backstop.lot_closures.symbol is 'Symbol.';
comment on column backstop.lot_closures.entry_order_id is 'The lot.';
comment on column backstop.lot_closures.trade_id is 'The selling fill.';
comment on column backstop.lot_closures.quantity is 'Base units taken from the lot; 0 when an older sale, heard of late, took its place.';
comment on column backstop.lot_closures.reason is 'take_profit, stop_loss, exit, flatten, external or dust.';
comment on column backstop.lot_closures.realized_pnl is 'Exact profit and loss of this part (quote units).';
comment on column backstop.lot_closures.journal_id is 'Journal of the fact that wrote the row last.';
comment on column backstop.lot_closures.sequence is 'Number of that fact in its journal.';
comment on column backstop.lot_closures.applied_at is 'When the row was last written.';

create table backstop.legs (
  account text not null,
  symbol text not null,
  client_order_id text not null,
  list_client_order_id text,
  entry_order_id bigint not null,
  role text not null,
  tranche bigint not null,
  generation bigint not null,
  range_start numeric not null,
  quantity numeric not null,
  trigger_price numeric not null,
  source text not null,
  journal_id bigint not null,
  sequence bigint not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, symbol, client_order_id)
);
create index legs_by_lot on backstop.legs (account, symbol, entry_order_id);
comment on table backstop.legs is 'Protective orders that the guardian placed, by their deterministic names. Their state at the venue is in orders.';
comment on column backstop.legs.account is 'Account.';
comment on column backstop.legs.symbol is 'Symbol.';
comment on column backstop.legs.client_order_id is 'Its name: a function of lot, tranche, role, range start and generation, with a keyed tag that proves it is ours.';
comment on column backstop.legs.list_client_order_id is 'Name of the order list that ties it to its sibling, if any.';
comment on column backstop.legs.entry_order_id is 'The lot that it protects.';
comment on column backstop.legs.role is 'stop_loss, take_profit or exit.';
comment on column backstop.legs.tranche is 'Which take-profit of the bracket, from 1.';
comment on column backstop.legs.generation is 'Which placement for the same lot, tranche and range start.';
comment on column backstop.legs.range_start is 'Start of the fill range that it covers (base units of the lot).';
comment on column backstop.legs.quantity is 'Quantity placed (base units).';
comment on column backstop.legs.trigger_price is 'Trigger (or limit) price.';
comment on column backstop.legs.source is 'Layer whose fact made it necessary: stream, sweep or direct.';
comment on column backstop.legs.journal_id is 'Journal of the fact that wrote the row last.';
comment on column backstop.legs.sequence is 'Number of that fact in its journal.';
comment on column backstop.legs.received_at is 'When the guardian decided on it (its wall clock).';
comment on column backstop.legs.applied_at is 'When the row was last written.';

create table backstop.actions (
  account text not null,
  journal_id bigint not null,
  action_id bigint not null,
  symbol text not null,
  entry_order_id bigint,
  command text not null,
  client_order_ids text[] not null,
  reason text not null,
  source text not null,
  quantity numeric not null,
  state text not null,
  attempt bigint not null,
  rejection text,
  sent_at timestamptz not null,
  settled_at timestamptz,
  latency_microseconds bigint,
  sequence bigint not null,
  applied_at timestamptz not null default now(),
  primary key (account, journal_id, action_id)
);
create index actions_unsettled on backstop.actions (account, symbol) where state in ('sent', 'ambiguous');
create index actions_by_sent_at on backstop.actions (account, sent_at desc);
comment on table backstop.actions is 'Every command to the venue: written as intent before it is sent, and again with its outcome.';
comment on column backstop.actions.account is 'Account.';
comment on column backstop.actions.journal_id is 'Journal of the guardian that sent it.';
comment on column backstop.actions.action_id is 'Its number in that journal.';
comment on column backstop.actions.symbol is 'Symbol.';
comment on column backstop.actions.entry_order_id is 'The lot that it serves, if one.';
comment on column backstop.actions.command is 'place_oco, place_leg, amend, cancel_order, cancel_list or place_entry.';
comment on column backstop.actions.client_order_ids is 'Client order ids that it carries: the list''s first, then the legs''.';
comment on column backstop.actions.reason is 'Why: a reason code.';
comment on column backstop.actions.source is 'Layer whose fact made it necessary: stream, sweep or direct.';
comment on column backstop.actions.quantity is 'Base units.';
comment on column backstop.actions.state is 'sent, accepted, rejected, ambiguous, or absent (proven never to have reached the venue).';
comment on column backstop.actions.attempt is 'Which try, from 1.';
comment on column backstop.actions.rejection is 'The venue''s reason, when rejected.';
comment on column backstop.actions.sent_at is 'When it was sent (guardian''s wall clock).';
comment on column backstop.actions.settled_at is 'When its outcome was known; null until then.';
comment on column backstop.actions.latency_microseconds is 'From the fact that made it necessary to the moment it was sent.';
comment on column backstop.actions.sequence is 'Number of the fact that wrote the row last.';
comment on column backstop.actions.applied_at is 'When the row was last written.';

create table backstop.sweeps (
  account text not null,
  journal_id bigint not null,
  sweep_id bigint not null,
  trigger text not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  is_complete boolean not null,
  failures text[] not null,
  open_orders bigint not null,
  repairs bigint not null,
  applied_at timestamptz not null default now(),
  primary key (account, journal_id, sweep_id)
);
create index sweeps_by_started_at on backstop.sweeps (account, started_at desc);
comment on table backstop.sweeps is 'Every comparison of what we know with what the venue shows.';
comment on column backstop.sweeps.account is 'Account.';
comment on column backstop.sweeps.journal_id is 'Journal of the guardian that ran it.';
comment on column backstop.sweeps.sweep_id is 'Its number in that journal.';
comment on column backstop.sweeps.trigger is 'What asked for it: start, stream_opened, the timer, an operator, ...';
comment on column backstop.sweeps.started_at is 'When the venue was asked (guardian''s wall clock).';
comment on column backstop.sweeps.finished_at is 'When it was concluded.';
comment on column backstop.sweeps.is_complete is 'False when part of the venue could not be read: then it concluded nothing about what is absent.';
comment on column backstop.sweeps.failures is 'What could not be read, for people.';
comment on column backstop.sweeps.open_orders is 'Open orders that the venue showed.';
comment on column backstop.sweeps.repairs is 'Facts that this sweep brought and the stream had not.';
comment on column backstop.sweeps.applied_at is 'When the row was written.';

create table backstop.coverage_states (
  account text not null,
  symbol text not null,
  state text not null,
  position numeric not null,
  covered numeric not null,
  dust numeric not null,
  reasons text[] not null,
  journal_id bigint not null,
  sequence bigint not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, symbol)
);
comment on table backstop.coverage_states is 'How much of each position is protected, as the guardian last judged it. People read the view coverage.';
comment on column backstop.coverage_states.account is 'Account.';
comment on column backstop.coverage_states.symbol is 'Symbol.';
comment on column backstop.coverage_states.state is 'covered, partial, naked, dust, flat, ignored or unknown. Unknown is never shown as covered.';
comment on column backstop.coverage_states.position is 'Open lots (base units).';
comment on column backstop.coverage_states.covered is 'Live stop quantity that the venue shows (base units).';
comment on column backstop.coverage_states.dust is 'Less than any filter lets anyone sell (base units).';
comment on column backstop.coverage_states.reasons is 'Reason codes of what is not covered.';
comment on column backstop.coverage_states.journal_id is 'Journal of the fact that wrote the row last.';
comment on column backstop.coverage_states.sequence is 'Number of that fact in its journal.';
comment on column backstop.coverage_states.received_at is 'When it was judged (guardian''s wall clock).';
comment on column backstop.coverage_states.applied_at is 'When the row was last written.';

create table backstop.naked_intervals (
  account text not null,
  journal_id bigint not null,
  naked_id bigint not null,
  symbol text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  quantity numeric not null,
  cause text not null,
  sequence bigint not null,
  applied_at timestamptz not null default now(),
  primary key (account, journal_id, naked_id)
);
create index naked_intervals_open on backstop.naked_intervals (account, symbol) where ended_at is null;
comment on table backstop.naked_intervals is 'Every stretch of time in which part of a position had no stop. Published, never hidden.';
comment on column backstop.naked_intervals.account is 'Account.';
comment on column backstop.naked_intervals.journal_id is 'Journal of the guardian that timed it.';
comment on column backstop.naked_intervals.naked_id is 'Its number in that journal.';
comment on column backstop.naked_intervals.symbol is 'Symbol.';
comment on column backstop.naked_intervals.started_at is 'When the uncovered quantity came into being (guardian''s wall clock).';
comment on column backstop.naked_intervals.ended_at is 'When it was covered or sold, or the next guardian took over the timing; null while it runs.';
comment on column backstop.naked_intervals.quantity is 'Largest uncovered quantity in it (base units).';
comment on column backstop.naked_intervals.cause is 'Reason code of what stood in the way last.';
comment on column backstop.naked_intervals.sequence is 'Number of the fact that wrote the row last.';
comment on column backstop.naked_intervals.applied_at is 'When the row was last written.';

create table backstop.alerts (
  account text not null,
  kind text not null,
  subject text not null,
  raised_at timestamptz not null,
  severity text not null,
  message text not null,
  cleared_at timestamptz,
  applied_at timestamptz not null default now(),
  primary key (account, kind, subject, raised_at)
);
create unique index alerts_standing on backstop.alerts (account, kind, subject) where cleared_at is null;
comment on table backstop.alerts is 'Alerts, one row from raising to clearing.';
comment on column backstop.alerts.account is 'Account.';
comment on column backstop.alerts.kind is 'What is wrong; each kind has a heading in the runbook.';
comment on column backstop.alerts.subject is 'What it is about: a symbol or an order; empty for the account.';
comment on column backstop.alerts.raised_at is 'When it was raised (guardian''s wall clock).';
comment on column backstop.alerts.severity is 'notice, warning or critical; the newest.';
comment on column backstop.alerts.message is 'For people; the newest.';
comment on column backstop.alerts.cleared_at is 'When it was cleared, or the guardian that raised it was replaced; null while it stands.';
comment on column backstop.alerts.applied_at is 'When the row was last written.';
