import type { OperatorActor } from '../../core/actor.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { readChanges } from '../../unscoped/read-log.ts';
import { accountChangedAfter } from '../accounts/changed-account.ts';
import { operatorsChangedAfter } from '../operators/changed-operators.ts';
import { routingChangedAfter } from '../routing/read-routing.ts';
import { changesFor } from './changes-for.ts';

/** Further behind than this, a whole snapshot is smaller than what was missed. */
const FAR_BEHIND = 5000;

/** Brings an operator's list from position `from` to the present. The list follows the account, so it is joined already. */
export async function sendChanges(
  context: Context,
  connection: Connection,
  actor: OperatorActor,
  from: number,
): Promise<void> {
  const { accountId } = actor;
  const asked = await readChanges(context.db, accountId, from);
  const start = from > asked.to || asked.to - from > FAR_BEHIND ? 0 : from;
  const { to, changed } = start === from ? asked : await readChanges(context.db, accountId, 0);
  // After the position: what changes in between is sent twice, never lost.
  const since = start === 0 ? -1 : start;
  const [people, account, routing] = await context.db.inAccount(accountId, async (tx) => [
    await operatorsChangedAfter(tx, accountId, since),
    await accountChangedAfter(tx, accountId, since),
    await routingChangedAfter(tx, accountId, since),
  ]);
  context.hub.sawHead(topics.account(accountId), to);
  const conversations = changed.map(({ conversation }) => conversation);
  connection.send(changesFor(actor, { from: start, to, conversations, ...people, account, routing }));
}
