import type { Visit } from '#protocol/chatboxes.ts';
import type { Problem } from '#protocol/errors.ts';
import type { Store } from './store.ts';

// An access token lives 15 minutes. Counted from when it came, so that a wrong clock does no harm.
const ACCESS_MS = 13 * 60_000;

const REFRESH = 'refresh';
// Set while the cookie, which no script can remove, may still speak for somebody who has logged out.
const FORGET = 'forget';

/** Codes of protocol/errors.ts that a new access token mends. */
const EXPIRED: unknown[] = ['token_expired', 'not_signed_in'];

/** The server's refusal, or a network that failed (`status` 0). */
export class CallFailed extends Error {
  readonly status: number;
  readonly problem: Partial<Problem>;
  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? `request failed (${status})`);
    this.status = status;
    this.problem = problem;
  }
}

/** The visitor's tokens. They never leave the frame, and nothing is asked of the server before it is needed. */
export type Session = {
  /** Whether this browser has been here before. Costs no request; blocked storage says no. */
  isKnown: () => boolean;
  /** The visit, begun or continued. Throws `CallFailed`. */
  open: () => Promise<Visit>;
  /** A valid access token; `renew` when the server has refused the one at hand. */
  access: (renew?: boolean) => Promise<string>;
  /** POST as the visitor. Throws `CallFailed`. */
  post: (path: string, body: unknown) => Promise<unknown>;
  /** Goes on with a visit that the server has answered with; true if that is another visitor's. */
  goOn: (visit: Visit) => Promise<boolean>;
  /** Whoever uses this browser next is somebody else: everything of this box is removed. False if nobody was here. */
  forget: () => Promise<boolean>;
};

async function request(method: string, path: string, body: unknown, token?: string): Promise<unknown> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token) headers['authorization'] = `Bearer ${token}`;
  const sent = fetch(path, { method, headers, credentials: 'include', body: JSON.stringify(body) });
  const response = await sent.catch(() => {
    throw new CallFailed(0, {});
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new CallFailed(response.status, answer as Partial<Problem>);
  return answer;
}

export function createSession(key: string, store: Store): Session {
  let opening: Promise<Visit> | undefined;
  let openedAt = 0;
  let fresh = store.get(FORGET) !== undefined;

  function adopt(visit: Visit): Visit {
    store.set(REFRESH, visit.refresh);
    openedAt = Date.now();
    opening = Promise.resolve(visit);
    return visit;
  }

  async function begin(): Promise<Visit> {
    // An empty token is nobody's: the visit is new whatever the cookie says, and replaces it.
    const refresh = fresh ? '' : store.get(REFRESH);
    const visit = (await request('POST', '/v1/visitor/session', { key, refresh })) as Visit;
    fresh = false;
    store.remove(FORGET);
    return adopt(visit);
  }

  function open(renew = false): Promise<Visit> {
    if (renew || Date.now() - openedAt > ACCESS_MS) {
      openedAt = Date.now();
      opening = begin();
      // The next call tries again.
      opening.catch(() => {
        openedAt = 0;
      });
    }
    return opening as Promise<Visit>;
  }

  const access = async (renew = false) => (await open(renew)).access;

  async function post(path: string, body: unknown): Promise<unknown> {
    try {
      return await request('POST', path, body, await access());
    } catch (error) {
      if (!EXPIRED.includes((error as CallFailed).problem?.code)) throw error;
      return request('POST', path, body, await access(true));
    }
  }

  return {
    isKnown: () => store.get(REFRESH) !== undefined,
    open: () => open(),
    access,
    post,
    async goOn(visit) {
      const before = await open();
      const other = before.visitorId !== visit.visitorId;
      if (other) for (const name of store.names('')) store.remove(name);
      adopt(visit);
      return other;
    },
    async forget() {
      const known = opening !== undefined || store.get(REFRESH) !== undefined;
      fresh = true;
      if (!known) return false;
      // A visit that is just beginning must not be stored afterwards.
      await opening?.catch(() => {});
      for (const name of store.names('')) store.remove(name);
      store.set(FORGET, '1');
      await begin().then(
        () => store.remove(REFRESH),
        () => {
          // No network: the next visit will be a new one, as noted.
        },
      );
      return true;
    },
  };
}
