import { isIPv4 } from 'node:net';
import { Refusal } from '../../core/errors.ts';
import { hostOf } from '../accounts/host-of.ts';

/** What the address of a URL rule says, in parts; null: anything. */
export type Address = {
  scheme: 'http:' | 'https:' | null;
  /** Lower case, punycode, no dot at the end. */
  host: string;
  /** `*.` before the host: every name below it, not itself. */
  below: boolean;
  port: string | null;
  /** Decoded segments. */
  path: string[];
  /** Decoded `name=value` pairs, sorted, each once. */
  query: string[];
};

const refuse = (sentence: string) => new Refusal('invalid', sentence, { fields: { address: sentence } });

/**
 * Reads the address of a URL rule (OP-09): `[http:// or https://]host[:port][/path][?query]`. A page matches it when
 * every part that is given fits:
 *
 * - scheme: none means http and https. Pages without a web address (file:) match no rule.
 * - host: `shop.example` is that host and its `www.` twin, as a registered domain is; `www.shop.example` is only itself;
 *   `*.shop.example` is every name below it, at any depth, and not `shop.example`. Capitals and a dot at the end do not
 *   matter; other scripts and their punycode are the same.
 * - port: none means any. One that is given is compared with the port that is really used (443 for https, 80 for http).
 * - path: a prefix by whole segments. `/shop` is `/shop`, `/shop/` and `/shop/x`, not `/shopping`. Capitals count.
 *   Empty segments do not; `.` and `..` are resolved; `%41` is `A`, but `%2F` divides no segments.
 * - query: none means any. Each pair that is given must be among the page's, which may have others, in any order.
 * - fragment: ignored.
 *
 * Throws `invalid` with a sentence that helps.
 */
export function parseAddress(text: string): Address {
  const [, schemeText = '', star = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/|\/\/)?(\*\.)?(.*)$/is.exec(text.trim()) ?? [];
  if (/^[/\\]/.test(rest)) throw refuse('Please begin with the host, such as example.com/shop.');
  const host = hostOf(schemeText + rest, 'address');
  if (star !== '' && isIPv4(host)) throw refuse('A star goes before a name, such as *.example.com.');
  // A default port is invisible in a URL of its own scheme, not in one of the other.
  const plain = URL.parse(`http://${rest}`);
  const secure = URL.parse(`https://${rest}`);
  if (!plain || !secure) throw refuse('This is not the address of a site or page, such as example.com/shop.');
  const scheme = schemeText.length > 2 ? schemeText.slice(0, -2).toLowerCase() : null;
  return {
    scheme: scheme === 'http:' || scheme === 'https:' ? scheme : null,
    host,
    below: star !== '',
    port: plain.port || secure.port || null,
    path: segmentsOf(plain),
    query: [...new Set(pairsOf(plain))].toSorted(),
  };
}

/** The one way to write an address: two that match the same pages by the same parts have the same text. */
export function formatAddress({ scheme, host, below, port, path, query }: Address): string {
  const segments = path.map((segment) => `/${encodeURI(segment).replace(/[/?#]/g, encodeURIComponent)}`);
  return [
    scheme === null ? '' : `${scheme}//`,
    below ? '*.' : '',
    host,
    port === null ? '' : `:${port}`,
    ...segments,
    query.length > 0 ? `?${query.join('&')}` : '',
  ].join('');
}

/** The address of a page in the parts that rules compare; null when no rule can match it. Linear, never throws. */
export type Page = {
  scheme: string;
  host: string;
  port: string;
  path: string[];
  query: ReadonlySet<string>;
};

export function parsePage(text: string): Page | null {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  return {
    scheme: url.protocol,
    host: url.hostname.replace(/\.$/, ''),
    port: url.port || (url.protocol === 'https:' ? '443' : '80'),
    path: segmentsOf(url),
    query: new Set(pairsOf(url)),
  };
}

export function matchesAddress(address: Address, page: Page): boolean {
  return (
    (address.scheme === null || address.scheme === page.scheme) &&
    (address.port === null || address.port === page.port) &&
    hostMatches(address, page.host) &&
    address.path.every((segment, index) => page.path[index] === segment) &&
    address.query.every((pair) => page.query.has(pair))
  );
}

/** A page on one of these hosts that the address matches; null when it matches none there. */
export function pageOf(address: Address, hosts: readonly string[]): string | null {
  const host = hosts.find((one) => hostMatches(address, one));
  if (host === undefined) return null;
  return formatAddress({ ...address, scheme: address.scheme ?? 'https:', below: false, host });
}

/**
 * Orders addresses, the most specific first: a host before `*.`, then more labels, more segments, more pairs, a port, a
 * scheme; the alphabet at last. An address whose pages are all pages of another comes before that one.
 */
export function compareSpecificity(a: Address, b: Address): number {
  const [first, second] = [rank(a), rank(b)];
  const unequal = first.findIndex((one, index) => one !== second[index]);
  if (unequal >= 0) return (second[unequal] ?? 0) - (first[unequal] ?? 0);
  const [left, right] = [formatAddress(a), formatAddress(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const rank = ({ below, host, path, query, port, scheme }: Address): number[] => [
  below ? 0 : 1,
  host.split('.').length,
  path.length,
  query.length,
  port === null ? 0 : 1,
  scheme === null ? 0 : 1,
];

function hostMatches({ host, below }: Address, of: string): boolean {
  if (below) return of.endsWith(`.${host}`);
  return of === host || of === `www.${host}`;
}

const segmentsOf = ({ pathname }: URL): string[] =>
  pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);

/** What is no percent-encoded UTF-8 stays as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const pairsOf = ({ searchParams }: URL): string[] =>
  [...searchParams].map((pair) => new URLSearchParams([pair]).toString());
