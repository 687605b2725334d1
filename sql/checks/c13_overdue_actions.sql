-- A command's fate is known within a minute: ambiguous ones are queried, never forgotten.
select account, action_id, symbol, command, state, client_order_ids, sent_at
  from backstop.actions
 where state in ('sent', 'ambiguous') and sent_at < now() - interval '1 minute'
   -- An earlier guardian's commands are settled by the next one's first complete sweep, not in their own rows.
   and journal_id = (select max(j.journal_id) from backstop.journals j);
