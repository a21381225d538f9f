/** The invariant queries of docs/operate/reliability.md: each finds rows that must not exist. */
const queries: Record<string, string> = {
  'I1 positions of a conversation are 1..n': `
    select c.conversation_id as found from conversations c left join lateral (
      select count(*) as entries, min(seq) as low, max(seq) as high from entries e
      where e.account_id = c.account_id and e.conversation_id = c.conversation_id
    ) e on true where e.entries <> c.last_seq or e.high is distinct from c.last_seq or e.low <> 1`,
  'I2 a visitor has at most one open chat': `
    select visitor_id as found from conversations where state <> 'closed' and channel = 'chat'
    group by account_id, visitor_id having count(*) > 1`,
  'I3 an open conversation has an owner, a waiting one is in the queue': `
    select conversation_id as found from conversations
    where (state = 'open' and operator_id is null) or (state = 'waiting') <> (waiting_since is not null)
      or (state = 'waiting' and operator_id is not null)
      or (state = 'waiting' and desk is null) or (state = 'closed' and desk is not null)
      or (state = 'open' and desk is not null and desk -> 'transfer' = 'null')
    union all select c.conversation_id from conversations c join operators o using (account_id, operator_id)
      where c.state = 'open' and c.channel <> 'colleague' and o.deleted_at is not null`,
  'I4 nobody has more chats open than its capacity': `
    select c.operator_id as found from conversations c join operators o using (account_id, operator_id)
      left join routing_settings s using (account_id)
    where c.state = 'open' and c.channel = 'chat'
    group by c.operator_id, o.capacity, s.settings
    having count(*) > coalesce(o.capacity, (s.settings ->> 'capacity')::int)`,
  'I5 no row belongs to another account than its parent': `
    select e.conversation_id as found from entries e
      where not exists (select from conversations c where (c.account_id, c.conversation_id) = (e.account_id, e.conversation_id))
    union all select c.conversation_id from conversations c
      where c.channel <> 'colleague' and (
      not exists (select from visitors v where (v.account_id, v.visitor_id) = (c.account_id, c.visitor_id))
      or not exists (select from chatboxes b where (b.account_id, b.chatbox_id) = (c.account_id, c.chatbox_id)))
      or (c.operator_id is not null and not exists
        (select from operators o where (o.account_id, o.operator_id) = (c.account_id, c.operator_id)))
    union all select e.conversation_id from entries e join conversations c using (account_id, conversation_id)
      where (e.sender_kind = 'visitor' and e.sender_id <> c.visitor_id) or (e.sender_kind = 'operator' and not exists
        (select from operators o where (o.account_id, o.operator_id) = (e.account_id, e.sender_id)))`,
  'I6 every mail waits with what it says, is sent, or is given up with a reason': `
    select mail_id as found from mails where state not in ('waiting', 'sent', 'failed')
      or (state = 'sent') <> (content is null) or (state = 'sent' and tries = 0) or (state = 'failed' and error is null)`,
};

export type Ask = (text: string) => Promise<{ found: string }[]>;

/** Every broken invariant with the rows that break it; empty when all hold. `ask` must see the rows of all accounts. */
export async function brokenInvariants(ask: Ask): Promise<string[]> {
  const broken: string[] = [];
  for (const [name, text] of Object.entries(queries)) {
    const rows = await ask(text);
    if (rows.length === 0) continue;
    const first = rows.slice(0, 5).map(({ found }) => found);
    broken.push(`${name}: broken by ${rows.length}, such as ${first.join(', ')}`);
  }
  return broken;
}
