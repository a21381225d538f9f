-- One-way check value of the secret that signs tokens: servers that share this database must share it too.
alter table installation add column secret_check text;

-- Whether the process hears the broker. While one does not, the others look for what it commits.
alter table nodes add column hears boolean not null default true;

-- Identities that were used (the `jti` of a customer's JWT), until they expire: a stolen one works once, on any process.
create table used_identities (
  account_id uuid not null references accounts on delete cascade,
  jti text not null,
  expires_at timestamptz not null,
  primary key (account_id, jti)
);
alter table used_identities enable row level security;
alter table used_identities force row level security;
create policy own_account on used_identities to foyer_app
  using (account_id = nullif(current_setting('app.account', true), '')::uuid)
  with check (account_id = nullif(current_setting('app.account', true), '')::uuid);
create policy unscoped on used_identities to foyer_unscoped using (true) with check (true);
grant select, insert, update, delete on used_identities to foyer_app, foyer_unscoped;
