import type { Happening, Sender } from '#protocol/entries.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Tx } from '../../core/database/database.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import type { ConversationKey } from '../../unscoped/stored-conversation.ts';
import { lockChanges, nextChange } from '../accounts/change-stream.ts';
import type { Appended, Decide } from './lane.ts';
import { extend } from './project.ts';
import { findOwnRef, lockConversation, updateConversation } from './store.ts';

type Said = { sender: Sender; ref: string | null; decide: Decide };

/**
 * Appends in a transaction of its own, one at a time in an account, together with `alongside`: for what has to be true at
 * the same moment as the entries, such as an operator's limit. What `alongside` throws undoes everything. The common
 * path is `context.conversations.append`. Rejects as that does. Waits for its turn here and not in the database, where a
 * busy account would keep every connection from the others.
 */
export function appendWith(
  context: Context,
  { accountId, conversationId }: ConversationKey,
  { sender, ref, decide }: Said,
  alongside: (tx: Tx, conversation: Conversation, happenings: Happening[]) => Promise<void>,
): Promise<Appended> {
  return context.conversations.turns.take(accountId, async () => {
    const outcome = await context.db.inAccount(accountId, async (tx) => {
      await lockChanges(tx, accountId);
      const before = await lockConversation(tx, accountId, conversationId);
      if (!before) throw notFound('conversation');
      const repeated =
        ref === null || sender.kind === 'system'
          ? undefined
          : await findOwnRef(tx, accountId, sender.id, ref.toLowerCase());
      if (repeated) return { appended: repeated };
      const happenings = decide(before.conversation);
      if (happenings.length === 0) return { appended: { conversationId, seq: undefined } };
      const { after, entries } = extend(before, { sender, ref: ref?.toLowerCase() ?? null, happenings });
      await alongside(tx, after.conversation, happenings);
      const changedSeq = await nextChange(tx, accountId);
      await updateConversation(tx, after, entries, changedSeq);
      return { before, after, entries, changedSeq };
    });
    if ('appended' in outcome) return outcome.appended;
    context.conversations.remember(outcome.after);
    context.conversations.announce([outcome]);
    return { conversationId, seq: outcome.after.conversation.lastSeq };
  });
}
