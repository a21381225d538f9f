import { notifications } from '@mantine/notifications';
import { useCallback, useMemo } from 'react';
import { uuidv7 } from '#client/ref.ts';
import type { Command } from '#protocol/up.ts';
import { useClient } from '../../core/client.tsx';

/** What an operator does to a conversation. A refusal is told to the person; a message keeps it in its place. */
export function useConversationCommands(conversationId: string) {
  const client = useClient();
  const send = useCallback(
    async (command: Command) => {
      try {
        await client.send(command);
      } catch (error) {
        if (command.type === 'message.post') return;
        // A refused accept or ending is told here and is not worth a second try.
        client.discard(command.ref);
        notifications.show({ message: (error as Error).message });
      }
    },
    [client],
  );
  return useMemo(
    () => ({
      accept: () => void send({ type: 'conversation.accept', ref: uuidv7(), conversationId }),
      close: () => void send({ type: 'conversation.close', ref: uuidv7(), conversationId }),
      post: (text: string) => void send({ type: 'message.post', ref: uuidv7(), conversationId, text }),
    }),
    [send, conversationId],
  );
}
