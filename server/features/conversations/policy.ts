import type { Conversation } from '#protocol/conversations.ts';
import type { Actor, OperatorActor, VisitorActor } from '../../core/actor.ts';
import { notFound, Refusal } from '../../core/errors.ts';

type Seen = Pick<Conversation, 'state' | 'operator' | 'visitor'>;

const ownVisitor = (actor: VisitorActor, conversation: Seen) => conversation.visitor.id === actor.visitorId;
const ownOperator = (actor: OperatorActor, conversation: Seen) =>
  conversation.operator?.id === actor.operatorId;

/** OC-16: administrators see every conversation, normal operators their own and the waiting ones, visitors their own. */
export function mayRead(actor: Actor, conversation: Seen): boolean {
  if (actor.kind === 'visitor') return ownVisitor(actor, conversation);
  return (
    actor.role === 'administrator' || conversation.state === 'waiting' || ownOperator(actor, conversation)
  );
}

/** Whose reading and writing counts as the operators': the owner's, not a watcher's. */
export const isParty = (actor: Actor, conversation: Seen): boolean =>
  actor.kind === 'visitor' ? ownVisitor(actor, conversation) : ownOperator(actor, conversation);

/** Throws `not_found` for what the actor may not know of. */
export function checkRead(actor: Actor, conversation: Seen): void {
  if (!mayRead(actor, conversation)) throw notFound('conversation');
}

export const ended = (): Refusal => new Refusal('closed', 'This conversation has ended.');

export const takenBy = (conversation: Seen): Refusal =>
  new Refusal('taken', `This conversation was taken by ${conversation.operator?.name ?? 'somebody else'}.`);
