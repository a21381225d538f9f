import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { OfflineRecipients } from '#protocol/operators.ts';
import { api } from '../../core/api.ts';

/** Who gets off-line messages by e-mail now; asked again when somebody else is chosen. */
export const recipientsQuery = (operatorId: string, chosen: readonly string[]) =>
  queryOptions({
    queryKey: ['offline-recipients', operatorId, chosen],
    queryFn: ({ signal }) => api<OfflineRecipients>('GET', '/v1/offline-recipients', { operatorId, signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
