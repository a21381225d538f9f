import { queryOptions } from '@tanstack/react-query';
import type { MembershipRequests, MyRequests } from '#protocol/memberships.ts';
import { api } from '../../core/api.ts';

/** The accounts that ask me to join. */
export const myRequestsQuery = queryOptions({
  queryKey: ['my-requests'],
  queryFn: ({ signal }) => api<MyRequests>('GET', '/v1/person/membership-requests', { signal }),
  refetchInterval: 15_000,
});

/** Whom my account has asked; for administrators. */
export const requestsQuery = (operatorId: string) =>
  queryOptions({
    queryKey: ['membership-requests', operatorId],
    queryFn: ({ signal }) =>
      api<MembershipRequests>('GET', '/v1/membership-requests', { operatorId, signal }),
    refetchInterval: 15_000,
  });
