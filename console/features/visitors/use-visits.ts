import { useEffect } from 'react';
import type { State } from '#client/state.ts';
import type { SiteVisit } from '#protocol/visitors.ts';
import { useClient, useClientState } from '../../core/client.tsx';

const visitsOf = (state: State) => state.visits;

/** Who is on the sites, live while the caller is on the screen; null until it is known. */
export function useVisits(): ReadonlyMap<string, SiteVisit> | null {
  const client = useClient();
  useEffect(() => {
    client.watchVisitors(true);
    return () => client.watchVisitors(false);
  }, [client]);
  return useClientState(visitsOf);
}
