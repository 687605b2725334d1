-- None of our orders lives on without its lot.
select account, symbol, client_order_id, venue_order_id, role, live_quantity from backstop.orphans;
