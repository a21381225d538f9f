import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Invitation } from '#protocol/visitors.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { paintBrand } from './brand.ts';
import './chat.css';
import { direction } from './direction.ts';
import { loadTexts, translator, type Translate } from './i18n.ts';
import { Icon } from './icons.tsx';
import { invitation } from './invitation.ts';

const PEEKING = 'peeking';

type CardProps = { invited: Invitation; t: Translate; reply: () => void; dismiss: () => void };

function Card({ invited: { operator, text }, t, reply, dismiss }: CardProps) {
  // Said politely, and only what comes after its place is there.
  const [said, setSaid] = useState(false);
  useEffect(() => setSaid(true), []);
  return (
    <>
      <p class="from">
        <span class="face" aria-hidden="true">
          {(Array.from(operator.trim())[0] ?? '').toLocaleUpperCase()}
        </span>
        <strong>
          <bdi>{operator}</bdi>
        </strong>
        <button type="button" class="round" aria-label={t('decline')} onClick={dismiss}>
          <Icon name="close" size={18} />
        </button>
      </p>
      {/* Long texts scroll, by keys as well. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region is reached by Tab */}
      <div class="said" aria-live="polite" tabIndex={0} dir="auto">
        {said && text}
      </div>
      <button type="button" class="primary wide" onClick={reply}>
        {t('reply')}
      </button>
    </>
  );
}

let host: HTMLElement | undefined;

/** What the dialog is drawn into: beside the body, which is the panel's. */
function hang(): HTMLElement {
  const made = document.createElement('section');
  made.className = 'invite';
  made.setAttribute('role', 'dialog');
  document.documentElement.append(made);
  return made;
}

/** Shows invitations beside the launcher, until they are answered, dismissed or withdrawn (VI-10). */
export async function showInvitation(bridge: Bridge, dismissed: () => void): Promise<void> {
  if (host) return;
  host = hang();
  const { box, language, peek, opened, tell } = bridge;
  const texts = await loadTexts(language.get());
  const t = translator(language.get(), texts);
  const root = document.documentElement;
  const place = host;

  function dismiss(): void {
    const now = invitation.get();
    dismissed();
    invitation.set(null);
    if (!now) return;
    // The page says it again with its next announcement.
    fetch(`/v1/widget/${box.key}/invitations/${now.id}`, { method: 'DELETE', keepalive: true }).catch(
      console.warn,
    );
  }

  function draw(): void {
    const now = opened.get() ? null : invitation.get();
    root.classList.toggle(PEEKING, now !== null);
    place.hidden = now === null;
    peek.set(now ? 'peek' : '');
    if (now) {
      root.lang = language.get();
      root.dir = direction(language.get());
      place.setAttribute('aria-label', t('invites', { name: now.operator }));
    }
    render(
      now && <Card key={now.id} invited={now} t={t} reply={() => tell({ type: 'open' })} dismiss={dismiss} />,
      place,
    );
  }

  place.onkeydown = (event) => {
    if (event.key === 'Escape' && !event.isComposing) dismiss();
  };
  paintBrand(bridge);
  invitation.watch(draw);
  opened.watch(draw);
  draw();
}
