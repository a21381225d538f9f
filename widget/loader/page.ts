import type { SeenPage } from '../port.ts';

// Routers set the title after they have changed the address.
const SETTLE_MS = 400;

/** The page as the visitor sees it now. */
export const seenPage = (): SeenPage => ({ url: location.href, title: document.title });

/** Calls `changed` when a single-page application has gone to another page; never polls. */
export function watchPage(changed: (page: SeenPage) => void): void {
  let last = location.href;
  const report = () => {
    const page = seenPage();
    if (page.url !== last) changed(page);
    last = page.url;
  };
  const look = () => setTimeout(report, SETTLE_MS);
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (...args) {
      original.apply(this, args);
      look();
    };
  }
  addEventListener('popstate', look);
}
