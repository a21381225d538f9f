import { Button } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../../core/actions.ts';
import { useClient } from '../../core/client.tsx';
import { loadDraft, saveDraft } from '../../core/drafts.ts';
import { useMembership } from '../../core/membership.ts';
import { Separator } from '../../core/separator.tsx';
import { useUi } from '../../core/ui-store.ts';
import styles from './composer.module.css';

const TEXT_LIMIT = 4000;
const SMALLEST = 44;
const LARGEST_SHARE = 0.4;

type Props = {
  conversationId: string;
  /** Why nothing can be written here now; null when it can. */
  blocked: string | null;
  placeholder: string;
  /** Whether the visitor may see that I write. */
  typingShows: boolean;
  onSend: (text: string) => void;
  /** What the button says, and how much may be written, where it is no message. */
  sendLabel?: string | undefined;
  limit?: number | undefined;
};

/** OC-02 and OC-07. Belongs to one conversation for life: each has its own draft. */
export function Composer({
  conversationId,
  blocked,
  placeholder,
  typingShows,
  onSend,
  sendLabel,
  limit = TEXT_LIMIT,
}: Props) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const client = useClient();
  const [text, setText] = useState(() => loadDraft(operatorId, conversationId));
  const height = useUi((state) => state.composerHeight);
  const enterSends = useUi((state) => state.enterSends);
  const input = useRef<HTMLTextAreaElement>(null);
  const [largest, setLargest] = useState(320);
  const left = limit - text.length;
  const sendable = blocked === null && text.trim() !== '' && left >= 0;

  useAction({
    id: 'reply',
    label: t('action.reply'),
    keys: ['KeyR'],
    run: () => input.current?.focus(),
  });

  useLayoutEffect(() => {
    const element = input.current;
    const pane = element?.closest('section');
    if (element === null || pane === null || pane === undefined) return undefined;
    const fit = () => {
      const most = Math.max(SMALLEST, Math.floor(pane.clientHeight * LARGEST_SHARE));
      setLargest(most);
      element.style.blockSize = 'auto';
      element.style.blockSize = `${Math.min(most, Math.max(height, element.scrollHeight))}px`;
    };
    fit();
    const watcher = new ResizeObserver(fit);
    watcher.observe(pane);
    return () => watcher.disconnect();
  }, [text, height]);

  useEffect(() => () => client.typing(conversationId, false), [client, conversationId]);

  function change(next: string) {
    setText(next);
    saveDraft(operatorId, conversationId, next);
    if (typingShows) client.typing(conversationId, next.trim() !== '');
  }

  function send(event?: FormEvent) {
    event?.preventDefault();
    if (!sendable) return;
    onSend(text);
    change('');
    input.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    // Enter that ends an input method's composition is not for us; Safari says so only by the old code.
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.keyCode === 229) return;
    const sends = event.ctrlKey || event.metaKey || (enterSends && !event.shiftKey && !event.altKey);
    if (!sends) return;
    event.preventDefault();
    send();
  }

  return (
    <form className={styles.composer} onSubmit={send} aria-label={t('composer.title')}>
      <Separator
        label={t('composer.resize')}
        orientation="horizontal"
        value={height}
        min={SMALLEST}
        max={largest}
        paneAfter
        onChange={(composerHeight) => useUi.setState({ composerHeight })}
      />
      <div className={styles.inside}>
        <textarea
          ref={input}
          className={styles.input}
          aria-label={t('composer.message')}
          placeholder={blocked ?? placeholder}
          value={text}
          disabled={blocked !== null}
          dir="auto"
          rows={1}
          onChange={(event) => change(event.currentTarget.value)}
          onBlur={() => client.typing(conversationId, false)}
          onKeyDown={onKeyDown}
        />
        <div className={styles.foot}>
          <span
            className={styles.hint}
            data-over={left < 0 || undefined}
            role={left < 200 ? 'status' : undefined}
          >
            {left < 200
              ? t('composer.left', { count: left })
              : t(enterSends ? 'composer.enter' : 'composer.ctrlEnter')}
          </span>
          <Button type="submit" disabled={!sendable}>
            {sendLabel ?? t('composer.send')}
          </Button>
        </div>
      </div>
    </form>
  );
}
