import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import { useClient } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';

/** OC-12, OC-16: who had a chat is told when another has it now, wherever in the console it is. */
export function useHandovers(): void {
  const { t } = useTranslation('conversations');
  const client = useClient();
  const { operatorId } = useMembership();
  useEffect(() => {
    let threads = client.getState().threads;
    const mine = ({ state, channel, operator }: Conversation) =>
      state === 'open' && channel === 'chat' && operator?.id === operatorId;
    const tell = ({ visitor }: Conversation, by: string | undefined) => {
      const name = visitor.name ?? t('visitor');
      const message =
        by === undefined ? t('transfer.takenBySomebody', { name }) : t('transfer.taken', { by, name });
      notifications.show({ message });
    };
    // Who may not see it any more is told that it is gone; who may (an administrator) sees the other's name on it.
    const stopGone = client.onGone(({ conversation, by }) => {
      if (mine(conversation)) tell(conversation, by);
    });
    const stop = client.subscribe(() => {
      const before = threads;
      ({ threads } = client.getState());
      if (before === threads) return;
      for (const [id, { conversation }] of before) {
        const now = threads.get(id)?.conversation;
        if (now === undefined || now === conversation || !mine(conversation)) continue;
        if (now.state === 'open' && now.operator?.id !== operatorId) tell(now, now.operator?.name);
        if (now.state === 'waiting') {
          const name = now.visitor.name ?? t('visitor');
          notifications.show({ message: t('transfer.missed', { name }) });
        }
      }
    });
    return () => {
      stopGone();
      stop();
    };
  }, [client, operatorId, t]);
}
