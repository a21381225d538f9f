import { Button } from '@mantine/core';
import {
  type FormEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '#protocol/conversations.ts';
import { useClient } from '../../core/client.tsx';
import { loadDraft, saveDraft } from '../../core/drafts.ts';
import { useMembership } from '../../core/membership.ts';
import { useUi } from '../../core/ui-store.ts';
import styles from './composer.module.css';
import { completions, SlashMenu } from './slash-menu.tsx';
import { parseSlash, type Slash } from './slash.ts';
import { optionId } from './target-list.tsx';
import type { Target } from './targets.ts';

const TEXT_LIMIT = 4000;
export const SMALLEST = 44;
const LARGEST_SHARE = 0.4;

export type Slashes = {
  conversation: Conversation;
  targets: readonly Target[];
  /** Gives why it cannot be done; null when it was done. */
  run: (line: Exclude<Slash, { kind: 'text' | 'help' }>) => string | null;
  offer: (to: Target) => void;
};

type Props = {
  ref: RefObject<HTMLTextAreaElement | null>;
  conversationId: string;
  /** Under which name the unsent text is kept. */
  draft: string;
  label: string;
  /** What stands on the button. */
  send: string;
  blocked: string | null;
  placeholder: string;
  typingShows: boolean;
  onSend: (text: string) => void;
  /** Told how high the field may become, in CSS pixels. */
  onLargest: (height: number) => void;
  slashes?: Slashes | undefined;
  limit?: number | undefined;
};

/** The text that is being written, its button, and what its slash commands find. */
export function ComposerField({ ref: input, conversationId, draft, blocked, slashes, ...props }: Props) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const client = useClient();
  const [text, setText] = useState(() => loadDraft(operatorId, draft));
  const [hint, setHint] = useState<string | null>(null);
  // -1: nothing was chosen by the arrows yet.
  const [walked, setWalked] = useState(-1);
  const list = useId();
  const height = useUi((state) => state.composerHeight);
  const enterSends = useUi((state) => state.enterSends);
  const { onLargest } = props;
  const left = (props.limit ?? TEXT_LIMIT) - text.length;
  const sendable = blocked === null && text.trim() !== '' && left >= 0;
  const commanding = slashes !== undefined && /^\/(?!\/)/.test(text) && !text.includes('\n');
  const found = commanding ? completions(text, slashes.targets) : null;
  // As soon as somebody is named, the first who fits is meant.
  const active = found === null ? -1 : walked >= 0 ? walked % found.length : /^\/t\s+\S/i.test(text) ? 0 : -1;
  const chosen = found?.[active];

  useLayoutEffect(() => {
    const element = input.current;
    const pane = element?.closest('section');
    if (element === null || pane === null || pane === undefined) return undefined;
    const fit = () => {
      const most = Math.max(SMALLEST, Math.floor(pane.clientHeight * LARGEST_SHARE));
      onLargest(most);
      element.style.blockSize = 'auto';
      element.style.blockSize = `${Math.min(most, Math.max(height, element.scrollHeight))}px`;
    };
    fit();
    const watcher = new ResizeObserver(fit);
    watcher.observe(pane);
    return () => watcher.disconnect();
  }, [input, text, height, onLargest]);

  useEffect(() => () => client.typing(conversationId, false), [client, conversationId]);

  function change(next: string) {
    setText(next);
    setHint(null);
    setWalked(-1);
    saveDraft(operatorId, draft, next);
    const words = next.trim() !== '' && !(slashes !== undefined && /^\/(?!\/)/.test(next));
    if (props.typingShows) client.typing(conversationId, words);
  }

  function offer(target: Target) {
    slashes?.offer(target);
    change('');
    input.current?.focus();
  }

  function send(event?: FormEvent) {
    event?.preventDefault();
    if (!sendable) return;
    input.current?.focus();
    const line: Slash = slashes === undefined ? { kind: 'text', text } : parseSlash(text);
    if (line.kind === 'help') return change('/');
    if (line.kind !== 'text') {
      const why = slashes?.run(line) ?? null;
      if (why === null) change('');
      setHint(why);
      return;
    }
    props.onSend(line.text);
    change('');
  }

  /** True when the key was for the list of completions. */
  function completes(event: KeyboardEvent): boolean {
    if (found === null || found.length === 0) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined)
      setWalked((active + step + found.length + (active < 0 && step < 0 ? 1 : 0)) % found.length);
    else if (event.key === 'Tab' && !event.shiftKey) {
      const target = chosen ?? found[0];
      if (target !== undefined) change(`/t ${target.kind === 'operator' ? target.handle : target.name}`);
    } else if (event.key === 'Enter' && chosen !== undefined) offer(chosen);
    else return false;
    event.preventDefault();
    return true;
  }

  function onKeyDown(event: KeyboardEvent) {
    // Enter that ends an input method's composition is not for us; Safari says so only by the old code.
    if (event.nativeEvent.isComposing || event.keyCode === 229 || completes(event)) return;
    if (event.key !== 'Enter') return;
    const sends = event.ctrlKey || event.metaKey || (enterSends && !event.shiftKey && !event.altKey);
    if (!sends) return;
    event.preventDefault();
    send();
  }

  const says = left < 200 ? t('composer.left', { count: left }) : hint;
  return (
    <form className={styles.form} onSubmit={send} aria-label={t('composer.title')}>
      <div className={styles.inside}>
        {commanding && (
          <SlashMenu
            id={list}
            text={text}
            found={found}
            active={active}
            conversation={slashes.conversation}
            onChoose={offer}
          />
        )}
        <textarea
          ref={input}
          className={styles.input}
          aria-label={props.label}
          aria-autocomplete={slashes === undefined ? undefined : 'list'}
          aria-controls={found !== null && found.length > 0 ? list : undefined}
          aria-activedescendant={chosen === undefined ? undefined : optionId(list, active)}
          placeholder={blocked ?? props.placeholder}
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
            data-over={left < 0 || hint !== null || undefined}
            role={says === null ? undefined : 'status'}
          >
            {says ?? t(enterSends ? 'composer.enter' : 'composer.ctrlEnter')}
          </span>
          <Button type="submit" disabled={!sendable}>
            {props.send}
          </Button>
        </div>
      </div>
    </form>
  );
}
