import type { Conversation } from '#protocol/conversations.ts';
import { forOperators, type Entry } from '#protocol/entries.ts';
import type { Actor, OperatorActor, VisitorActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';

/** What decides who may see a conversation; `entries` events carry it. */
export type Seen = Pick<Conversation, 'channel' | 'state' | 'operator' | 'visitor' | 'desk'>;

const ownVisitor = (actor: VisitorActor, conversation: Seen) => conversation.visitor.id === actor.visitorId;
const ownOperator = (actor: OperatorActor, { channel, operator, visitor }: Seen) =>
  operator?.id === actor.operatorId || (channel === 'colleague' && visitor.id === actor.operatorId);

/** Whether it waits for this operator among others, or is offered to it. */
export function isOffered({ operatorId }: Pick<OperatorActor, 'operatorId'>, { state, desk }: Seen): boolean {
  if (desk?.transfer) return desk.transfer.audience.includes(operatorId);
  return state === 'waiting' && (desk?.audience?.includes(operatorId) ?? true);
}

/**
 * OC-16: administrators see every conversation with a visitor, normal operators their own, those that wait for them and
 * those that are offered to them, visitors their own. What two operators say to each other is theirs alone.
 */
export function mayRead(actor: Actor, conversation: Seen): boolean {
  if (actor.kind === 'visitor')
    return conversation.channel !== 'colleague' && ownVisitor(actor, conversation);
  if (conversation.channel === 'colleague') return ownOperator(actor, conversation);
  return actor.role === 'administrator' || ownOperator(actor, conversation) || isOffered(actor, conversation);
}

/** Whose reading and writing counts as a side's: the owner's, not a watcher's. */
export const isParty = (actor: Actor, conversation: Seen): boolean =>
  actor.kind === 'visitor' ? ownVisitor(actor, conversation) : ownOperator(actor, conversation);

/** Throws `not_found` for what the actor may not know of. */
export function checkRead(actor: Actor, conversation: Seen): void {
  if (!mayRead(actor, conversation)) throw notFound('conversation');
}

export const ended = (): Refusal => new Refusal('closed', 'This conversation has ended.');

export const takenBy = (conversation: Seen): Refusal =>
  new Refusal('taken', `This conversation was taken by ${conversation.operator?.name ?? 'somebody else'}.`);

/** What is not for a visitor's eyes keeps its position and nothing else. */
export const entriesFor = (kind: Actor['kind'], entries: Entry[]): Entry[] =>
  kind === 'operator' ? entries : entries.map(visible);

function visible(entry: Entry): Entry {
  if (!forOperators.has(entry.what.kind)) return entry;
  const { seq, at } = entry;
  return { seq, at, sender: { kind: 'system' }, what: { kind: 'hidden' } };
}

/** A visitor does not learn who else may answer. */
export const conversationFor = (kind: Actor['kind'], conversation: Conversation): Conversation =>
  kind === 'operator' ? conversation : { ...conversation, desk: null };
