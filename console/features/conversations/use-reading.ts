import { useEffect, useRef, useSyncExternalStore } from 'react';
import { uuidv7 } from '#client/ref.ts';
import type { Thread } from '#client/state.ts';
import type { Client } from '#client/client.ts';
import { useClient } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { lastFromOther, mySide } from './sides.ts';

function subscribeToAttention(listener: () => void): () => void {
  const end = new AbortController();
  for (const type of ['focus', 'blur']) addEventListener(type, listener, { signal: end.signal });
  document.addEventListener('visibilitychange', listener, { signal: end.signal });
  return () => end.abort();
}

const attended = () => !document.hidden && document.hasFocus();

/** Tells the other side how far this operator got. Give the newest position told; a receipt never names less. */
export function mark(client: Client, conversationId: string, kind: 'delivered' | 'read', upTo: number): void {
  const ref = uuidv7();
  client.send({ type: 'receipt.mark', ref, conversationId, mark: kind, upTo }).catch(() => {
    // A receipt that was refused (the chat was closed or taken meanwhile) has nobody to tell it to.
    client.discard(ref);
  });
}

/** Marks an open thread as read while somebody looks at it. */
export function useReading(thread: Thread, mayMark: boolean): void {
  const client = useClient();
  const looking = useSyncExternalStore(subscribeToAttention, attended);
  const told = useRef(0);
  const { operatorId } = useMembership();
  const { conversation, entries } = thread;
  const { id } = conversation;
  const read = conversation.read[mySide(conversation, operatorId)];
  const last = lastFromOther(entries, conversation, operatorId);
  useEffect(() => {
    if (!mayMark || !looking || last <= Math.max(read, told.current)) return;
    told.current = last;
    mark(client, id, 'read', last);
  }, [client, id, last, read, looking, mayMark]);
}
