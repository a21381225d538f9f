import { queryOptions } from '@tanstack/react-query';
import type { Chatbox, WidgetCheck } from '#protocol/chatboxes.ts';
import { api } from '../../core/api.ts';

/** The boxes of the account; every account has one that is the default. */
export const chatboxesQuery = (operatorId: string) =>
  queryOptions({
    queryKey: ['chatboxes', operatorId],
    queryFn: ({ signal }) => api<{ chatboxes: Chatbox[] }>('GET', '/v1/chatboxes', { operatorId, signal }),
    select: ({ chatboxes }) => chatboxes.find((box) => box.isDefault) ?? chatboxes[0],
  });

/** Asked again while it is on the screen: its points come true elsewhere. */
export const checkQuery = (operatorId: string, chatboxId: string) =>
  queryOptions({
    queryKey: ['widget-check', operatorId, chatboxId],
    queryFn: ({ signal }) =>
      api<WidgetCheck>('GET', `/v1/chatboxes/${chatboxId}/check`, { operatorId, signal }),
    refetchInterval: 5000,
  });
