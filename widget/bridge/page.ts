import type { Page } from '#protocol/entries.ts';

const LONGEST_URL = 2048;
const LONGEST_TITLE = 300;

/** What the server accepts as the visitor's page; null for `about:`, `blob:` and whatever is no page. */
export function toPage(seen: unknown): Page | null {
  const { url, title } = (seen ?? {}) as { url?: unknown; title?: unknown };
  if (typeof url !== 'string' || !/^(?:https?|file):/.test(url)) return null;
  const text = typeof title === 'string' ? title.replaceAll('\0', '') : '';
  const short = url.length > LONGEST_URL ? url.split(/[?#]/)[0] : url;
  if (!short || short.length > LONGEST_URL) return null;
  return { url: short, title: text.slice(0, LONGEST_TITLE) };
}
