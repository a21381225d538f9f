import type { VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { mergeAttributes, upsertVisitor } from './store.ts';

const MOST = 20;

/** Adds what the customer's page says of the visitor (VI-12): shown to operators, never believed. Throws `limit_reached`. */
export async function saveAttributes(
  context: Context,
  actor: VisitorActor,
  attributes: Record<string, string>,
): Promise<void> {
  const { accountId, visitorId } = actor;
  await context.db.inAccount(accountId, async (tx) => {
    const visitor = await upsertVisitor(tx, accountId, visitorId, {});
    const names = new Set([...Object.keys(visitor.attributes), ...Object.keys(attributes)]);
    if (names.size > MOST) {
      throw new Refusal(
        'limit_reached',
        `A visitor has at most ${MOST} attributes; this would make ${names.size}.`,
      );
    }
    await mergeAttributes(tx, accountId, visitorId, attributes);
  });
}
