import { createListener, type Listener } from '../core/http/listener.ts';
import type { Route } from '../core/http/route.ts';
import type { Context } from '../context.ts';
import { authenticateOf } from '../features.ts';

export type Answer = { status: number; body: unknown; headers: Record<string, unknown> };

export type ConsoleHttp = {
  /** One request as our own page sends it; `headers` win. */
  ask: (
    method: Route['method'],
    path: string,
    options?: { body?: object; headers?: Headers | Record<string, string> },
  ) => Promise<Answer>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** The console's listener with these routes, asked without a network. */
export function consoleHttp(context: Context, routes: readonly Route[]): ConsoleHttp {
  const { logger: log, metrics, config } = context;
  const settings = { name: 'console' as const, url: config.console.url, trusted: () => false, log, metrics };
  const app: Listener = createListener({ ...settings, routes, authenticate: authenticateOf(context) });
  return {
    ask: async (method, path, { body, headers = {} } = {}) => {
      const all = { origin: config.console.url, ...Object.fromEntries(new Headers(headers)) };
      const answer = await app.inject({ method, url: path, headers: all, ...(body && { payload: body }) });
      return {
        status: answer.statusCode,
        body: answer.body === '' ? undefined : answer.json(),
        headers: answer.headers,
      };
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}
