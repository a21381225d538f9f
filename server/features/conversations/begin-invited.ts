import type { Happening } from '#protocol/entries.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { lockChanges } from '../accounts/change-stream.ts';
import { checkCapacity } from './check-capacity.ts';

/**
 * What stands before the visitor's answer to an invitation (VI-10): the inviter, if he is there and may have one more
 * chat, and in any case his name and what he wrote. For the transaction that stores the conversation.
 */
export async function beginInvited(
  { presence }: Context,
  tx: Tx,
  accountId: string,
  { operator, text }: { operator: { id: string; name: string }; text: string },
): Promise<Happening[]> {
  const said: Happening = { kind: 'message', text };
  const waits: Happening[] = [{ kind: 'invited', operator }, said];
  const { operators } = await presence.of(accountId);
  if ((operators[operator.id] ?? 'offline') === 'offline') return waits;
  await lockChanges(tx, accountId);
  try {
    await checkCapacity(tx, { accountId, operatorId: operator.id }, { channel: 'chat' });
  } catch (error) {
    if (error instanceof Refusal && error.code === 'limit_reached') return waits;
    throw error;
  }
  return [{ kind: 'joined', operator }, said];
}
