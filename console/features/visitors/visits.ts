import type { SiteVisit } from '#protocol/visitors.ts';

/** Most visits that a server shows (protocol/visitors.ts). */
export const VISITS_LIMIT = 5000;

export const nameOf = ({ visitor }: SiteVisit): string | null => visitor?.name ?? visitor?.email ?? null;

/** The page that is open now. */
export const pageOf = ({ pages }: SiteVisit): SiteVisit['pages'][number] | undefined => pages.at(-1);

/** Host and path, as people read addresses; whatever is no address stays as it is. */
export function shortAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname } = new URL(url);
  return `${host}${pathname === '/' ? '' : pathname}`;
}

/** `search.example`; null for none. */
export function referrerHost(referrer: string | null): string | null {
  if (referrer === null || !URL.canParse(referrer)) return referrer;
  return new URL(referrer).host;
}

/** Those that have every word of `search` somewhere, newest first. */
export function found(visits: ReadonlyMap<string, SiteVisit>, search: string): SiteVisit[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (visit: SiteVisit) => {
    const { visitor, referrer, language, conversation } = visit;
    const said = [visitor?.name, visitor?.email, referrer, language, conversation?.operator?.name];
    const text = [...said, ...visit.pages.flatMap(({ url, title }) => [url, title])].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const all = [...visits.values()];
  return (words.length > 0 ? all.filter(fits) : all).toSorted((a, b) => b.since.localeCompare(a.since));
}
