-- compatible
-- What the venue reported: orders, their history, fills, the raw messages, and the times when we may have missed some.

create table backstop.orders (
  account text not null,
  symbol text not null,
  venue_order_id bigint not null,
  client_order_id text not null,
  order_list_id bigint,
  side text not null,
  type text not null,
  time_in_force text not null,
  status text not null,
  status_rank smallint not null,
  is_open boolean not null,
  price numeric not null,
  trigger_price numeric not null,
  quantity numeric not null,
  executed_quantity numeric not null,
  executed_quote numeric not null,
  prevented_quantity numeric not null,
  is_working boolean,
  expiry_reason text,
  source text not null,
  venue_created_at timestamptz,
  venue_time timestamptz not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, symbol, venue_order_id)
) with (fillfactor = 80);  -- and no index on what every report changes: updates then stay on their page and touch no index
create index orders_by_client_order_id on backstop.orders (account, symbol, client_order_id);
create index orders_open on backstop.orders (account, symbol) where is_open;
comment on table backstop.orders is 'Every order of the account in its newest known state, whoever placed it. Monotone: an older report never overwrites a newer one.';
comment on column backstop.orders.account is 'Account.';
comment on column backstop.orders.symbol is 'Symbol.';
comment on column backstop.orders.venue_order_id is 'The venue''s number; unique together with the symbol.';
comment on column backstop.orders.client_order_id is 'The sender''s name for it; unique only among open orders. May be hostile text: it is data, never code.';
comment on column backstop.orders.order_list_id is 'The venue''s order list that it belongs to, if any.';
comment on column backstop.orders.side is 'buy or sell.';
comment on column backstop.orders.type is 'limit, market, limit_maker, stop_loss, stop_loss_limit, take_profit, take_profit_limit, or the venue''s own word.';
comment on column backstop.orders.time_in_force is 'gtc, ioc, fok, or the venue''s own word.';
comment on column backstop.orders.status is 'pending_new, new, partially_filled, filled, canceled, rejected, expired, expired_in_match, or the venue''s own word.';
comment on column backstop.orders.status_rank is 'How far along its life the status is; 4 is terminal. Orders reports that arrive out of order.';
comment on column backstop.orders.is_open is 'Not terminal. An unknown status counts as open: unknown is not gone.';
comment on column backstop.orders.price is 'Limit price (quote units); 0 for market types.';
comment on column backstop.orders.trigger_price is 'Price that activates a conditional order; 0 otherwise.';
comment on column backstop.orders.quantity is 'Original quantity (base units); after an amendment the reduced one.';
comment on column backstop.orders.executed_quantity is 'Cumulative filled quantity (base units). Equals the sum of its fills.';
comment on column backstop.orders.executed_quote is 'Cumulative filled value (quote units).';
comment on column backstop.orders.prevented_quantity is 'Quantity that self-trade prevention took away (base units).';
comment on column backstop.orders.is_working is 'On the book; for a conditional order: triggered. Null when not reported.';
comment on column backstop.orders.expiry_reason is 'Why it expired, in the venue''s words.';
comment on column backstop.orders.source is 'Layer that first told us of it: stream, sweep or direct.';
comment on column backstop.orders.venue_created_at is 'Venue time of creation, when reported.';
comment on column backstop.orders.venue_time is 'Venue time of the newest report.';
comment on column backstop.orders.received_at is 'When the guardian learned of the newest state (its wall clock).';
comment on column backstop.orders.applied_at is 'When the row was last written.';

create table backstop.order_events (
  account text not null,
  journal_id bigint not null,
  sequence bigint not null,
  symbol text not null,
  venue_order_id bigint not null,
  client_order_id text not null,
  request_client_order_id text,
  execution_id bigint,
  execution text not null,
  status text not null,
  executed_quantity numeric not null,
  trade_id bigint,
  reject_reason text,
  venue_time timestamptz not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, journal_id, sequence)
);
create unique index order_events_by_execution_id on backstop.order_events (account, symbol, execution_id)
  where execution_id is not null;
create index order_events_by_order on backstop.order_events (account, symbol, venue_order_id);
comment on table backstop.order_events is 'Stream reports about orders as they came, for audit. Telemetry: under a long outage of the database these may be dropped, orders and fills not.';
comment on column backstop.order_events.account is 'Account.';
comment on column backstop.order_events.journal_id is 'Journal of the fact.';
comment on column backstop.order_events.sequence is 'Number of the fact in its journal.';
comment on column backstop.order_events.symbol is 'Symbol.';
comment on column backstop.order_events.venue_order_id is 'The venue''s order number.';
comment on column backstop.order_events.client_order_id is 'The order''s own client id.';
comment on column backstop.order_events.request_client_order_id is 'Client id of the request that caused it (a cancel''s), when different.';
comment on column backstop.order_events.execution_id is 'The venue''s number of this report; equal numbers are the same report.';
comment on column backstop.order_events.execution is 'new, canceled, replaced, rejected, trade, expired, trade_prevention, or the venue''s own word.';
comment on column backstop.order_events.status is 'Status after it.';
comment on column backstop.order_events.executed_quantity is 'Cumulative filled quantity after it (base units).';
comment on column backstop.order_events.trade_id is 'The trade, when the report is one.';
comment on column backstop.order_events.reject_reason is 'The venue''s reason, if any.';
comment on column backstop.order_events.venue_time is 'Venue time of the event.';
comment on column backstop.order_events.received_at is 'When the guardian received it (its wall clock).';
comment on column backstop.order_events.applied_at is 'When the row was written.';

create table backstop.fills (
  account text not null,
  symbol text not null,
  trade_id bigint not null,
  venue_order_id bigint not null,
  side text not null,
  price numeric not null,
  quantity numeric not null,
  quote_quantity numeric not null generated always as (price * quantity) stored,
  commission numeric not null,
  commission_asset text,
  is_maker boolean not null,
  source text not null,
  venue_time timestamptz not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, symbol, trade_id)
);
create index fills_by_order on backstop.fills (account, symbol, venue_order_id);
create index fills_by_venue_time on backstop.fills (account, venue_time desc);
comment on table backstop.fills is 'Every execution exactly once, whichever layer brought it first. Rows never change.';
comment on column backstop.fills.account is 'Account.';
comment on column backstop.fills.symbol is 'Symbol.';
comment on column backstop.fills.trade_id is 'The venue''s trade number; unique together with the symbol.';
comment on column backstop.fills.venue_order_id is 'The order that traded.';
comment on column backstop.fills.side is 'buy or sell.';
comment on column backstop.fills.price is 'Quote units per base unit.';
comment on column backstop.fills.quantity is 'Base units.';
comment on column backstop.fills.quote_quantity is 'price times quantity, exact (quote units).';
comment on column backstop.fills.commission is 'Taken by the venue, in units of commission_asset.';
comment on column backstop.fills.commission_asset is 'Asset of the commission; null when none was taken.';
comment on column backstop.fills.is_maker is 'Whether our order rested on the book.';
comment on column backstop.fills.source is 'Layer that first told us of it: stream, sweep or direct.';
comment on column backstop.fills.venue_time is 'Venue time of the trade.';
comment on column backstop.fills.received_at is 'When the guardian learned of it (its wall clock).';
comment on column backstop.fills.applied_at is 'When the row was written.';

create table backstop.raw_events (
  account text not null,
  journal_id bigint not null,
  sequence bigint not null,
  epoch bigint not null,
  payload bytea not null,
  is_decoded boolean not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, journal_id, sequence)
);
create index raw_events_by_received_at on backstop.raw_events (received_at);
comment on table backstop.raw_events is 'Messages exactly as received. bytea, because text and jsonb cannot hold every byte. Kept for a week, see purge_raw_events().';
comment on column backstop.raw_events.account is 'Account.';
comment on column backstop.raw_events.journal_id is 'Journal of the fact.';
comment on column backstop.raw_events.sequence is 'Number of the fact in its journal.';
comment on column backstop.raw_events.epoch is 'The stream connection that it came by, counted up.';
comment on column backstop.raw_events.payload is 'The bytes. Read with convert_from(payload, ''UTF8'').';
comment on column backstop.raw_events.is_decoded is 'False when we could not understand it; kept for whoever mends that.';
comment on column backstop.raw_events.received_at is 'When the guardian received it (its wall clock).';
comment on column backstop.raw_events.applied_at is 'When the row was written.';

create table backstop.gaps (
  account text not null,
  journal_id bigint not null,
  epoch bigint not null,
  reason text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  applied_at timestamptz not null default now(),
  primary key (account, journal_id, epoch)
);
create index gaps_open on backstop.gaps (account) where ended_at is null;
comment on table backstop.gaps is 'Periods in which stream events may have been missed. Closed only by a complete sweep.';
comment on column backstop.gaps.account is 'Account.';
comment on column backstop.gaps.journal_id is 'Journal of the fact.';
comment on column backstop.gaps.epoch is 'The stream connection that was lost.';
comment on column backstop.gaps.reason is 'Why the stream could not be trusted.';
comment on column backstop.gaps.started_at is 'From when on (guardian''s wall clock).';
comment on column backstop.gaps.ended_at is 'When a complete sweep closed it, or the next guardian took over; null while it stands.';
comment on column backstop.gaps.applied_at is 'When the row was last written.';
