import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Avatar } from '../avatar.tsx';
import { focusFirst } from '../focus.ts';
import { useFrame } from '../frame.ts';
import { Icon } from '../icons.tsx';
import { isMissed } from '../missed.ts';
import { TEXT_LIMIT, clean } from '../text.ts';
import { Composer } from './composer.tsx';
import { dayName } from './day-name.ts';
import { Bubble } from './message.tsx';
import { Missed } from './missed.tsx';
import { timeline, type Item } from './timeline.ts';
import { Waiting } from './waiting.tsx';

// So near to the end counts as at the end.
const NEAR = 48;

function Line({ item }: { item: Item }) {
  const { t, locale } = useFrame();
  if (item.kind === 'message') return <Bubble message={item} />;
  if (item.kind === 'day') return <p class="day">{dayName(item.at, locale)}</p>;
  return <p class="system">{t(item.says, { name: item.name })}</p>;
}

function Typing({ name }: { name: string }) {
  const { t } = useFrame();
  return (
    <div class="bubble operator first last typing">
      <Avatar name={name} />
      <div class="words">
        <span class="unseen">{t('writing', { name })}</span>
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}

/** The conversation: log, what is going on, and where to write. */
export function ThreadScreen() {
  const { t, live, draft, bridge } = useFrame();
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [seenKey, setSeenKey] = useState<string>();
  const thread = live.thread();
  const conversation = thread?.conversation;
  const over = live.over();
  const email = live.email();
  const { queue } = live.state();
  const presence = bridge.service.get().state;
  const missed = thread !== undefined && isMissed(thread);
  const waiting = conversation?.state === 'waiting' && !over;
  const items = timeline(thread, live.unsent());
  const lastKey = items.at(-1)?.key;
  const seen = items.findIndex(({ key }) => key === seenKey);
  const fresh = items
    .slice(seen + 1)
    .filter((item) => item.kind === 'message' && item.from === 'operator').length;
  const newest = items.at(-1);
  // What one has just written is always seen.
  const mine = newest?.kind === 'message' && newest.mark === 'pending';

  function startNew(): void {
    // What was refused because the chat had ended is not lost.
    draft.set(clean(`${live.leave()}\n${draft.get()}`).slice(0, TEXT_LIMIT));
  }
  function toEnd(): void {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }
  useLayoutEffect(() => {
    if (!atEnd.current && !mine) return;
    toEnd();
    setSeenKey(lastKey);
  }, [lastKey, mine, thread?.typing, waiting, over, queue, presence]);
  useEffect(() => {
    // What had the focus has made room.
    if (document.activeElement === document.body && document.hasFocus()) focusFirst();
  }, [over, email]);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (!current) return undefined;
    // The composer grows, the keyboard comes: the end stays in sight.
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(current);
    return () => observer.disconnect();
  }, []);

  return (
    <>
      <div
        class="scroller"
        ref={scroller}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
          if (atEnd.current) setSeenKey(lastKey);
        }}
      >
        <div
          class="log"
          role="log"
          aria-live="polite"
          aria-relevant="additions"
          aria-label={t('messages')}
          tabIndex={0}
        >
          {items.map((item) => (
            <Line key={item.key} item={item} />
          ))}
        </div>
        {thread?.typing && !over && <Typing name={conversation?.operator?.name ?? ''} />}
        {conversation && waiting && <Waiting conversation={conversation} />}
      </div>
      {fresh > 0 && !atEnd.current && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon name="down" size={16} />
          {t('newMessages', { n: fresh })}
        </button>
      )}
      {missed ? (
        <Missed startNew={startNew} />
      ) : over ? (
        <div class="after">
          <button type="button" class="primary wide" data-focus onClick={startNew}>
            {t('startNew')}
          </button>
        </div>
      ) : (
        <Composer />
      )}
    </>
  );
}
