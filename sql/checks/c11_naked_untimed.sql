-- While a position is partly or wholly uncovered, a naked timer runs (promise I1).
select c.account, c.symbol, c.state, c.position, c.covered
  from backstop.coverage_states c
 where c.state in ('partial', 'naked')
   and not exists (
     select from backstop.naked_intervals n
      where n.account = c.account and n.symbol = c.symbol and n.ended_at is null);
