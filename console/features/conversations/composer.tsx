import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { useAction } from '../../core/actions.ts';
import { Separator } from '../../core/separator.tsx';
import { useUi } from '../../core/ui-store.ts';
import styles from './composer.module.css';
import { ComposerField, SMALLEST, type Slashes } from './composer-field.tsx';

type Props = {
  conversationId: string;
  /** Under which name the unsent text is kept, where it is not the conversation's. */
  draft?: string | undefined;
  /** Why nothing can be answered here now; null when it can. */
  blocked: string | null;
  placeholder: string;
  /** Whether the other side may see that I write. */
  typingShows: boolean;
  onSend: (text: string) => void;
  /** What the button says, and how much may be written, where it is no message. */
  sendLabel?: string | undefined;
  limit?: number | undefined;
  /** Absent where there are no notes. */
  onNote?: ((text: string) => void) | undefined;
  notePlaceholder?: string | undefined;
  /** Absent where a slash means nothing. */
  slashes?: Slashes | undefined;
};

type Kind = 'reply' | 'note';
const KINDS: readonly Kind[] = ['reply', 'note'];

/** OC-02, OC-07, OC-16. Belongs to one conversation for life: each has its own drafts, of an answer and of a note. */
export function Composer({ onSend, onNote, blocked, placeholder, notePlaceholder, ...props }: Props) {
  const { t } = useTranslation('conversations');
  const { conversationId, slashes } = props;
  const [wanted, setWanted] = useState<Kind>('reply');
  // Where nothing can be answered a note is all that can be written.
  const kind = onNote === undefined ? 'reply' : blocked === null ? wanted : 'note';
  const height = useUi((state) => state.composerHeight);
  const [largest, setLargest] = useState(320);
  const input = useRef<HTMLTextAreaElement>(null);
  const write = (next: Kind) => {
    // The field of the other kind is there only after this, and the next key that is pressed belongs into it.
    flushSync(() => setWanted(next));
    input.current?.focus();
  };

  useAction({ id: 'reply', label: t('action.reply'), keys: ['KeyR'], run: () => write('reply') });
  useAction(
    onNote === undefined
      ? null
      : { id: 'note', label: t('action.note'), keys: ['KeyN'], run: () => write('note') },
  );

  return (
    <div className={styles.composer} data-kind={kind}>
      <Separator
        label={t('composer.resize')}
        orientation="horizontal"
        value={height}
        min={SMALLEST}
        max={largest}
        paneAfter
        onChange={(composerHeight) => useUi.setState({ composerHeight })}
      />
      {onNote !== undefined && (
        <div className={styles.kinds} role="group" aria-label={t('composer.kind')}>
          {KINDS.map((each) => (
            <button
              key={each}
              type="button"
              className={styles.kind}
              aria-pressed={each === kind}
              disabled={each === 'reply' && blocked !== null}
              onClick={() => write(each)}
            >
              {t(`composer.${each}`)}
            </button>
          ))}
        </div>
      )}
      {kind === 'note' && onNote !== undefined ? (
        <ComposerField
          key="note"
          ref={input}
          conversationId={conversationId}
          draft={`${conversationId}.note`}
          label={t('composer.noteMessage')}
          send={t('composer.addNote')}
          blocked={null}
          placeholder={notePlaceholder ?? t('composer.notePlaceholder')}
          typingShows={false}
          onSend={onNote}
          onLargest={setLargest}
          slashes={slashes}
        />
      ) : (
        <ComposerField
          key="reply"
          ref={input}
          conversationId={conversationId}
          draft={props.draft ?? conversationId}
          label={t('composer.message')}
          send={props.sendLabel ?? t('composer.send')}
          limit={props.limit}
          blocked={blocked}
          placeholder={placeholder}
          typingShows={props.typingShows}
          onSend={onSend}
          onLargest={setLargest}
          slashes={slashes}
        />
      )}
    </div>
  );
}
