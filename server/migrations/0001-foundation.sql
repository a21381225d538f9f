-- Roles. They belong to the whole cluster, so another database of it may have made them, perhaps at this moment.
do $$
declare role_name text;
begin
  foreach role_name in array array['foyer_app', 'foyer_unscoped'] loop
    begin
      execute format('create role %I nologin', role_name);
    exception when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(current_user, role_name, 'member') then
      execute format('grant %I to current_user', role_name);
    end if;
    execute format('grant usage on schema public to %I', role_name);
  end loop;
end $$;

-- One row. `epoch` names this history of the data: a restored backup gets a new one, and clients start anew.
create table installation (
  only_one boolean primary key default true check (only_one),
  epoch uuid not null default gen_random_uuid(),
  setup_token_hash text,
  created_at timestamptz not null default now()
);
insert into installation default values;

-- Identity: belongs to no account. Columns as better-auth asks for them.
create table persons (
  id uuid primary key,
  name text not null,
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  image text,
  platform_administrator boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create table person_sessions (
  id uuid primary key,
  person_id uuid not null references persons on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index person_sessions_person on person_sessions (person_id);
create table person_credentials (
  id uuid primary key,
  person_id uuid not null references persons on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index person_credentials_person on person_credentials (person_id);
create table person_verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index person_verifications_identifier on person_verifications (identifier);

-- Accounts. Every table of an account begins its primary key with account_id.
create table accounts (
  account_id uuid primary key,
  name text not null unique,
  title text not null,
  language text not null,
  identity_secret text not null,
  created_at timestamptz not null,
  changed_seq bigint not null default 0
);

-- The account's change stream: its last position, taken under this row's lock. It begins at 1, because a change from
-- position 0 means a full snapshot on the wire.
create table account_streams (
  account_id uuid primary key references accounts on delete cascade,
  seq bigint not null default 1
);

create table domains (
  account_id uuid not null references accounts on delete cascade,
  host text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz,
  primary key (account_id, host)
);

create table operators (
  account_id uuid not null references accounts on delete cascade,
  operator_id uuid not null,
  person_id uuid not null references persons,
  handle text not null,
  name text not null,
  role text not null check (role in ('administrator', 'normal')),
  status text not null check (status in ('online', 'away', 'offline')),
  created_at timestamptz not null,
  changed_seq bigint not null default 0,
  primary key (account_id, operator_id),
  unique (account_id, handle),
  unique (account_id, person_id)
);
create index operators_person on operators (person_id);
create index operators_changed on operators (account_id, changed_seq);

create table chatboxes (
  account_id uuid not null references accounts on delete cascade,
  chatbox_id uuid not null,
  key text not null unique,
  name text not null,
  is_default boolean not null,
  settings jsonb not null,
  created_at timestamptz not null,
  primary key (account_id, chatbox_id)
);
create unique index chatboxes_one_default on chatboxes (account_id) where is_default;

-- A visitor gets a row with its first act, not with a page view.
create table visitors (
  account_id uuid not null references accounts on delete cascade,
  visitor_id uuid not null,
  name text,
  email text,
  external_id text,
  attributes jsonb not null default '{}',
  browser text,
  language text,
  first_seen_at timestamptz not null,
  primary key (account_id, visitor_id)
);
create unique index visitors_external on visitors (account_id, external_id) where external_id is not null;

-- What the entries of a conversation add up to; written only together with them (features/conversations/log.ts).
create table conversations (
  account_id uuid not null references accounts on delete cascade,
  conversation_id uuid not null,
  visitor_id uuid not null,
  chatbox_id uuid not null,
  channel text not null check (channel in ('chat', 'offline')),
  state text not null check (state in ('waiting', 'open', 'closed')),
  visitor_name text,
  visitor_email text,
  operator_id uuid,
  operator_name text,
  language text not null,
  page jsonb,
  created_at timestamptz not null,
  waiting_since timestamptz,
  closed_at timestamptz,
  last_seq int not null,
  preview jsonb,
  unread_seqs int[] not null,
  visitor_delivered int not null,
  visitor_read int not null,
  operator_delivered int not null,
  operator_read int not null,
  changed_seq bigint not null,
  primary key (account_id, conversation_id),
  foreign key (account_id, visitor_id) references visitors,
  foreign key (account_id, operator_id) references operators,
  -- I3: an open conversation has an owner, a waiting one has none and is in the queue.
  check ((state = 'open') <= (operator_id is not null)),
  check ((state = 'waiting') = (waiting_since is not null))
);
create unique index conversations_one_open on conversations (account_id, visitor_id)
  where state <> 'closed' and channel = 'chat';
create index conversations_changed on conversations (account_id, changed_seq);
create index conversations_current on conversations (account_id, changed_seq) where state <> 'closed';
create index conversations_visitor on conversations (account_id, visitor_id, created_at desc);

-- The append-only log. seq is gapless within a conversation.
create table entries (
  account_id uuid not null,
  conversation_id uuid not null,
  seq int not null,
  at timestamptz not null,
  sender_kind text not null check (sender_kind in ('visitor', 'operator', 'system')),
  sender_id uuid,
  ref uuid,
  what jsonb not null,
  -- No foreign key: entries are written only in the statement that holds their conversation's row lock, and the check of
  -- one by one took a quarter of its time.
  primary key (account_id, conversation_id, seq),
  check (ref is null or sender_id is not null)
);
-- A repeated send finds its entry, also when the sender does not know the conversation yet.
create unique index entries_ref on entries (account_id, sender_id, ref, conversation_id) where ref is not null;

-- Presence: a server process has a lease; a connected operator has a row of that process.
create table nodes (
  node_id uuid primary key,
  lease_until timestamptz not null
);
create table operator_sessions (
  account_id uuid not null,
  operator_id uuid not null,
  node_id uuid not null references nodes on delete cascade,
  primary key (account_id, operator_id, node_id),
  foreign key (account_id, operator_id) references operators on delete cascade
);

-- Row-level security stands behind every statement. An unset account is '' or NULL: both see nothing.
do $$
declare table_name text;
begin
  foreach table_name in array array['accounts', 'account_streams', 'domains', 'operators', 'chatboxes', 'visitors',
    'conversations', 'entries', 'operator_sessions'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy own_account on %I to foyer_app
      using (account_id = nullif(current_setting(''app.account'', true), '''')::uuid)
      with check (account_id = nullif(current_setting(''app.account'', true), '''')::uuid)', table_name);
    execute format('create policy unscoped on %I to foyer_unscoped using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on %I to foyer_app, foyer_unscoped', table_name);
  end loop;
end $$;
create policy own_memberships on operators for select to foyer_app
  using (person_id = nullif(current_setting('app.person', true), '')::uuid);
create policy own_memberships on accounts for select to foyer_app
  using (account_id in (select account_id from operators
    where person_id = nullif(current_setting('app.person', true), '')::uuid));

grant select, insert, update, delete on persons, person_sessions, person_credentials, person_verifications
  to foyer_app, foyer_unscoped;
grant select, update on installation to foyer_app, foyer_unscoped;
grant select, insert, update, delete on nodes to foyer_app, foyer_unscoped;
