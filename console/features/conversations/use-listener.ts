import { useMemo } from 'react';
import { useConversations, useMyStatus, useOperators, useRouting } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { hasRoom, type Listener } from './ringing.ts';

/** For whom this membership listens. The same until something of it changes. */
export function useListener(): Listener {
  const { operatorId } = useMembership();
  const status = useMyStatus();
  const conversations = useConversations();
  const operators = useOperators();
  const routing = useRouting();
  const room = hasRoom({ conversations, operators, routing }, operatorId);
  return useMemo(() => ({ operatorId, status, hasRoom: room }), [operatorId, status, room]);
}
