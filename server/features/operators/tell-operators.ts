import type { Operator } from '#protocol/operators.ts';
import type { Routing } from '#protocol/routing.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { readMemberships } from '../../unscoped/read-accounts.ts';

/** Tells the account's operators what became of some of them, at this position of its change stream; after the commit. */
export function tellOperators(
  { hub }: Pick<Context, 'hub'>,
  accountId: string,
  seq: number,
  changed: { operators?: Operator[]; removedOperators?: string[]; routing?: Routing },
): void {
  const event = { type: 'changes' as const, seq, conversations: [], operators: [], ...changed };
  hub.publish({ topic: topics.account(accountId), seq, event });
}

/**
 * Tells the operator's own lines, on every process, what its membership is now: those that began as something else are
 * closed, and come back if they still may. After the commit.
 */
export async function tellMembership(
  { db, hub }: Pick<Context, 'db' | 'hub'>,
  accountId: string,
  operatorId: string,
): Promise<void> {
  for (const { role, name, signedOutAt } of await readMemberships(db, [{ accountId, operatorId }])) {
    const event = { type: 'membership' as const, role, name, signedOutAt };
    hub.publish({ topic: topics.operator(accountId, operatorId), event });
  }
}
