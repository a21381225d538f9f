import { ActionIcon, Menu } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { IconLogout, IconMessage, IconPencil, IconRoute, IconSettings, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { State } from '#client/state.ts';
import type { Operator } from '#protocol/operators.ts';
import { ApiError, api } from '../../core/api.ts';
import { useClientState } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { listed } from '../conversations/lists.ts';

/** How many conversations go back to the queue without this operator. */
const useOpenOf = (id: string): number =>
  useClientState(useCallback(({ conversations }: State) => listed(conversations, 'mine', id).length, [id]));

type Props = { operator: Operator; onEdit: () => void; onDestinations: () => void };

/** OP-03: what can be done about an operator; of oneself only the profile is edited here. */
export function OperatorMenu({ operator, onEdit, onDestinations }: Props) {
  const { t } = useTranslation('operators');
  const { t: core } = useTranslation('core');
  const { operatorId } = useMembership();
  const { id, name } = operator;
  const open = useOpenOf(id);
  const navigate = useNavigate();
  const onError = (error: unknown) =>
    notifications.show({
      color: 'red',
      title: core('failure.title'),
      message: error instanceof ApiError ? error.message : core('failure.unknown'),
    });
  const logOut = useMutation({
    mutationFn: () => api('DELETE', `/v1/operators/${id}/sessions`, { operatorId }),
    onSuccess: () => notifications.show({ message: t('logOut.done', { name }) }),
    onError,
  });
  const remove = useMutation({
    mutationFn: () => api('DELETE', `/v1/operators/${id}`, { operatorId }),
    onSuccess: () => notifications.show({ message: t('delete.done', { name }) }),
    onError,
  });
  const askLogOut = () =>
    modals.openConfirmModal({
      title: t('logOut.title', { name }),
      children: t('logOut.says'),
      labels: { confirm: t('logOut.confirm'), cancel: t('cancel') },
      closeButtonProps: { 'aria-label': t('cancel') },
      onConfirm: () => logOut.mutate(),
    });
  const askDelete = () =>
    modals.openConfirmModal({
      title: t('delete.title', { name }),
      children: t('delete.says', { count: open }),
      labels: { confirm: t('delete.confirm'), cancel: t('cancel') },
      closeButtonProps: { 'aria-label': t('cancel') },
      confirmProps: { color: 'red.9' },
      onConfirm: () => remove.mutate(),
    });
  const icon = { size: 16, stroke: 1.5 } as const;
  return (
    <Menu position="bottom-end" width={200} withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={28}
          aria-label={t('menu', { name })}
          loading={logOut.isPending || remove.isPending}
        >
          <IconSettings size={18} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil {...icon} />} onClick={onEdit}>
          {t('edit.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconRoute {...icon} />} onClick={onDestinations}>
          {t('destinations')}
        </Menu.Item>
        {id !== operatorId && (
          <>
            <Menu.Item
              leftSection={<IconMessage {...icon} />}
              onClick={() => void navigate({ to: '/contacts', search: { with: id } })}
            >
              {t('startChat')}
            </Menu.Item>
            <Menu.Item leftSection={<IconLogout {...icon} />} onClick={askLogOut}>
              {t('logOut.item')}
            </Menu.Item>
            <Menu.Item c="var(--error)" leftSection={<IconTrash {...icon} />} onClick={askDelete}>
              {t('delete.item')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
