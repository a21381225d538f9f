import type { Account } from '#protocol/accounts.ts';
import type { Changes } from '#protocol/changes.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Operator } from '#protocol/operators.ts';
import type { Routing } from '#protocol/routing.ts';
import type { OperatorActor } from '../../core/actor.ts';
import { mayRead } from '../conversations/policy.ts';

type Changed = {
  from: number;
  to: number;
  conversations: Conversation[];
  operators: Operator[];
  removedOperators?: string[] | undefined;
  account?: Account | undefined;
  routing?: Routing | undefined;
};

/** The changes as this operator may see them: what it no longer lists is named as removed. */
export function changesFor(
  actor: OperatorActor,
  { conversations, account, routing, ...rest }: Changed,
): Changes {
  const listed = (conversation: Conversation) =>
    conversation.state !== 'closed' && mayRead(actor, conversation);
  return {
    type: 'changes',
    ...rest,
    conversations: conversations.filter(listed),
    removed: conversations.filter((conversation) => !listed(conversation)).map(({ id }) => id),
    ...(account && { account }),
    ...(routing && { routing }),
  };
}
