import { queryOptions } from '@tanstack/react-query';
import type { Me, Sessions } from '#protocol/auth.ts';
import { api } from '../../core/api.ts';

/** Who is signed in here, and where they work. Fails with `not_signed_in` when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api<Me>('GET', '/v1/session', { signal }),
  staleTime: 5 * 60_000,
});

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => api<Sessions>('GET', '/v1/person/sessions', { signal }),
});
