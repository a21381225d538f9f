import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { uuidv7 } from '#client/ref.ts';
import { Refusal } from '#client/refusal.ts';
import type { Command } from '#protocol/up.ts';
import { useClient } from '../../core/client.tsx';
import type { Target } from './targets.ts';

type To = Pick<Target, 'kind' | 'id'>;

/** What an operator does to a conversation. A refusal is told to the person; what was written keeps it in its place. */
export function useConversationCommands(conversationId: string) {
  const { t } = useTranslation('conversations');
  const client = useClient();
  const send = useCallback(
    async (command: Command, refused?: (refusal: Refusal) => boolean) => {
      try {
        await client.send(command);
      } catch (error) {
        if (command.type === 'message.post' || command.type === 'note.post') return;
        // A refused accept or ending is told here and is not worth a second try.
        client.discard(command.ref);
        if (error instanceof Refusal && refused?.(error)) return;
        notifications.show({ message: (error as Error).message });
      }
    },
    [client],
  );
  return useMemo(() => {
    const about = () => ({ ref: uuidv7(), conversationId });
    const transfer = ({ kind, id }: To, anyLanguage?: true): void =>
      void send(
        { type: 'conversation.transfer', ...about(), to: { kind, id }, ...(anyLanguage && { anyLanguage }) },
        ({ code, message }) => {
          if (code !== 'wrong_language') return false;
          modals.openConfirmModal({
            title: t('transfer.title'),
            children: message,
            labels: { confirm: t('transfer.anyLanguage'), cancel: t('transfer.keep') },
            closeButtonProps: { 'aria-label': t('transfer.keep') },
            confirmProps: { 'data-autofocus': true },
            onConfirm: () => transfer({ kind, id }, true),
          });
          return true;
        },
      );
    return {
      accept: () => void send({ type: 'conversation.accept', ...about() }),
      decline: (): void => void send({ type: 'conversation.decline', ...about() }),
      take: () => void send({ type: 'conversation.take', ...about() }),
      transfer: (to: To) => transfer(to),
      withdraw: () => void send({ type: 'transfer.cancel', ...about() }),
      close: () => void send({ type: 'conversation.close', ...about() }),
      post: (text: string) => void send({ type: 'message.post', ...about(), text }),
      note: (text: string) => void send({ type: 'note.post', ...about(), text }),
    };
  }, [send, conversationId, t]);
}
