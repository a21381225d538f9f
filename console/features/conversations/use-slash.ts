import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import { useMembership } from '../../core/membership.ts';
import type { useConversationCommands } from './commands.ts';
import { isOffered } from './ringing.ts';
import type { Slash } from './slash.ts';
import { matching, type Target } from './targets.ts';

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
          const found = matching(targets, line.to);
          const [first] = found;
          if (first === undefined) return t('slash.nobody', { name: line.to });
          if (found.length > 1 && !isNamed(first, line.to)) return t('slash.several', { name: line.to });
          commands.transfer(first);
          return null;
        }
      }
    },
    [t, conversation, operatorId, role, targets, commands],
  );
}

const isNamed = (target: Target, words: string): boolean => {
  const wanted = words.replace(/^@/, '').toLocaleLowerCase();
  return (
    target.name.toLocaleLowerCase() === wanted || (target.kind === 'operator' && target.handle === wanted)
  );
};
