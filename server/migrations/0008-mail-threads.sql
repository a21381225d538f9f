-- What a mail is about, such as a conversation: to one address, all mails about one thing are one thread.
alter table mails add column about uuid;
create index mails_thread on mails (account_id, about, to_address, created_at, mail_id) where about is not null;
