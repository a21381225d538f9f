-- I3: who waits has no owner and is at a desk, what is open is at one only while it is offered, and what is closed never.
alter table conversations add constraint conversations_desk check (case state
  when 'waiting' then desk is not null and operator_id is null
  when 'open' then desk is null or desk -> 'transfer' <> 'null'
  else desk is null end);
