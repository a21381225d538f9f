import type { Actor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import type { Appended, Decide } from './lane.ts';
import { checkRead, isParty } from './policy.ts';
import { senderOf } from './sender.ts';

type Mark = { mark: 'delivered' | 'read'; upTo: number };

/** Moves the speaker's delivered or read mark forward. A watcher's look and a mark that is already there change nothing. */
export function markReceipt(
  context: Context,
  actor: Actor,
  conversationId: string,
  ref: string,
  mark: Mark,
): Promise<Appended> {
  const key = { accountId: actor.accountId, conversationId };
  return context.conversations.append(key, senderOf(actor), ref, decideReceipt(actor, mark));
}

export const decideReceipt =
  (actor: Actor, { mark, upTo }: Mark): Decide =>
  (conversation) => {
    checkRead(actor, conversation);
    if (upTo > conversation.lastSeq) throw new Refusal('invalid', 'There is no entry at this position yet.');
    const side = actor.kind === 'visitor' ? 'visitor' : 'operator';
    if (!isParty(actor, conversation) || conversation[mark][side] >= upTo) return [];
    return [{ kind: 'receipt', mark, upTo }];
  };
