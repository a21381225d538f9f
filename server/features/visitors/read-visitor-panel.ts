import type { VisitorPanel } from '#protocol/conversations.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { mayRead } from '../conversations/policy.ts';
import { conversationsOfVisitor } from '../conversations/list-conversations.ts';
import { findVisitor, listPages } from './store.ts';

/** What stands beside a thread. A normal operator sees a visitor only through a conversation that it may read (OC-16). */
export async function readVisitorPanel(
  context: Context,
  actor: OperatorActor,
  visitorId: string,
): Promise<VisitorPanel> {
  const { accountId } = actor;
  return context.db.inAccount(accountId, async (tx) => {
    const row = await findVisitor(tx, accountId, visitorId);
    const all = await conversationsOfVisitor(tx, accountId, visitorId);
    const conversations = all.filter((conversation) => mayRead(actor, conversation));
    if (!row || (conversations.length === 0 && actor.role !== 'administrator')) throw notFound('visitor');
    const pages = await listPages(
      tx,
      accountId,
      conversations.map(({ id }) => id),
    );
    return {
      visitor: {
        id: row.visitor_id,
        name: row.name,
        email: row.email,
        verified: row.external_id !== null,
        externalId: row.external_id,
        attributes: row.attributes,
        browser: row.browser,
        language: row.language,
        firstSeenAt: row.first_seen_at.toISOString(),
      },
      pages: pages.map(({ url, title, at }) => ({ url, title, at: at.toISOString() })),
      conversations,
    };
  });
}
