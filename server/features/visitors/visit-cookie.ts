const DAYS = 180;

/** One cookie per chatbox: a browser may visit sites of several accounts on one chat origin. */
export const cookieName = (key: string): string => `__Host-foyer-visitor-${key}`;

/** CHIPS: the cookie belongs to the customer's site in which the frame stands, so third-party blocking lets it live. */
export const setCookie = (name: string, value: string): string =>
  `${name}=${value}; Path=/; Max-Age=${DAYS * 86_400}; Secure; HttpOnly; SameSite=None; Partitioned`;

export function cookieOf(headers: Headers, name: string): string | undefined {
  for (const pair of (headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
