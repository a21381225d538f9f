import type { VisitorActor } from '../../core/actor.ts';
import type { Tx } from '../../core/database/database.ts';
import type { Context } from '../../context.ts';
import { upsertVisitor, type VisitorNews } from './store.ts';

/** What a visitor said of itself: undefined is unchanged, null is unknown again. */
export type VisitorDetails = { name?: string | null | undefined; email?: string | null | undefined };

type Seen = { details: VisitorDetails; browser: string | null; language: string | null };

/** Makes or updates the visitor's row with its first act, and locks it until the transaction ends. */
export async function saveVisitor(
  tx: Tx,
  actor: VisitorActor,
  { details, browser, language }: Seen,
): Promise<{ name: string | null; email: string | null }> {
  const news: VisitorNews = { ...details, browser: browser ?? undefined, language: language ?? undefined };
  const { name, email } = await upsertVisitor(tx, actor.accountId, actor.visitorId, news);
  return { name, email };
}

export async function updateVisitor(
  context: Context,
  actor: VisitorActor,
  details: VisitorDetails,
): Promise<void> {
  await context.db.inAccount(actor.accountId, (tx) =>
    upsertVisitor(tx, actor.accountId, actor.visitorId, details),
  );
}
