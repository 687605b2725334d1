-- At most one live order per leg generation (promise I5).
select g.account, g.symbol, g.entry_order_id, g.role, g.tranche, g.generation, g.range_start, count(*) as live,
       array_agg(o.venue_order_id order by o.venue_order_id) as venue_order_ids
  from backstop.legs g
  join backstop.orders o
    on o.account = g.account and o.symbol = g.symbol and o.client_order_id = g.client_order_id and o.is_open
 group by g.account, g.symbol, g.entry_order_id, g.role, g.tranche, g.generation, g.range_start
having count(*) > 1;
