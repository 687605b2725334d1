-- A lot holds what its entry's fills bought, and its base fee is what they paid in the base asset.
select l.account, l.symbol, l.entry_order_id, l.filled_quantity, f.quantity as fills, l.base_fee, f.base_fee as fills_base_fee
  from backstop.lots l
  join backstop.instruments i on i.account = l.account and i.symbol = l.symbol
  join lateral (
    select coalesce(sum(x.quantity), 0) as quantity,
           coalesce(sum(x.commission) filter (where x.commission_asset = i.base_asset), 0) as base_fee
      from backstop.fills x
     where x.account = l.account and x.symbol = l.symbol and x.venue_order_id = l.entry_order_id and x.side = 'buy'
  ) f on true
 where l.filled_quantity <> f.quantity or l.base_fee <> f.base_fee;
