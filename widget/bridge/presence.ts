import type { WidgetStateAnswer } from '#protocol/chatboxes.ts';
import type { Bridge } from './bridge.ts';

/** 20 s +-20 % */
const pause = () => 16_000 + 32 * (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0);

/**
 * Asks whether chat is shown on `host` and whether somebody is there: every 20 s +-20 % while the page is seen, at
 * once when it is seen again and when page or language change (the frame's document has brought the first answer, unless
 * it says that these decide). No answer changes nothing. Returns what asks at once.
 */
export function watchPresence(
  { box, page, language }: Bridge,
  host: string,
  heard: (answer: WidgetStateAnswer) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  function plan(): void {
    clearTimeout(timer);
    timer = setTimeout(ask, pause());
  }

  function ask(): void {
    plan();
    if (document.visibilityState !== 'visible') return;
    const mine = ++asked;
    const url = page.get()?.url;
    const place = new URLSearchParams({ host, language: language.get(), ...(url && { page: url }) });
    fetch(`/v1/widget/${box.key}/state?${place}`, { credentials: 'omit' })
      .then(async (response) => {
        const answer = (await response.json()) as WidgetStateAnswer;
        // An answer that a later question has overtaken is old.
        if (response.ok && mine === asked) heard(answer);
      })
      .catch(() => {
        // No network: the next round asks again.
      });
  }

  for (const one of [page, language]) one.watch(ask);
  document.addEventListener('visibilitychange', ask);
  addEventListener('online', ask);
  addEventListener('pageshow', (event) => event.persisted && ask());
  if (box.asks) ask();
  else plan();
  return ask;
}
