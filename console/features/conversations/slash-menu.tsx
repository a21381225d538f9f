import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import styles from './slash-menu.module.css';
import { parseSlash } from './slash.ts';
import { TargetList } from './target-list.tsx';
import { matching, type Target } from './targets.ts';

const COMMANDS = ['t', 'a', 'd', 'help'] as const;

/** What `/t` can be completed to as the text stands now; null while it is no `/t`. */
export function completions(text: string, targets: readonly Target[]): Target[] | null {
  if (!/^\/t\s/i.test(text)) return null;
  const line = parseSlash(text);
  return matching(targets, line.kind === 'transfer' ? line.to : '').slice(0, 8);
}

type Props = {
  id: string;
  text: string;
  found: readonly Target[] | null;
  active: number;
  conversation: Conversation;
  onChoose: (target: Target) => void;
};

/** Above the composer while a command is being written: whom it can name, or which commands there are. */
export function SlashMenu({ id, text, found, active, conversation, onChoose }: Props) {
  const { t } = useTranslation('conversations');
  if (found !== null) {
    return found.length === 0 ? null : (
      <div className={styles.menu}>
        <TargetList
          id={id}
          targets={found}
          active={active}
          language={conversation.language}
          onChoose={onChoose}
        />
        <span className="visually-hidden" role="status">
          {t('slash.found', { count: found.length })}
        </span>
      </div>
    );
  }
  const word = /^\/(\S*)$/.exec(text)?.[1];
  const shown = COMMANDS.filter((command) => word !== undefined && command.startsWith(word));
  if (shown.length === 0) return null;
  return (
    <dl className={`${styles.menu} ${styles.help}`} aria-label={t('slash.commands')}>
      {shown.map((command) => (
        <div key={command}>
          <dt>{t(`slash.${command}`)}</dt>
          <dd>{t(`slash.${command}Says`)}</dd>
        </div>
      ))}
    </dl>
  );
}
