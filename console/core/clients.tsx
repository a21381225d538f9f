import { type ReactNode, createContext, useCallback, useContext, useEffect, useState } from 'react';
import type { Client } from '#client/client.ts';
import { createClient } from '#client/create-client.ts';
import { ClientContext } from './client.tsx';
import { type Membership, MembershipContext } from './membership.ts';
import { outboxStorage } from './outbox-storage.ts';

const ClientsContext = createContext<ReadonlyMap<string, Client>>(new Map());

type Props = {
  memberships: readonly Membership[];
  /** Asks the server who is signed in: a lost session is not a lost line. Rejects when nobody is; keeps its identity. */
  refresh: () => Promise<unknown>;
  children: ReactNode;
};

/** AC-03: a line to the server for every membership, all the time, so that each of them counts and rings. */
export function ClientsProvider({ memberships, refresh, children }: Props) {
  const [clients, setClients] = useState<ReadonlyMap<string, Client>>(new Map());
  const put = useCallback((operatorId: string, client: Client | null) => {
    setClients((before) => {
      const after = new Map(before);
      if (client === null) after.delete(operatorId);
      else after.set(operatorId, client);
      return after;
    });
  }, []);
  return (
    <ClientsContext value={clients}>
      {memberships.map(({ operatorId }) => (
        <Line key={operatorId} operatorId={operatorId} refresh={refresh} put={put} />
      ))}
      {children}
    </ClientsContext>
  );
}

type LineProps = Pick<Props, 'refresh'> & {
  operatorId: string;
  put: (operatorId: string, client: Client | null) => void;
};

function Line({ operatorId, refresh, put }: LineProps) {
  useEffect(() => {
    const made = createClient({
      origin: location.origin,
      // The cookie is the credential.
      credential: async (refused) => {
        if (refused) await refresh();
        return { operatorId };
      },
      storage: outboxStorage(operatorId),
    });
    made.start();
    put(operatorId, made);
    return () => {
      made.stop();
      put(operatorId, null);
    };
  }, [operatorId, refresh, put]);
  return null;
}

/** What is inside works as this membership. */
export function WorkAs({ membership, children }: { membership: Membership; children: ReactNode }) {
  const client = useContext(ClientsContext).get(membership.operatorId);
  if (client === undefined) return null;
  return (
    <MembershipContext value={membership}>
      <ClientContext value={client}>{children}</ClientContext>
    </MembershipContext>
  );
}
