-- Every fill belongs to an order that is here (promise I4).
select f.account, f.symbol, f.trade_id, f.venue_order_id
  from backstop.fills f
  join backstop.accounts a on a.account = f.account
 where f.venue_time >= a.protected_since
   and not exists (
     select from backstop.orders o
      where o.account = f.account and o.symbol = f.symbol and o.venue_order_id = f.venue_order_id);
