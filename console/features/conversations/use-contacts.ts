import { useMemo } from 'react';
import type { State } from '#client/state.ts';
import { useClientState, useConversations, useOperators } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { type Contact, contactsOf } from './contacts.ts';
import { unreadOf } from './sides.ts';

const presenceOf = (state: State) => state.presence.operators;

export function useContacts(): Contact[] {
  const { operatorId } = useMembership();
  const operators = useOperators();
  const presence = useClientState(presenceOf);
  const conversations = useConversations();
  return useMemo(
    () => contactsOf({ operators, presence, conversations }, operatorId),
    [operators, presence, conversations, operatorId],
  );
}

/** How many colleagues have said something that I have not read. */
export function useUnreadContacts(): number {
  const { operatorId } = useMembership();
  const conversations = useConversations();
  return useMemo(() => {
    let unread = 0;
    for (const one of conversations.values())
      if (one.channel === 'colleague' && unreadOf(one, operatorId) > 0) unread += 1;
    return unread;
  }, [conversations, operatorId]);
}
