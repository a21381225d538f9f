import type { Context } from '../../context.ts';
import { topicOf, topics } from '../../core/realtime/topics.ts';
import { type MembershipKey, readMemberships } from '../../unscoped/read-accounts.ts';
import { readHeads } from '../../unscoped/read-log.ts';
import type { ConversationKey } from '../../unscoped/stored-conversation.ts';
import { livingSessions } from '../auth/living-sessions.ts';
import { expireOldInvitations } from '../visitors/end-invitation.ts';

/** Most streams in one statement. */
const AT_ONCE = 1000;

/**
 * Looks into the database for all that the lines of this process follow, and tells them what no event has told: events
 * are a hint, and a process may die, or lose the broker, between its commit and its publication.
 */
export async function sweep(context: Context): Promise<void> {
  const { hub, presence, metrics } = context;
  // Others learn by the lease whether we hear the broker, and we of them.
  await presence.lease.renew();
  const keys: ConversationKey[] = [];
  const members: MembershipKey[] = [];
  const [streams, accounts, sessions] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const name of hub.topics()) {
    const topic = topicOf(name);
    if (topic?.kind === 'c') keys.push({ accountId: topic.accountId, conversationId: topic.id });
    if (topic?.kind === 'a') streams.add(topic.accountId);
    if (topic?.kind === 'a' || topic?.kind === 'v') accounts.add(topic.accountId);
    if (topic?.kind === 'o') members.push({ accountId: topic.accountId, operatorId: topic.id });
    if (topic?.kind === 's') sessions.add(topic.id);
  }
  for (const some of slices(keys)) await sweepHeads(context, some, []);
  for (const some of slices([...streams])) await sweepHeads(context, [], some);
  for (const some of slices([...sessions])) await sweepSessions(context, some);
  for (const some of slices(members)) await sweepMemberships(context, some);
  metrics.healed.inc({ what: 'presence' }, await presence.refresh([...accounts]));
  await expireOldInvitations(context);
}

async function sweepHeads(
  { db, hub, metrics }: Context,
  keys: ConversationKey[],
  accountIds: string[],
): Promise<void> {
  for (const { accountId, conversationId, seq } of await readHeads(db, keys, accountIds)) {
    const topic =
      conversationId === null ? topics.account(accountId) : topics.conversation(accountId, conversationId);
    const known = hub.head(topic);
    // Not known at all: its follower is only just reading it.
    if (known === undefined || known >= seq) continue;
    const positions =
      conversationId === null
        ? { account: seq, conversations: {} }
        : { conversations: { [conversationId]: seq } };
    hub.deliver({ topic, seq, event: { type: 'head', positions } });
    metrics.healed.inc({ what: 'stream' });
  }
}

async function sweepSessions({ db, hub, metrics }: Context, sessionIds: string[]): Promise<void> {
  const living = await livingSessions(db, sessionIds);
  for (const sessionId of sessionIds) {
    if (living.has(sessionId)) continue;
    hub.deliver({ topic: topics.session(sessionId), event: { type: 'ended' } });
    metrics.healed.inc({ what: 'session' });
  }
}

/** Lines that fit what their membership is now are not touched by it. */
async function sweepMemberships({ db, hub, metrics }: Context, keys: MembershipKey[]): Promise<void> {
  for (const { accountId, operatorId, ...membership } of await readMemberships(db, keys)) {
    const topic = topics.operator(accountId, operatorId);
    const before = hub.followers(topic);
    hub.deliver({ topic, event: { type: 'membership', ...membership } });
    metrics.healed.inc({ what: 'membership' }, before - hub.followers(topic));
  }
}

function slices<T>(all: T[]): T[][] {
  const count = Math.ceil(all.length / AT_ONCE);
  return Array.from({ length: count }, (_, index) => all.slice(index * AT_ONCE, (index + 1) * AT_ONCE));
}
