import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import type { Client } from '#client/client.ts';
import type { State, Thread } from '#client/state.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Status } from '#protocol/operators.ts';
import { useMembership } from './membership.ts';

/** The line of the membership around it (core/clients.tsx). */
export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('useClient outside of a membership');
  return client;
}

/** `select` must give the same object for the same state: pick a part, do not build one. */
export function useClientState<T>(select: (state: State) => T): T {
  const client = useClient();
  return useSyncExternalStore(
    client.subscribe,
    useCallback(() => select(client.getState()), [client, select]),
  );
}

const lineOf = (state: State) => state.line;
export const useLine = () => useClientState(lineOf);

const conversationsOf = (state: State) => state.conversations;
export const useConversations = () => useClientState(conversationsOf);

const outboxOf = (state: State) => state.outbox;
export const useOutbox = () => useClientState(outboxOf);

const operatorsOf = (state: State) => state.operators;
export const useOperators = () => useClientState(operatorsOf);

type Named = { id: string; name: string };

/** What an operator who is named somewhere is called now (OC-18); who has been deleted, as then. */
export function useNameNow(named: Named | null | undefined): string | undefined {
  return useClientState(
    useCallback(
      (state: State) => (named ? (state.operators.get(named.id)?.name ?? named.name) : undefined),
      [named],
    ),
  );
}

const routingOf = (state: State) => state.routing;
/** Who gets a visitor; null until it is here. */
export const useRouting = () => useClientState(routingOf);

/** A followed conversation; undefined until its first entries are here. */
export function useThread(conversationId: string | undefined): Thread | undefined {
  return useClientState(
    useCallback(
      (state: State) => (conversationId === undefined ? undefined : state.threads.get(conversationId)),
      [conversationId],
    ),
  );
}

/** A conversation as it is listed, or as its open thread knows it once it is listed no more. */
export function useConversation(conversationId: string | undefined): Conversation | undefined {
  return useClientState(
    useCallback(
      (state: State) => {
        if (conversationId === undefined) return undefined;
        return state.threads.get(conversationId)?.conversation ?? state.conversations.get(conversationId);
      },
      [conversationId],
    ),
  );
}

/** The status I chose, including a choice that is still on its way. */
export function useMyStatus(): Status {
  const { operatorId } = useMembership();
  return useClientState(
    useCallback(
      (state: State) => {
        const chosen = state.outbox.findLast(
          (pending) => pending.command.type === 'status.set' && !pending.refused,
        );
        if (chosen?.command.type === 'status.set') return chosen.command.status;
        return state.operators.get(operatorId)?.status ?? 'offline';
      },
      [operatorId],
    ),
  );
}
