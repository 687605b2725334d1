-- compatible
-- What can be traded, and what the wallet holds.

create table backstop.instruments (
  account text not null,
  symbol text not null,
  base_asset text not null,
  quote_asset text not null,
  status text not null,
  order_types text[] not null,
  allows_oco boolean not null,
  allows_amend boolean not null,
  tick_size numeric not null,
  price_min numeric not null,
  price_max numeric not null,
  step_size numeric not null,
  quantity_min numeric not null,
  quantity_max numeric not null,
  market_step_size numeric not null,
  market_quantity_min numeric not null,
  market_quantity_max numeric not null,
  notional_min numeric not null,
  notional_max numeric not null,
  notional_min_applies_to_market boolean not null,
  ask_multiplier_down numeric not null,
  ask_multiplier_up numeric not null,
  bid_multiplier_down numeric not null,
  bid_multiplier_up numeric not null,
  orders_max bigint not null,
  algo_orders_max bigint not null,
  order_lists_max bigint not null,
  amends_max bigint not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, symbol)
);
comment on table backstop.instruments is 'Tradable symbols and the filters that an order must satisfy. A zero turns a limit off, as at the venue.';
comment on column backstop.instruments.account is 'Account through which it was read.';
comment on column backstop.instruments.symbol is 'The venue''s name, e.g. BTCUSDT.';
comment on column backstop.instruments.base_asset is 'What is bought and sold, e.g. BTC.';
comment on column backstop.instruments.quote_asset is 'What it is paid with, e.g. USDT.';
comment on column backstop.instruments.status is 'trading, cancel_only, halted, or the venue''s own word when unknown to us.';
comment on column backstop.instruments.order_types is 'Order types that the symbol accepts.';
comment on column backstop.instruments.allows_oco is 'Whether one-cancels-the-other lists are accepted.';
comment on column backstop.instruments.allows_amend is 'Whether a quantity can be reduced in place, keeping its priority.';
comment on column backstop.instruments.tick_size is 'Prices are multiples of this.';
comment on column backstop.instruments.price_min is 'Smallest price.';
comment on column backstop.instruments.price_max is 'Largest price.';
comment on column backstop.instruments.step_size is 'Quantities are multiples of this (base units).';
comment on column backstop.instruments.quantity_min is 'Smallest quantity (base units).';
comment on column backstop.instruments.quantity_max is 'Largest quantity (base units).';
comment on column backstop.instruments.market_step_size is 'Step of market orders (base units).';
comment on column backstop.instruments.market_quantity_min is 'Smallest market order (base units).';
comment on column backstop.instruments.market_quantity_max is 'Largest market order (base units).';
comment on column backstop.instruments.notional_min is 'Least price times quantity (quote units).';
comment on column backstop.instruments.notional_max is 'Most price times quantity (quote units).';
comment on column backstop.instruments.notional_min_applies_to_market is 'Whether notional_min binds market orders too.';
comment on column backstop.instruments.ask_multiplier_down is 'Lowest SELL price as a factor of the reference price.';
comment on column backstop.instruments.ask_multiplier_up is 'Highest SELL price as a factor of the reference price.';
comment on column backstop.instruments.bid_multiplier_down is 'Lowest BUY price as a factor of the reference price.';
comment on column backstop.instruments.bid_multiplier_up is 'Highest BUY price as a factor of the reference price.';
comment on column backstop.instruments.orders_max is 'Open orders allowed on the symbol.';
comment on column backstop.instruments.algo_orders_max is 'Open conditional orders allowed on the symbol; an OCO of two triggers counts twice.';
comment on column backstop.instruments.order_lists_max is 'Open order lists allowed on the symbol.';
comment on column backstop.instruments.amends_max is 'Amendments allowed per order.';
comment on column backstop.instruments.received_at is 'When the guardian learned it (its wall clock).';
comment on column backstop.instruments.applied_at is 'When the row was last written.';

create table backstop.balances (
  account text not null,
  asset text not null,
  free numeric not null,
  locked numeric not null,
  total numeric not null generated always as (free + locked) stored,
  venue_time timestamptz not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, asset)
);
comment on table backstop.balances is 'What the venue last said the wallet holds. The truth; lots and residual must add up to it.';
comment on column backstop.balances.account is 'Account.';
comment on column backstop.balances.asset is 'Asset, e.g. BTC.';
comment on column backstop.balances.free is 'Not held by any order.';
comment on column backstop.balances.locked is 'Held by open orders or by another product of the venue.';
comment on column backstop.balances.total is 'free + locked.';
comment on column backstop.balances.venue_time is 'Venue time of this statement; an older one never overwrites a newer one.';
comment on column backstop.balances.received_at is 'When the guardian learned it (its wall clock).';
comment on column backstop.balances.applied_at is 'When the row was last written.';

create table backstop.asset_residuals (
  account text not null,
  asset text not null,
  quantity numeric not null,
  journal_id bigint not null,
  sequence bigint not null,
  received_at timestamptz not null,
  applied_at timestamptz not null default now(),
  primary key (account, asset)
);
comment on table backstop.asset_residuals is
  'What the guardian concluded, after reading every history, to be in a wallet and of no lot: holdings from before, deposits, '
  'transfers. Written when it concludes, not with every trade; the view residuals shows both sides as they are now.';
comment on column backstop.asset_residuals.account is 'Account.';
comment on column backstop.asset_residuals.asset is 'Asset.';
comment on column backstop.asset_residuals.quantity is 'Wallet minus open lots at that moment.';
comment on column backstop.asset_residuals.journal_id is 'Journal of the fact that wrote the row last.';
comment on column backstop.asset_residuals.sequence is 'Number of that fact in its journal.';
comment on column backstop.asset_residuals.received_at is 'When the guardian computed it (its wall clock).';
comment on column backstop.asset_residuals.applied_at is 'When the row was last written.';

create table backstop.trade_cursors (
  account text not null,
  symbol text not null,
  trade_id bigint not null,
  applied_at timestamptz not null default now(),
  primary key (account, symbol)
);
comment on table backstop.trade_cursors is 'Where reading a symbol''s trade history continues after a restart.';
comment on column backstop.trade_cursors.account is 'Account.';
comment on column backstop.trade_cursors.symbol is 'Symbol.';
comment on column backstop.trade_cursors.trade_id is 'The newest trade whose predecessors are all recorded. Never decreases.';
comment on column backstop.trade_cursors.applied_at is 'When the row was last written.';
