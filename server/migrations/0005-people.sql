-- A deleted operator keeps its row (OP-05), but its handle is free again, and the person may come back as another.
alter table operators drop constraint operators_account_id_handle_key;
alter table operators drop constraint operators_account_id_person_id_key;
create unique index operators_handle on operators (account_id, handle) where deleted_at is null;
create unique index operators_of_person on operators (account_id, person_id) where deleted_at is null;

-- Since when sessions that began before do not count in this account any more: an administrator ended them (OP-03).
alter table operators add column signed_out_at timestamptz;

-- A membership that has ended is none, also for servers of the release before.
drop policy own_memberships on operators;
create policy own_memberships on operators for select to foyer_app
  using (person_id = nullif(current_setting('app.person', true), '')::uuid and deleted_at is null);
