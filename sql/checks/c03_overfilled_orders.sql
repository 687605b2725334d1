-- No order fills more than its quantity, and no quantity is negative.
select account, symbol, venue_order_id, quantity, executed_quantity
  from backstop.orders
 where executed_quantity > quantity or quantity < 0 or executed_quantity < 0;
