import { randomBytes } from 'node:crypto';
import type { Account, Colleague } from './account.ts';
import type { Foyer } from './foyer.ts';
import { company } from './people.ts';

/** Moves a colleague to an account of its own, which it administers; gives the code for the head of its pages. */
export async function secondAccount(
  foyer: Foyer,
  account: Account,
  { name, title, of }: { name: string; title: string; of: Colleague },
): Promise<{ snippet: string }> {
  const key = randomBytes(11).toString('hex');
  await foyer.query(
    `with made as (insert into accounts (account_id, name, title, language, identity_secret, created_at)
        values (gen_random_uuid(), $1, $2, 'en', $1 || $3, now()) returning account_id),
      stream as (insert into account_streams (account_id) select account_id from made),
      domain as (insert into domains (account_id, host, created_at) select account_id, $4, now() from made),
      box as (insert into chatboxes (account_id, chatbox_id, key, name, is_default, settings, created_at)
        select made.account_id, gen_random_uuid(), $3, 'Default', true, settings, now()
        from made, chatboxes where key = $5)
    update operators set account_id = made.account_id, role = 'administrator' from made where handle = $6`,
    [name, title, key, company.domain, account.key, of.handle],
  );
  return { snippet: account.snippet.replaceAll(account.key, key) };
}
