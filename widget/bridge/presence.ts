import type { WidgetState } from '#protocol/chatboxes.ts';

const EVERY_MS = 20_000;
const SPREAD = 0.2;

/** 0 <= number < 1 */
const chance = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

/**
 * Asks whether chat is shown on `host` and whether somebody is there: every 20 s +-20 % while the page is seen, at
 * once when it is seen again (the frame's document has brought the first answer). No answer changes nothing.
 */
export function watchPresence(key: string, host: string, heard: (state: WidgetState) => void): void {
  let timer: ReturnType<typeof setTimeout>;
  const path = `/v1/widget/${key}/state?host=${encodeURIComponent(host)}`;

  function plan(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), EVERY_MS * (1 - SPREAD + 2 * SPREAD * chance()));
  }

  async function ask(): Promise<void> {
    plan();
    if (document.visibilityState !== 'visible') return;
    try {
      const response = await fetch(path, { credentials: 'omit' });
      if (response.ok) heard(((await response.json()) as { state: WidgetState }).state);
    } catch {
      // No network: the next round asks again.
    }
  }

  document.addEventListener('visibilitychange', () => void ask());
  addEventListener('online', () => void ask());
  addEventListener('pageshow', (event) => event.persisted && void ask());
  plan();
}
