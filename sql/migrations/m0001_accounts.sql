-- compatible: the first migration
-- Which environment this database belongs to, whose accounts it mirrors, and how far each writer has come.

create table backstop.installation (
  singleton boolean primary key default true check (singleton),
  environment text not null check (environment in ('paper', 'testnet', 'demo', 'live')),
  created_at timestamptz not null default now(),
  unique (environment)
);
comment on table backstop.installation is
  'One row: the environment that this database serves. Paper, testnet, demo and live money never share a database.';
comment on column backstop.installation.singleton is 'Always true; keeps the table at one row.';
comment on column backstop.installation.environment is 'paper, testnet, demo or live. Set by the first guardian and never changed.';
comment on column backstop.installation.created_at is 'When the first guardian claimed this database.';

create table backstop.accounts (
  account text primary key,
  environment text not null references backstop.installation (environment),
  venue text not null,
  fingerprint text not null,
  protected_since timestamptz,
  first_seen_at timestamptz not null default now()
);
comment on table backstop.accounts is 'Accounts that are mirrored here. Every other table names its account by this key.';
comment on column backstop.accounts.account is 'The name that the configuration gives the account.';
comment on column backstop.accounts.environment is 'Same as the installation''s; the foreign key keeps it so.';
comment on column backstop.accounts.venue is 'The venue and market, e.g. binance-spot.';
comment on column backstop.accounts.fingerprint is
  'What proves that this is still the same account at the venue. A different one is refused, so that two accounts never mix.';
comment on column backstop.accounts.protected_since is
  'When protection began (venue time). Entries older than this are not protected. Null until the first complete sweep.';
comment on column backstop.accounts.first_seen_at is 'When a guardian first claimed the account here.';

create table backstop.journals (
  journal_id bigint generated always as identity primary key,
  nonce text not null unique,
  started_at timestamptz not null,
  last_sequence bigint not null default 0 check (last_sequence >= 0),
  last_applied_at timestamptz not null default now()
);
comment on table backstop.journals is
  'One row per writer''s journal (one per guardian start). last_sequence is written in the same transaction as the rows it covers, '
  'so every fact is applied exactly once, and a lost COMMIT answer changes nothing.';
comment on column backstop.journals.journal_id is 'Number given on the writer''s first connection; later writers have larger numbers.';
comment on column backstop.journals.nonce is 'The writer''s own random name of its journal; finds the row again after a reconnect.';
comment on column backstop.journals.started_at is 'When the writer started (its wall clock).';
comment on column backstop.journals.last_sequence is 'Every fact up to this number of the journal is in the tables.';
comment on column backstop.journals.last_applied_at is 'When the last batch was applied; its age is the mirror''s lag when facts wait.';
