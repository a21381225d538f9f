import { useFrame } from '../frame.ts';
import { LeaveEmail } from './leave-email.tsx';

/** In the composer's place, after nobody came: what becomes of what was said, and how to go on (VI-13). */
export function Missed({ startNew }: { startNew: () => void }) {
  const { t, live } = useFrame();
  const email = live.email();
  return (
    <div class="after missed">
      <p role="status">
        {t('missed')} {email ? t('willAnswer', { email }) : t('leaveEmail')}
      </p>
      {!email && <LeaveEmail />}
      <button
        type="button"
        class={email ? 'primary wide' : 'plain wide'}
        data-focus={email ? true : undefined}
        onClick={startNew}
      >
        {t('startNew')}
      </button>
    </div>
  );
}
