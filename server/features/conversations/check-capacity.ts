import type { Conversation } from '#protocol/conversations.ts';
import type { OperatorActor } from '../../core/actor.ts';
import type { Tx } from '../../core/database/database.ts';
import { Refusal } from '../../core/errors.ts';
import { capacityOf } from '../operators/capacity-of.ts';
import { countOpen } from './store.ts';

/**
 * Throws `limit_reached` when the operator has as many chats open as it may have. For a transaction that holds the
 * account's change stream: no other chat of the operator begins meanwhile.
 */
export async function checkCapacity(
  tx: Tx,
  { accountId, operatorId }: Pick<OperatorActor, 'accountId' | 'operatorId'>,
  { channel }: Pick<Conversation, 'channel'>,
): Promise<void> {
  if (channel !== 'chat') return;
  const most = await capacityOf(tx, accountId, operatorId);
  if (most === null) return;
  const open = await countOpen(tx, accountId, operatorId);
  if (open < most) return;
  throw new Refusal(
    'limit_reached',
    `You have ${open} chats open, and ${most} is your limit. End one before you take another.`,
  );
}
