-- What closed a lot, and what it earned, is the sum of its closures, and never more than it held.
select l.account, l.symbol, l.entry_order_id, l.closed_quantity, c.quantity as closures, l.realized_pnl, c.realized_pnl as closures_pnl
  from backstop.lots l
  join lateral (
    select coalesce(sum(x.quantity), 0) as quantity, coalesce(sum(x.realized_pnl), 0) as realized_pnl
      from backstop.lot_closures x
     where x.account = l.account and x.symbol = l.symbol and x.entry_order_id = l.entry_order_id
  ) c on true
 where l.closed_quantity <> c.quantity or l.realized_pnl <> c.realized_pnl
    or l.closed_quantity > l.filled_quantity - l.base_fee;
