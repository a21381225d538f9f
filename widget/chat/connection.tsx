import { useEffect, useState } from 'preact/hooks';
import type { Line } from '#client/state.ts';
import { useFrame } from './frame.ts';
import { Icon } from './icons.tsx';

// Shorter breaks heal before anybody has to know.
const PATIENCE_MS = 2000;

/** True when the line has been down for two seconds; attempts in between do not count as up. */
function useLost(line: Line): boolean {
  const [down, setDown] = useState(false);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (line === 'offline') setDown(true);
    else if (line !== 'connecting') setDown(false);
  }, [line]);
  useEffect(() => {
    if (!down) return setLost(false);
    const timer = setTimeout(() => setLost(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [down]);
  return lost;
}

/** Says when the line is not what it should be, and nothing otherwise. */
export function ConnectionBanner() {
  const { t, live } = useFrame();
  const { line } = live.state();
  const lost = useLost(line);
  const dead = line === 'stopped' || line === 'signed-out';
  return (
    <div role="status">
      {(dead || lost) && (
        <div class="banner">
          <Icon name="alert" size={16} />
          <span>{t(line === 'stopped' ? 'interrupted' : line === 'signed-out' ? 'expired' : 'lost')}</span>
          {dead && (
            <button type="button" class="text" onClick={() => location.reload()}>
              {t('connectAgain')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
