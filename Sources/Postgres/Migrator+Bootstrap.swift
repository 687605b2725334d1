extension Migrator {
  /// The one table that must exist before the first migration. The advisory lock is there because `create … if not
  /// exists` is not safe against a concurrent twin: the loser would get a unique violation from the catalogue. The key
  /// is arbitrary ("backstop" in ASCII) and the lock lives for this one implicit transaction only.
  static let bootstrapText = """
    select pg_advisory_xact_lock(x'6261636b73746f70'::bigint);
    create schema if not exists backstop;
    create table if not exists backstop.migrations (
      name text primary key,
      is_breaking boolean not null,
      checksum text not null,
      applied_at timestamptz not null default now(),
      applied_by text not null default current_user
    );
    comment on schema backstop is
      'Mirror of a trading account and the record of what the guardian did. Tables are written by the guardian only; '
      'people and dashboards read the views; bots call the functions.';
    comment on table backstop.migrations is
      'SQL files applied to this schema, in order of name. Written by the migrator only.';
    comment on column backstop.migrations.name is 'File name under sql/migrations.';
    comment on column backstop.migrations.is_breaking is
      'True when a binary that does not know this file must not write here.';
    comment on column backstop.migrations.checksum is 'SHA-256 of the file''s text, hex. A difference is refused.';
    comment on column backstop.migrations.applied_at is 'When its transaction began.';
    comment on column backstop.migrations.applied_by is 'Database role that applied it.';
    """
}
