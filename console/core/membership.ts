import { createContext, useContext } from 'react';
import type { Me } from '#protocol/auth.ts';

export type Membership = Me['memberships'][number];

export const MembershipContext = createContext<Membership | null>(null);

/** The membership this screen works as. Throws outside the signed-in shell. */
export function useMembership(): Membership {
  const membership = useContext(MembershipContext);
  if (membership === null) throw new Error('useMembership outside of a membership');
  return membership;
}
