import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import { useMembership } from '../../core/membership.ts';
import type { useConversationCommands } from './commands.ts';
import { isOffered } from './ringing.ts';
import type { Slash } from './slash.ts';
import { matching, meant, type Target } from './targets.ts';

type Commands = Pick<ReturnType<typeof useConversationCommands>, 'accept' | 'decline' | 'transfer'>;

/** What the composer runs for a command. Gives why not, in a sentence; null when it was done. */
export function useSlash(
  conversation: Conversation,
  targets: readonly Target[],
  commands: Commands,
): (line: Exclude<Slash, { kind: 'text' | 'help' }>) => string | null {
  const { t } = useTranslation('conversations');
  const { operatorId, role } = useMembership();
  return useCallback(
    (line) => {
      switch (line.kind) {
        case 'unknown':
          return t('slash.unknown', { name: line.name });
        case 'accept':
        case 'decline':
          if (!isOffered(conversation, operatorId)) return t('slash.nothing');
          commands[line.kind]();
          return null;
        case 'transfer': {
          const mine = conversation.operator?.id === operatorId;
          if (!mine && !(role === 'administrator' && conversation.state === 'open'))
            return t('slash.notMine');
          if (line.to === '') return t('slash.whom');
          const target = meant(targets, line.to);
          if (target === undefined) {
            const several = matching(targets, line.to).length > 1;
            return t(several ? 'slash.several' : 'slash.nobody', { name: line.to });
          }
          commands.transfer(target);
          return null;
        }
      }
    },
    [t, conversation, operatorId, role, targets, commands],
  );
}
