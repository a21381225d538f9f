import { uuidv7 } from '#client/ref.ts';
import type { AnnouncedPage, AnnouncePage } from '#protocol/visitors.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { invitation } from './invitation.ts';

const WAIT_SECONDS = 20;
/** What the server takes as a language; a browser may say more, such as its calendar. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

/** This document; nothing of it is stored. */
const tab = uuidv7();
let refuses = false;
let begun = false;

/** How long the present page has been open, in seconds; a page of a single-page application begins when it is come to. */
function watchAge({ page }: Bridge): () => number {
  let since = 0;
  page.watch(() => {
    since = performance.now();
  });
  return () => Math.min(604_800, Math.round((performance.now() - since) / 1000));
}

/**
 * Tells which page is in front of the visitor while an operator looks at the visitors (OC-11), and hears of an
 * invitation by the answer (VI-10). One request waits at a time; its end says that the page is left. Idempotent.
 */
export function announcePages(bridge: Bridge): void {
  if (begun) return;
  begun = true;
  const { box, page, session, service, talking, referrer } = bridge;
  const age = watchAge(bridge);
  let asking: AbortController | undefined;

  async function ask(signal: AbortSignal): Promise<AnnouncedPage> {
    const now = page.get();
    if (!now) return { watched: false, invitation: null };
    const said: AnnouncePage = {
      tab,
      page: now,
      referrer: referrer.length > 2048 ? null : referrer || null,
      language: LANGUAGE.test(navigator.language) ? navigator.language.slice(0, 35) : null,
      seconds: age(),
      shown: invitation.get()?.id ?? null,
      refuses,
      wait: WAIT_SECONDS,
    };
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (session.isKnown()) headers['authorization'] = `Bearer ${await session.access()}`;
    const path = `/v1/widget/${box.key}/visits`;
    const sent = { method: 'POST', headers, body: JSON.stringify(said), signal } as const;
    const response = await fetch(path, { ...sent, credentials: 'omit' });
    if (!response.ok) throw new Error(`announcing the page failed (${response.status})`);
    return (await response.json()) as AnnouncedPage;
  }

  async function run(): Promise<void> {
    asking?.abort();
    asking = undefined;
    if (!service.get().watched || document.visibilityState !== 'visible') return;
    const mine = (asking = new AbortController());
    while (asking === mine) {
      try {
        const answer = await ask(mine.signal);
        if (asking !== mine) return;
        // What is being shown stays while nobody looks: the visitor may still answer it.
        if (answer.watched) invitation.set(refuses ? null : same(answer.invitation));
        if (!answer.watched) break;
      } catch {
        break;
      }
    }
    // The next look at the state says whether to begin again.
    if (asking === mine) asking = undefined;
  }

  const same = (news: AnnouncedPage['invitation']) =>
    news?.id === invitation.get()?.id ? invitation.get() : news;
  const again = () => void run();
  for (const one of [talking, page]) one.watch(again);
  service.watch(() => {
    if (!asking) again();
  });
  document.addEventListener('visibilitychange', again);
  invitation.watch(() => {
    if (invitation.get())
      import('./invite.tsx').then(
        (all) =>
          all.showInvitation(bridge, () => {
            refuses = true;
          }),
        console.warn,
      );
  });
  again();
}
