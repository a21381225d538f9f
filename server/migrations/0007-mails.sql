-- E-mail that has left, or has to. A row is the truth of it; a job only says that there is something to do.
-- Mail that belongs to no account (a forgotten password) stands under the account of zeros, so there is no foreign key.
create table mails (
  account_id uuid not null,
  mail_id uuid not null,
  -- Who made Foyer write it: `anyone` and `visitor` are counted against a limit (threats.md D8).
  cause text not null check (cause in ('anyone', 'visitor', 'person')),
  to_name text not null,
  to_address text not null,
  reply_to text,
  subject text not null,
  -- What it says, as features/mail/content.ts has it; gone once it is sent.
  content jsonb,
  state text not null check (state in ('waiting', 'sent', 'failed')),
  tries int not null default 0,
  error text,
  created_at timestamptz not null,
  tried_at timestamptz,
  expires_at timestamptz,
  primary key (account_id, mail_id),
  check ((state = 'sent') = (content is null))
);
create index mails_newest on mails (account_id, created_at desc, mail_id);
create index mails_recipient on mails (account_id, to_address, created_at);
create index mails_waiting on mails (account_id, mail_id) where state = 'waiting';

alter table mails enable row level security;
alter table mails force row level security;
create policy own_account on mails to foyer_app
  using (account_id = nullif(current_setting('app.account', true), '')::uuid)
  with check (account_id = nullif(current_setting('app.account', true), '')::uuid);
create policy unscoped on mails to foyer_unscoped using (true) with check (true);
grant select, insert, update, delete on mails to foyer_app, foyer_unscoped;
