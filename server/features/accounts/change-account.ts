import type * as z from 'zod/mini';
import type { Account, changeAccount as schema } from '#protocol/accounts.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { readRouting } from '../routing/read-routing.ts';
import { nextChange } from './change-stream.ts';
import { updateAccount } from './store.ts';

/** Changes what is named and tells the account's operators. The account's language is always one of routing's. */
export async function changeAccount(
  { db, hub, presence }: Context,
  { accountId }: OperatorActor,
  change: z.infer<typeof schema>,
): Promise<Account> {
  const { seq, account, routing } = await db.inAccount(accountId, async (tx) => {
    const seq = await nextChange(tx, accountId);
    const account = await updateAccount(tx, accountId, change, seq);
    const routing = change.language === undefined ? undefined : await readRouting(tx, accountId);
    return { seq, account, routing };
  });
  hub.publish({
    topic: topics.account(accountId),
    seq,
    event: { type: 'changes', seq, conversations: [], operators: [], account, ...(routing && { routing }) },
  });
  await presence.changed(accountId);
  return account;
}
