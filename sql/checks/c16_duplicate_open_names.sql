-- Of orders with one client order id at most one is open: the venue sees to it, so two mean that we misread something.
select account, symbol, client_order_id, count(*) as open_orders
  from backstop.orders
 where is_open
 group by account, symbol, client_order_id
having count(*) > 1;
