import type { Store } from '../bridge/store.ts';
import { cell, type Cell } from '../bridge/cell.ts';

const MUTED = 'muted';
const RUNG = 'rung';
const TONES = [
  { hertz: 660, after: 0 },
  { hertz: 880, after: 0.12 },
];
const SECONDS = 0.22;
const LOUDNESS = 0.08;

export type Bell = {
  muted: Cell<boolean>;
  /** Two soft tones for the message called `name`; of several tabs only the first one rings. */
  ring: (name: string) => void;
};

function tone(context: AudioContext, hertz: number, start: number): void {
  const sound = context.createOscillator();
  const volume = context.createGain();
  sound.frequency.value = hertz;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + SECONDS);
  sound.connect(volume).connect(context.destination);
  sound.start(start);
  sound.stop(start + SECONDS);
}

export function createBell(store: Store): Bell {
  const muted = cell(store.get(MUTED) === '1');
  muted.watch(() => (muted.get() ? store.set(MUTED, '1') : store.remove(MUTED)));
  let context: AudioContext | undefined;

  // Browsers let a page sound only after a gesture.
  const unlock = () => {
    context ??= new AudioContext();
    void context.resume();
  };
  addEventListener('pointerdown', unlock, { once: true });
  addEventListener('keydown', unlock, { once: true });

  return {
    muted,
    ring(name) {
      if (muted.get() || store.get(RUNG) === name) return;
      store.set(RUNG, name);
      context ??= new AudioContext();
      if (context.state !== 'running') return;
      for (const { hertz, after } of TONES) tone(context, hertz, context.currentTime + after);
    },
  };
}
