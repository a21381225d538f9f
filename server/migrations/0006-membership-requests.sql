-- An administrator asks whoever proves that an address is his to become an operator (OP-04). Like a letter, a request
-- says what it said when it was written.
create table membership_requests (
  account_id uuid not null references accounts on delete cascade,
  request_id uuid not null,
  email text not null check (email = lower(email)),
  account_title text not null,
  asked_by text not null,
  name text not null,
  handle text not null,
  role text not null check (role in ('administrator', 'normal')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (account_id, request_id),
  unique (account_id, email)
);
create index membership_requests_email on membership_requests (email);

alter table membership_requests enable row level security;
alter table membership_requests force row level security;
create policy own_account on membership_requests to foyer_app
  using (account_id = nullif(current_setting('app.account', true), '')::uuid)
  with check (account_id = nullif(current_setting('app.account', true), '')::uuid);
create policy unscoped on membership_requests to foyer_unscoped using (true) with check (true);
-- Whoever only says that the address is his sees nothing.
create policy own_memberships on membership_requests for select to foyer_app
  using (email = (select p.email from persons p
    where p.id = nullif(current_setting('app.person', true), '')::uuid and p.email_verified));
grant select, insert, update, delete on membership_requests to foyer_app, foyer_unscoped;
