-- The lots that one selling fill closed got no more out of it than it sold.
select c.account, c.symbol, c.trade_id, sum(c.quantity) as closures, f.quantity as fill
  from backstop.lot_closures c
  left join backstop.fills f on f.account = c.account and f.symbol = c.symbol and f.trade_id = c.trade_id
 group by c.account, c.symbol, c.trade_id, f.quantity, f.side
having f.quantity is null or f.side <> 'sell' or sum(c.quantity) > f.quantity;
