-- compatible
-- What a start reads of the past: the newest trades of each symbol, and what they closed.

create index lot_closures_by_trade on backstop.lot_closures (account, symbol, trade_id);

create function backstop.recent_trades(account text, newest int) returns table (symbol text, since bigint)
language sql stable as $$
  select w.symbol,
         least(
           coalesce((select t.trade_id from backstop.trade_cursors t where t.account = $1 and t.symbol = w.symbol), 0),
           coalesce((select min(n.trade_id) from (
             select f.trade_id from backstop.fills f where f.account = $1 and f.symbol = w.symbol
              order by f.trade_id desc limit $2) n), 0))
    from (select t.symbol from backstop.trade_cursors t where t.account = $1
          union select l.symbol from backstop.lots l where l.account = $1) w
$$;
comment on function backstop.recent_trades(text, int) is
  'Of each symbol of the account the trade from which on its past may still change: the cursor of its history, or the oldest of '
  'so many newest trades if that is older.';
