import type { Conversation } from '#protocol/conversations.ts';
import type { Hello } from '#protocol/session.ts';
import { OLDEST_SUPPORTED, PROTOCOL_VERSION, RESUME_LIMIT } from '#protocol/version.ts';
import type { Actor, OperatorActor, VisitorActor } from '../../core/actor.ts';
import { Refusal } from '../../core/errors.ts';
import type { Connection } from '../../core/realtime/connection.ts';
import { HEARTBEAT_SECONDS } from '../../core/realtime/lines.ts';
import { topics } from '../../core/realtime/topics.ts';
import type { Context } from '../../context.ts';
import { readOpenConversation } from '../../unscoped/read-log.ts';
import { operatorOf } from '../auth/authenticate.ts';
import { followConversation } from '../conversations/follow-conversation.ts';
import { conversationFor } from '../conversations/policy.ts';
import { forgetUnheard } from '../operators/forget-unheard.ts';
import { visitorOf } from '../visitors/tokens.ts';
import { sendChanges } from './send-changes.ts';

/**
 * Opens or resumes a connection: who is it, then everything it has missed in the streams that it follows. May be said
 * again on an open line, to ask for what is missing. Throws `not_signed_in`, `token_expired`, `unsupported_protocol`.
 */
export async function sayHello(context: Context, connection: Connection, hello: Hello): Promise<void> {
  if (hello.protocol < OLDEST_SUPPORTED || hello.protocol > PROTOCOL_VERSION) {
    throw new Refusal(
      'unsupported_protocol',
      `This server speaks protocol ${OLDEST_SUPPORTED} to ${PROTOCOL_VERSION}.`,
    );
  }
  const actor = await actorOf(context, connection, hello);
  const before = connection.actor;
  if (before && !sameActor(before, actor))
    throw new Refusal('not_allowed', 'A connection keeps its speaker; open another.');
  connection.actor = actor;
  if (connection.onlyAnswers || connection.closed) return;
  if (!before) connection.onClose.push(() => context.hub.leaveAll(connection));
  const reset = hello.epoch !== undefined && hello.epoch !== context.epoch;
  const positions = reset || hello.epoch === undefined ? { conversations: {} } : hello.positions;
  if (actor.kind === 'visitor')
    await greetVisitor(context, connection, actor, positions.conversations, reset);
  else await greetOperator(context, connection, actor, positions, before === undefined, reset);
}

function actorOf(context: Context, connection: Connection, hello: Hello): Promise<Actor> {
  if (connection.listener === 'chat') {
    if (hello.token === undefined) throw new Refusal('not_signed_in', 'A visitor says hello with its token.');
    return visitorOf(context.key('visitor'), hello.token, 'access');
  }
  if (hello.operatorId === undefined)
    throw new Refusal('invalid', 'An operator says hello with its operatorId.');
  return operatorOf(context, new Headers({ cookie: connection.cookie }), hello.operatorId);
}

const sameActor = (a: Actor, b: Actor): boolean =>
  a.kind === 'visitor'
    ? b.kind === 'visitor' && a.visitorId === b.visitorId
    : b.kind === 'operator' && a.operatorId === b.operatorId && a.sessionId === b.sessionId;

async function greetVisitor(
  context: Context,
  connection: Connection,
  actor: VisitorActor,
  positions: Record<string, number>,
  reset: boolean,
): Promise<void> {
  forgetUnheard(context, actor.accountId);
  context.hub.join(connection, topics.visitors(actor.accountId));
  context.hub.join(connection, topics.visitor(actor.accountId, actor.visitorId));
  await context.hub.listening();
  const open = await readOpenConversation(context.db, actor.accountId, actor.visitorId);
  welcome(context, connection, reset, open ? conversationFor('visitor', open.conversation) : null);
  const { online } = await context.presence.of(actor.accountId);
  connection.send({ type: 'presence', online });
  if (open?.conversation.state === 'waiting')
    context.reconciler.cameBack(actor.accountId, open.conversation.id);
  const wanted = new Set(Object.keys(positions).slice(0, RESUME_LIMIT));
  if (open) wanted.add(open.conversation.id);
  await resume(context, connection, actor, [...wanted], positions);
}

async function greetOperator(
  context: Context,
  connection: Connection,
  actor: OperatorActor,
  positions: Hello['positions'],
  first: boolean,
  reset: boolean,
): Promise<void> {
  const { hub, presence } = context;
  forgetUnheard(context, actor.accountId);
  hub.join(connection, topics.account(actor.accountId));
  hub.join(connection, topics.session(actor.sessionId));
  hub.join(connection, topics.operator(actor.accountId, actor.operatorId));
  await hub.listening();
  if (first) {
    // Session and membership may have changed between the first look and the joining, unheard.
    connection.actor = await operatorOf(
      context,
      new Headers({ cookie: connection.cookie }),
      actor.operatorId,
    );
    if (connection.closed) return;
    connection.onClose.push(() => presence.left(actor));
    await presence.arrived(actor);
  }
  welcome(context, connection, reset, null);
  const { online, operators } = await presence.of(actor.accountId);
  connection.send({ type: 'presence', online, operators });
  await sendChanges(context, connection, actor, positions.account ?? 0);
  await resume(
    context,
    connection,
    actor,
    Object.keys(positions.conversations).slice(0, RESUME_LIMIT),
    positions.conversations,
  );
}

/** A thread that this client may no longer see is not an error of the line. */
async function resume(
  context: Context,
  connection: Connection,
  actor: Actor,
  conversationIds: string[],
  positions: Record<string, number>,
): Promise<void> {
  for (const conversationId of conversationIds) {
    try {
      await followConversation(context, connection, actor, conversationId, positions[conversationId]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      connection.send({ type: 'gone', conversationId });
    }
  }
}

function welcome(
  context: Context,
  connection: Connection,
  reset: boolean,
  conversation: Conversation | null,
): void {
  connection.send({
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    epoch: context.epoch,
    reset,
    now: new Date().toISOString(),
    heartbeat: HEARTBEAT_SECONDS,
    conversation,
  });
}
