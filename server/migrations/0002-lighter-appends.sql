-- An append moves changed_seq of its conversation. As long as an index held that column, every append wrote all five
-- indexes of the table; without it PostgreSQL changes the row within its page (HOT). What has changed is found among
-- the conversations that are not closed, which are few, and by closed_seq among the others.
alter table conversations set (fillfactor = 70);
-- The change position of a closed conversation; null for the others.
alter table conversations add column closed_seq bigint;
update conversations set closed_seq = changed_seq where state = 'closed';
drop index conversations_changed;
drop index conversations_current;
create index conversations_current on conversations (account_id) where state <> 'closed';
create index conversations_closed on conversations (account_id, closed_seq) where closed_seq is not null;
