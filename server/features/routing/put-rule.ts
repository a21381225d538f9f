import type * as z from 'zod/mini';
import type { putRule as schema, Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';
import type { Context } from '../../context.ts';
import { changeRouting, existing } from './change-routing.ts';
import { formatAddress, parseAddress } from './match-address.ts';
import { putRule as storeRule } from './store.ts';

const MOST = 200;

/**
 * Adds a URL rule, or changes the one with this id (OP-09). The address is kept in its one way of writing. Throws
 * `invalid` for what is no address, `conflict` for one that has a rule, `not_found`, `limit_reached`.
 */
export function putRule(
  context: Context,
  actor: OperatorActor,
  ruleId: string | undefined,
  { address, operators }: z.infer<typeof schema>,
): Promise<Routing> {
  const { accountId } = actor;
  const written = formatAddress(parseAddress(address));
  return changeRouting(context, actor, async (tx, { rules }) => {
    if (ruleId !== undefined && !rules.some(({ id }) => id === ruleId)) throw notFound('rule');
    if (rules.some((rule) => rule.id !== ruleId && rule.address === written)) {
      const sentence = `There is a rule for "${written.slice(0, 200)}" already. Please change that one.`;
      throw new Refusal('conflict', sentence, { fields: { address: sentence } });
    }
    if (ruleId === undefined && rules.length >= MOST)
      throw new Refusal('limit_reached', `An account has at most ${MOST} rules. Please remove one first.`);
    const chosen = await existing(tx, accountId, operators);
    await storeRule(tx, accountId, {
      id: ruleId ?? crypto.randomUUID(),
      address: written,
      operators: chosen,
    });
  });
}
