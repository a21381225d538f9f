-- Who gets a visitor (features/routing). The settings are one document; what names operators has rows, so that a deleted
-- operator leaves no trace in it.
create table routing_settings (
  account_id uuid primary key references accounts on delete cascade,
  settings jsonb not null,
  -- The departments and destinations that the last switch of departments took, until they are put back (OP-11).
  undo jsonb,
  changed_seq bigint not null default 0
);
create table departments (
  account_id uuid not null references accounts on delete cascade,
  department_id uuid not null,
  name text not null,
  created_at timestamptz not null,
  primary key (account_id, department_id)
);
create unique index departments_name on departments (account_id, lower(name));
create table destinations (
  account_id uuid not null,
  destination_id uuid not null default gen_random_uuid(),
  operator_id uuid not null,
  language text not null,
  department_id uuid,
  primary key (account_id, destination_id),
  foreign key (account_id, operator_id) references operators on delete cascade,
  foreign key (account_id, department_id) references departments on delete cascade
);
-- Each once, those without a department too (PostgreSQL 14 has no "nulls not distinct").
create unique index destinations_once on destinations (account_id, operator_id, language,
  coalesce(department_id, '00000000-0000-0000-0000-000000000000'));
create index destinations_department on destinations (account_id, department_id);
create table url_rules (
  account_id uuid not null references accounts on delete cascade,
  rule_id uuid not null,
  address text not null,
  created_at timestamptz not null,
  primary key (account_id, rule_id),
  unique (account_id, address)
);
create table url_rule_operators (
  account_id uuid not null,
  rule_id uuid not null,
  operator_id uuid not null,
  primary key (account_id, rule_id, operator_id),
  foreign key (account_id, rule_id) references url_rules on delete cascade,
  foreign key (account_id, operator_id) references operators on delete cascade
);
create index url_rule_operators_operator on url_rule_operators (account_id, operator_id);
create table offline_recipients (
  account_id uuid not null,
  operator_id uuid not null,
  primary key (account_id, operator_id),
  foreign key (account_id, operator_id) references operators on delete cascade
);

-- An operator's own limit of conversations at once; null: the account's.
alter table operators add column capacity int check (capacity > 0);
-- When it was last rung alone: whose turn it is (round robin).
alter table operators add column offered_at timestamptz;
-- A deleted operator keeps its row, so that history keeps its names (OP-05).
alter table operators add column deleted_at timestamptz;

-- An operator's first message to a visitor who has not written (VI-10). `visit_id` names the open page; at most one
-- invitation waits there.
create table invitations (
  account_id uuid not null,
  invitation_id uuid not null,
  visit_id uuid not null,
  operator_id uuid not null,
  text text not null,
  at timestamptz not null,
  state text not null check (state in ('waiting', 'accepted', 'dismissed', 'expired')),
  primary key (account_id, invitation_id),
  foreign key (account_id, operator_id) references operators on delete cascade
);
create unique index invitations_one_waiting on invitations (account_id, visit_id) where state = 'waiting';
create index invitations_waiting_since on invitations (at) where state = 'waiting';

-- Conversations that wait know for whom; those between operators have no visitor's row.
alter table conversations
  add column department_id uuid,
  add column department_name text,
  -- Who may take it, whom it rings, to whom it is offered; null when it neither waits nor is offered.
  add column desk jsonb,
  -- The first decision of who gets it (OP-13); later ones are entries.
  add column decision jsonb,
  -- Positions of the messages that the visitor's side has not read, the newest 100.
  add column visitor_unread_seqs int[] not null default '{}';
update conversations
  set desk = '{"audience": null, "ring": null, "ringUntil": null, "passed": [], "transfer": null}' where state = 'waiting';
alter table conversations drop constraint conversations_channel_check;
alter table conversations add constraint conversations_channel_check
  check (channel in ('chat', 'offline', 'colleague'));
alter table conversations drop constraint conversations_account_id_visitor_id_fkey;
alter table conversations alter column chatbox_id drop not null;
create index conversations_desk on conversations (account_id) where desk is not null and channel = 'chat';
create index conversations_owner on conversations (account_id, operator_id) where state = 'open' and channel = 'chat';
create unique index conversations_one_of_colleagues on conversations (account_id,
  least(visitor_id, operator_id), greatest(visitor_id, operator_id)) where channel = 'colleague';

do $$
declare table_name text;
begin
  foreach table_name in array array['routing_settings', 'departments', 'destinations', 'url_rules', 'url_rule_operators',
    'offline_recipients', 'invitations'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy own_account on %I to foyer_app
      using (account_id = nullif(current_setting(''app.account'', true), '''')::uuid)
      with check (account_id = nullif(current_setting(''app.account'', true), '''')::uuid)', table_name);
    execute format('create policy unscoped on %I to foyer_unscoped using (true) with check (true)', table_name);
    execute format('grant select, insert, update, delete on %I to foyer_app, foyer_unscoped', table_name);
  end loop;
end $$;
