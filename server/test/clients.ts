import { WebSocket } from 'ws';
import type { Visit } from '#protocol/chatboxes.ts';
import type { Client } from '#client/client.ts';
import { createClient } from '#client/create-client.ts';
import { memoryStorage } from '#client/ref.ts';
import type { Environment } from '#client/environment.ts';
import type { OperatorActor } from '../core/actor.ts';
import type { Serving } from './database.ts';
import { PASSWORD } from './factories.ts';

/** Signs in over HTTP as a browser does; returns the cookies. */
export async function signIn(server: Serving, operator: OperatorActor): Promise<string> {
  const answer = await fetch(`${server.url.console}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url.console },
    body: JSON.stringify({ email: `${operator.operatorId}@example.com`, password: PASSWORD }),
  });
  if (answer.status !== 200) throw new Error(`signing in failed: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

/** The console's own client core against the real server. */
export async function operatorClient(
  server: Serving,
  operator: OperatorActor,
  cookie?: string,
): Promise<Client> {
  const { console: origin } = server.url;
  const headers = { cookie: cookie ?? (await signIn(server, operator)), origin };
  const credential = async () => ({ operatorId: operator.operatorId });
  return createClient({ origin, credential, storage: memoryStorage() }, withHeaders(headers));
}

export async function openVisit(server: Pick<Serving, 'url'>, key: string, refresh?: string): Promise<Visit> {
  const answer = await fetch(`${server.url.chat}/v1/visitor/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url.chat },
    body: JSON.stringify({ key, ...(refresh !== undefined && { refresh }) }),
  });
  if (answer.status !== 200) throw new Error(`the visit was refused: ${await answer.text()}`);
  return (await answer.json()) as Visit;
}

/** The widget's own client core against the real server. */
export function visitorClient(server: Serving, visit: Visit): Client {
  const { chat: origin } = server.url;
  const credential = async () => ({ token: visit.access });
  return createClient({ origin, credential, storage: memoryStorage() }, withHeaders({ origin }));
}

/**
 * A browser whose server may move: `reach` says, for each request, the address and the headers of the moment. A browser
 * sends such headers by itself; Node's own socket cannot be told to.
 */
export function movingEnvironment(
  origin: string,
  reach: () => { origin: string; headers: Record<string, string> },
): Pick<Environment, 'WebSocket' | 'fetch'> {
  const moved = (url: string, now: string) => url.replace(new URL(origin).host, new URL(now).host);
  class Socket extends WebSocket {
    constructor(url: string, protocol: string) {
      const { origin: now, headers } = reach();
      super(moved(url, now), protocol, { headers });
      // In a browser an error that nobody hears is nothing; the close that follows says enough.
      this.on('error', () => undefined);
    }
  }
  // The client gives addresses as text.
  const send: typeof fetch = (url, init) => {
    const { origin: now, headers } = reach();
    return fetch(moved(url as string, now), {
      ...init,
      headers: { ...headers, 'content-type': 'application/json' },
    });
  };
  return { WebSocket: Socket as unknown as Environment['WebSocket'], fetch: send };
}

const withHeaders = (headers: Record<string, string> & { origin: string }): Partial<Environment> =>
  movingEnvironment(headers.origin, () => ({ origin: headers.origin, headers }));

/** Resolves when `test` holds; rejects with what it says after `ms`. */
export async function until(what: string | (() => string), test: () => boolean, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!test()) {
    if (performance.now() > end)
      throw new Error(`waited in vain for: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
