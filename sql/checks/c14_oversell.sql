-- Our live stops never add up to more than the open lots (promise I2).
select g.account, g.symbol, sum(g.live_quantity) as live_stops, coalesce(t.open_quantity, 0) as open_quantity
  from backstop.leg_orders g
  left join (
    select account, symbol, sum(open_quantity) as open_quantity
      from backstop.lots where closed_at is null group by account, symbol
  ) t on t.account = g.account and t.symbol = g.symbol
 where g.role = 'stop_loss' and g.is_open
 group by g.account, g.symbol, t.open_quantity
having sum(g.live_quantity) > coalesce(t.open_quantity, 0);
