import type { BrowserContext } from '@playwright/test';

/** What could be overheard of what browsers say, and the tokens that nobody may find in it. */
export type Wiretap = {
  /** Access and refresh tokens of visitors that were sent in bodies, headers and frames. */
  tokens: Set<string>;
  /** Addresses and referrers, of requests and sockets. */
  overheard: string[];
};

export const newWiretap = (): Wiretap => ({ tokens: new Set(), overheard: [] });

const WORN = /"(?:token|refresh|access)":"([^"]{20,})"|^Bearer (\S{20,})$/g;

/** Listens to every page and frame of the browser from now on. */
export function tap(context: BrowserContext, { tokens, overheard }: Wiretap): void {
  const find = (text: string) => {
    for (const [, named, bearer] of text.matchAll(WORN)) tokens.add(named ?? bearer ?? '');
  };
  context.on('request', (request) => {
    const { referer = '', authorization = '' } = request.headers();
    overheard.push(request.url(), referer);
    find(authorization);
    find(request.postData() ?? '');
  });
  context.on('page', (page) =>
    page.on('websocket', (socket) => {
      overheard.push(socket.url());
      socket.on('framesent', ({ payload }) => find(String(payload)));
    }),
  );
}

/** Every line that has a token in it. */
export function leaksOf({ tokens, overheard }: Wiretap, log: readonly string[]): string[] {
  return [...overheard, ...log].filter((line) => [...tokens].some((token) => line.includes(token)));
}
