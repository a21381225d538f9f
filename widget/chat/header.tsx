import { useEffect, useRef, useState } from 'preact/hooks';
import { useFrame } from './frame.ts';
import { Icon } from './icons.tsx';
import { useCell } from './use-watched.ts';

type MenuProps = { onEnd: () => void };

function Menu({ onEnd }: MenuProps) {
  const { t, live, bridge } = useFrame();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const muted = useCell(live.bell.muted);
  const talking = useCell(bridge.talking);

  useEffect(() => {
    if (!open) return undefined;
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', away);
    return () => removeEventListener('pointerdown', away);
  }, [open]);

  const choose = (act: () => void) => () => {
    setOpen(false);
    button.current?.focus();
    act();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape of what is inside
    <div
      class="menu"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        choose(() => {})();
      }}
    >
      <button
        type="button"
        class="round"
        ref={button}
        aria-expanded={open}
        aria-label={t('menu')}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      {open && (
        <ul>
          <li>
            <button type="button" onClick={choose(() => live.bell.muted.set(!muted))}>
              <Icon name={muted ? 'sound' : 'mute'} size={18} />
              {t(muted ? 'unmute' : 'mute')}
            </button>
          </li>
          {talking && !live.over() && (
            <li>
              <button type="button" onClick={choose(onEnd)}>
                <Icon name="end" size={18} />
                {t('endChat')}
              </button>
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

/** Who one talks to, and the way out. `greeting` is said large, before a conversation. */
export function Header({ greeting, onEnd }: { greeting: string | null; onEnd: () => void }) {
  const { t, bridge, live } = useFrame();
  const { settings, account, state } = useCell(bridge.service);
  const online = state === 'online';
  const title = settings.title ?? account;
  const conversation = live.thread()?.conversation;
  const operator = conversation?.state === 'open' && !live.over() ? conversation.operator?.name : undefined;
  const shown = operator ?? title;
  return (
    <header class={greeting ? 'tall' : ''}>
      <div class="bar">
        <span class="face" aria-hidden="true">
          {(Array.from(shown.trim())[0] ?? '').toLocaleUpperCase()}
        </span>
        <div class="who">
          <h1 tabIndex={-1}>
            <bdi>{shown}</bdi>
          </h1>
          {operator ? (
            <p>
              <bdi>{title}</bdi>
            </p>
          ) : (
            // Who waits is told the truth in the conversation.
            !(online && conversation?.state === 'waiting') && (
              <p>
                <i class={online ? 'dot on' : 'dot'} />
                {t(online ? 'answersSoon' : 'nobodyHere')}
              </p>
            )
          )}
        </div>
        <Menu onEnd={onEnd} />
        <button
          type="button"
          class="round"
          aria-label={t('close')}
          onClick={() => bridge.tell({ type: 'close' })}
        >
          <Icon name="close" />
        </button>
      </div>
      {greeting && (
        <p class="greeting" dir="auto">
          {greeting}
        </p>
      )}
    </header>
  );
}
