-- Every table, view, function and column of a table says what it is.
select c.relname as object, null as column_name
  from pg_class c
 where c.relnamespace = 'backstop'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
   and obj_description(c.oid, 'pg_class') is null
union all
select c.relname, a.attname
  from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = 'backstop'::regnamespace and c.relkind in ('r', 'p')
   and a.attnum > 0 and not a.attisdropped and col_description(c.oid, a.attnum) is null
union all
select p.proname, null
  from pg_proc p
 where p.pronamespace = 'backstop'::regnamespace and obj_description(p.oid, 'pg_proc') is null;
