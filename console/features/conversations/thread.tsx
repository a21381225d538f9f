import { IconArrowDown } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OlderEntries } from '#protocol/conversations.ts';
import type { Thread as ThreadState } from '#client/state.ts';
import { api } from '../../core/api.ts';
import { useClient, useOperators, useOutbox } from '../../core/client.tsx';
import { useMembership } from '../../core/membership.ts';
import { mySide, nameOfOther, unreadOf } from './sides.ts';
import { ThreadLine, type Names } from './thread-line.tsx';
import { threadLines } from './thread-lines.ts';
import styles from './thread.module.css';

const NEAR_TOP = 400;
const NEAR_END = 80;

/** Loads what is older than the first entry, once at a time, until there is nothing older. */
function useOlder(thread: ThreadState) {
  const client = useClient();
  const { operatorId } = useMembership();
  const busy = useRef(false);
  const [failed, setFailed] = useState(false);
  const { conversation, complete, entries } = thread;
  const first = entries[0]?.seq;
  const load = () => {
    if (busy.current || complete || first === undefined || first <= 1) return;
    busy.current = true;
    setFailed(false);
    api<OlderEntries>('GET', `/v1/conversations/${conversation.id}/entries?before=${first}`, { operatorId })
      .then(
        (older) => client.prepend(conversation.id, older.entries),
        () => setFailed(true),
      )
      .finally(() => {
        busy.current = false;
      });
  };
  return { load, failed };
}

/** Arrow keys walk from message to message, so that each one's time can be seen without a pointer. */
function walk(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-message]')];
  const at = all.findIndex((one) => one === document.activeElement);
  const next = event.key === 'ArrowUp' ? (at < 0 ? all.length - 1 : at - 1) : at < 0 ? -1 : at + 1;
  const message = all[next];
  if (message === undefined) return;
  event.preventDefault();
  message.focus({ preventScroll: false });
}

export function Thread({ thread }: { thread: ThreadState }) {
  const { t } = useTranslation('conversations');
  const { operatorId } = useMembership();
  const operators = useOperators();
  const outbox = useOutbox();
  const { conversation, entries, typing } = thread;
  // The marker stays where it was when the thread was opened, although reading moves the mark on. Where all is
  // new it would say nothing.
  const [newAfter] = useState(() => {
    const read = conversation.read[mySide(conversation, operatorId)];
    return unreadOf(conversation, operatorId) > 0 && read > 0 ? read : null;
  });
  const lines = useMemo(
    () => threadLines({ conversation, entries }, outbox, operatorId, newAfter),
    [conversation, entries, outbox, operatorId, newAfter],
  );
  const names = useMemo((): Names => {
    const joined = new Map<string, string>();
    for (const { what } of entries)
      if (what.kind === 'joined' || what.kind === 'invited') joined.set(what.operator.id, what.operator.name);
    return { conversation, operators, joined, operatorId };
  }, [conversation, entries, operators, operatorId]);

  const scroller = useRef<HTMLDivElement>(null);
  const older = useOlder(thread);
  const [atEnd, setAtEnd] = useState(true);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 40,
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 12,
    paddingStart: 16,
    paddingEnd: 16,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
    useFlushSync: false,
  });
  const toEnd = () => virtual.scrollToEnd();

  // Lines get their true height only once they are drawn: stay at the end until the person scrolls away from it.
  const position = useRef({ sticks: true, top: 0 });
  const size = virtual.getTotalSize();
  useLayoutEffect(() => {
    if (position.current.sticks) virtual.scrollToEnd();
  }, [virtual, size]);
  // The composer and the banner take their room from the log.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const watcher = new ResizeObserver(() => position.current.sticks && virtual.scrollToEnd());
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [virtual]);

  // What I send is always seen, wherever I had scrolled to.
  const lastQueued = lines.findLast(
    (line) => (line.kind === 'message' || line.kind === 'note') && line.fate === 'queued',
  )?.key;
  useEffect(() => {
    if (lastQueued === undefined) return;
    position.current.sticks = true;
    virtual.scrollToEnd();
  }, [virtual, lastQueued]);

  // A page of older entries may still leave the first screen unfilled.
  useEffect(() => {
    if (scroller.current !== null && scroller.current.scrollHeight <= scroller.current.clientHeight)
      older.load();
  });

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop } = element;
    const near = element.scrollHeight - scrollTop - element.clientHeight < NEAR_END;
    if (near) position.current.sticks = true;
    else if (scrollTop < position.current.top) position.current.sticks = false;
    position.current.top = scrollTop;
    setAtEnd(near || position.current.sticks);
    if (scrollTop < NEAR_TOP && !position.current.sticks) older.load();
  };

  return (
    <div className={styles.frame}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={onScroll}
        onKeyDown={walk}
        role="log"
        aria-label={t('messages')}
        // A log that scrolls must be reachable by keyboard.
        tabIndex={0}
      >
        {older.failed && (
          <p className={styles.system}>
            {t('older.failed')}{' '}
            <button type="button" className={styles.again} onClick={older.load}>
              {t('older.again')}
            </button>
          </p>
        )}
        <div className={styles.column} style={{ blockSize: size }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return (
              line !== undefined && (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className={styles.item}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <ThreadLine line={line} names={names} />
                </div>
              )
            );
          })}
        </div>
      </div>
      <p className={styles.typing} aria-live="polite" dir="auto">
        {typing && t('typing', { name: nameOfOther(conversation, operatorId) ?? t('visitor') })}
      </p>
      {!atEnd && (
        <button type="button" className={styles.latest} onClick={toEnd}>
          <IconArrowDown size={14} stroke={1.75} aria-hidden />
          {t('latest')}
        </button>
      )}
    </div>
  );
}
