import { create } from 'zustand';
import icon from './icon.svg';
import iconWaiting from './icon-waiting.svg';

/** Whether another tab of this person sounds, so that this one need not ask for permission to. */
export const useRinging = create<{ elsewhere: boolean }>()(() => ({ elsewhere: false }));

/**
 * Calls `lead` in exactly one tab at a time among those that contend, and its answer when this tab stops leading.
 * Without Web Locks (plain http) every tab leads: ringing twice is better than not at all.
 */
export function contendToRing(personId: string, lead: () => () => void): () => void {
  const end = new AbortController();
  if (!('locks' in navigator)) {
    const stop = lead();
    return stop;
  }
  const channel = new BroadcastChannel(`foyer-ring-${personId}`);
  const ring = () =>
    new Promise<void>((resolve) => {
      channel.onmessage = (event) => event.data === 'who' && channel.postMessage('here');
      channel.postMessage('here');
      const stop = lead();
      end.signal.addEventListener('abort', () => {
        stop();
        channel.postMessage('gone');
        resolve();
      });
    });
  navigator.locks
    .request(`foyer-ring-${personId}`, { signal: end.signal }, ring)
    .catch((error: unknown) => {
      if (!end.signal.aborted) throw error;
    })
    .finally(() => channel.close());
  return () => end.abort();
}

/** Keeps `useRinging` true to what the other tabs say. */
export function watchOtherTabs(personId: string): () => void {
  const channel = new BroadcastChannel(`foyer-ring-${personId}`);
  channel.onmessage = (event) => {
    if (event.data === 'here') useRinging.setState({ elsewhere: true });
    if (event.data === 'gone') useRinging.setState({ elsewhere: false });
  };
  channel.postMessage('who');
  return () => {
    channel.close();
    useRinging.setState({ elsewhere: false });
  };
}

/** The tab says how many wait: `(2) Foyer` and a mark on its icon. */
export function badgeTab(waiting: number): void {
  document.title = waiting > 0 ? `(${waiting}) Foyer` : 'Foyer';
  document.querySelector('#icon')?.setAttribute('href', waiting > 0 ? iconWaiting : icon);
}

/** A browser notification, when permitted and nobody looks at this page. The same `tag` is shown once. */
export function notifyHidden(title: string, body: string, tag: string, onClick: () => void): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted' || !document.hidden) return;
  const shown = new Notification(title, { body, tag, icon });
  shown.onclick = () => {
    window.focus();
    onClick();
    shown.close();
  };
}
