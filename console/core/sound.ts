import { create } from 'zustand';

let context: AudioContext | undefined;

/** `blocked`: the browser waits for a first click or key on this page before it lets anything sound. */
export const useSound = create<{ blocked: boolean }>()(() => ({ blocked: true }));

/** Two soft notes, about half a second. Does nothing while the browser blocks sound. */
export function chime(): void {
  if (context?.state !== 'running') return;
  for (const [index, frequency] of [659.25, 880].entries()) {
    const at = context.currentTime + index * 0.16;
    const tone = new OscillatorNode(context, { type: 'sine', frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.45);
  }
}

/** To be called from a click or key: asks the browser to let this page sound. Gives whether it does. */
export async function unlockSound(): Promise<boolean> {
  context ??= new AudioContext();
  await context.resume();
  const blocked = context.state !== 'running';
  useSound.setState({ blocked });
  return !blocked;
}

/** Unlocks at the first gesture anywhere on the page. Returns the function that stops waiting for it. */
export function unlockAtFirstGesture(): () => void {
  const end = new AbortController();
  const unlock = () => {
    // A lone Ctrl or Shift is a key but no gesture to the browser.
    if (navigator.userActivation?.hasBeenActive === false) return;
    unlockSound().then(
      (unlocked) => unlocked && end.abort(),
      () => useSound.setState({ blocked: true }),
    );
  };
  // Not `pointerdown`: the bar that says so goes away, and what is under the finger must not move before `click`.
  for (const gesture of ['click', 'keydown']) addEventListener(gesture, unlock, { signal: end.signal });
  return () => end.abort();
}
