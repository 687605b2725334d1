-- Every leg belongs to a lot.
select g.account, g.symbol, g.client_order_id, g.entry_order_id
  from backstop.legs g
 where not exists (
   select from backstop.lots l
    where l.account = g.account and l.symbol = g.symbol and l.entry_order_id = g.entry_order_id);
