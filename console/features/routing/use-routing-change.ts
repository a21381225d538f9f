import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Routing } from '#protocol/routing.ts';
import { ApiError, api } from '../../core/api.ts';
import { useMembership } from '../../core/membership.ts';

export type RoutingChange = {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  onDone: (routing: Routing) => void;
};

/** Changes the routing. The screens show it by the line, like the changes of others. The form says what went wrong. */
export function useRoutingChange(onError: (error: unknown) => void = () => undefined) {
  const { operatorId } = useMembership();
  return useMutation({
    mutationFn: ({ method, path, body }: RoutingChange) => api<Routing>(method, path, { operatorId, body }),
    onSuccess: (routing, { onDone }) => onDone(routing),
    onError,
  });
}

/** The same where no form is around it: a toast says what went wrong. */
export function useQuickChange() {
  const { t } = useTranslation('core');
  return useRoutingChange((error) =>
    notifications.show({
      color: 'red',
      title: t('failure.title'),
      message: error instanceof ApiError ? error.message : t('failure.unknown'),
    }),
  );
}

/** A toast for what was done. */
export const tell = (message: string) => () => void notifications.show({ message });
