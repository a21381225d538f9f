import type { Positions } from '#protocol/session.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import type { Context } from '../../context.ts';

/** The heartbeat: how far each followed stream reaches, so that a lost event is noticed within one beat. */
export function beat(context: Context, connection: Connection): void {
  const positions: Positions = { conversations: {} };
  for (const topic of connection.topics) {
    const head = context.hub.head(topic);
    if (head === undefined) continue;
    const [kind, , conversationId] = topic.split(':');
    if (kind === 'a') positions.account = head;
    if (kind === 'c' && conversationId !== undefined) positions.conversations[conversationId] = head;
  }
  connection.send({ type: 'head', positions });
  if (connection.dropped && connection.actor) {
    connection.dropped = false;
    const { kind, accountId } = connection.actor;
    void context.presence.of(accountId).then(
      ({ online, operators }) =>
        connection.send({ type: 'presence', online, ...(kind === 'operator' && { operators }) }),
      (error: unknown) => context.logger.warn({ err: error }, 'presence could not be read'),
    );
  }
}
