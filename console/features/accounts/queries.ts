import { queryOptions } from '@tanstack/react-query';
import type { Account, Domain } from '#protocol/accounts.ts';
import { api } from '../../core/api.ts';

export const accountQuery = (operatorId: string) =>
  queryOptions({
    queryKey: ['account', operatorId],
    queryFn: ({ signal }) => api<Account>('GET', '/v1/account', { operatorId, signal }),
  });

export const domainsQuery = (operatorId: string) =>
  queryOptions({
    queryKey: ['domains', operatorId],
    queryFn: ({ signal }) => api<{ domains: Domain[] }>('GET', '/v1/account/domains', { operatorId, signal }),
    refetchInterval: 15_000,
  });
