-- A protected lot without enough live stops is never shown as covered (promises I1, I8). Foreign stops count as cover, and what is
-- being sold at market needs none; a triggered stop-limit that does not fill covers nothing.
select t.account, t.symbol, t.open_quantity, coalesce(s.quantity, 0) as live_stops, c.state
  from (
    select account, symbol, sum(open_quantity) as open_quantity
      from backstop.lots
     where closed_at is null and is_protected and open_quantity > 0
       and (stop_loss_percent is not null or stop_loss_price is not null)
     group by account, symbol
  ) t
  left join backstop.coverage_states c on c.account = t.account and c.symbol = t.symbol
  left join (
    select account, symbol, sum(quantity - executed_quantity - prevented_quantity) as quantity
      from backstop.orders
     where is_open and side = 'sell' and status <> 'pending_new'
       and (type in ('stop_loss', 'market') or (type = 'stop_loss_limit' and not coalesce(is_working, false)))
     group by account, symbol
  ) s on s.account = t.account and s.symbol = t.symbol
 where c.state is null
    or (c.state in ('covered', 'flat') and t.open_quantity - coalesce(s.quantity, 0) > c.dust
        and not exists (
          select from backstop.alerts a
           where a.account = t.account and a.subject = t.symbol and a.kind = 'wallet_short' and a.cleared_at is null));
