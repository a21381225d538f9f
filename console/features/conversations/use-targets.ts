import { useMemo } from 'react';
import type { State } from '#client/state.ts';
import type { Conversation } from '#protocol/conversations.ts';
import { useClientState } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { type Target, targetsOf } from './targets.ts';

const operatorsOf = (state: State) => state.operators;
const presenceOf = (state: State) => state.presence;
const routingOf = (state: State) => state.routing;
const accountOf = (state: State) => state.account;

/** To whom this conversation can be handed on now. */
export function useTargets(conversation: Conversation): Target[] {
  const { operatorId } = useMembership();
  const operators = useClientState(operatorsOf);
  const presence = useClientState(presenceOf);
  const routing = useClientState(routingOf);
  const account = useClientState(accountOf);
  const { language, operator } = conversation;
  // An administrator may hand on a chat of another, also to oneself.
  const owner = operator?.id ?? operatorId;
  return useMemo(
    () => targetsOf({ operators, presence, routing, account }, { language }, owner),
    [operators, presence, routing, account, language, owner],
  );
}
