-- An order's executed quantity is the sum of its fills (promise I4). Orders from before protection began may lack fills.
select o.account, o.symbol, o.venue_order_id, o.executed_quantity, coalesce(f.quantity, 0) as fills
  from backstop.orders o
  join backstop.accounts a on a.account = o.account
  left join (
    select account, symbol, venue_order_id, sum(quantity) as quantity
      from backstop.fills group by account, symbol, venue_order_id
  ) f on f.account = o.account and f.symbol = o.symbol and f.venue_order_id = o.venue_order_id
 where o.executed_quantity <> coalesce(f.quantity, 0)
   and coalesce(o.venue_created_at, o.venue_time) >= a.protected_since;
