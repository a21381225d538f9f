import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { ZodMiniType } from 'zod/mini';
import { problem } from '#protocol/errors.ts';
import type { Route } from '../core/http/route.ts';
import type { Logger } from '../core/logger.ts';
import type { AllLimits } from '../core/realtime/connection.ts';
import { longPollRoutes } from '../core/realtime/long-poll.ts';
import { allRoutes, dispatchOf } from '../features.ts';
import { testServer, type TestServer } from './database.ts';
import { sampleOf } from './samples.ts';
import { call, type Answer, type Speaker } from './speakers.ts';
import { makeWorld, type World } from './world.ts';

/** One server for the file that tries its boundary: there from `openBoundary` on. */
export let server: TestServer;
export let world: World;
export let routes: Route[];
/** What was rejected and handled by nobody. */
export const mishaps: unknown[] = [];
const onMishap = (error: unknown): void => void mishaps.push(error);

/** Behind a proxy on this machine, so that a request may say from which address it comes. */
export async function openBoundary(limits?: AllLimits, logger?: Logger): Promise<void> {
  server = await testServer({ FOYER_TRUSTED_PROXIES: '127.0.0.1' }, limits, logger);
  const { context } = server;
  world = await makeWorld(context, 'canary');
  routes = [
    ...(await allRoutes(context)),
    ...longPollRoutes({ dispatch: dispatchOf(context), log: context.logger, metrics: context.metrics }),
  ];
  process.on('unhandledRejection', onMishap);
}

export async function closeBoundary(): Promise<void> {
  process.off('unhandledRejection', onMishap);
  await server[Symbol.asyncDispose]();
}

export const listenerOf = ({ on }: Route): 'console' | 'chat' => (on === 'chat' ? 'chat' : 'console');
export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
export const bodied = (): Route[] => routes.filter(({ body }) => body);

export function speakerFor({ who, on }: Route): Pick<Speaker, 'headers'> {
  if (who === 'public') return { headers: { origin: on === 'chat' ? server.url.chat : server.url.console } };
  return who === 'visitor' ? world.visitor : world.administrator;
}

/** Every request from an address of its own, so that no limit stands between the input and the code. */
export const address = (): string => [10, ...randomBytes(3)].join('.');
export const sample = (schema: ZodMiniType | undefined): Record<string, unknown> =>
  schema ? sampleOf(schema) : {};
export const pathOf = (route: Route, params: Record<string, unknown> = sample(route.params)): string => {
  const query = new URLSearchParams(
    Object.entries(sample(route.query)).map(([key, value]) => [key, String(value)]),
  ).toString();
  return (
    route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params[key]))) +
    (query && `?${query}`)
  );
};

export function send(
  route: Route,
  {
    path = pathOf(route),
    body,
    headers = {},
  }: { path?: string; body?: unknown; headers?: Record<string, string> },
): Promise<Answer> {
  const all = { ...speakerFor(route).headers, 'x-forwarded-for': address(), ...headers };
  return call(server, listenerOf(route), route.method, path, {
    headers: all,
    ...(body !== undefined && { body }),
  });
}

/** Below 500; every refusal is a problem with a known code and a sentence, cached by nobody. */
export function assertProper(answer: Answer, what: string): void {
  assert.ok(answer.status < 500, `${what}: ${answer.status} ${answer.text}`);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', what);
  if (answer.status < 400) return;
  assert.match(answer.type, /^application\/problem\+json/, what);
  const { status, code, detail } = problem.parse(answer.json);
  assert.equal(status, answer.status);
  assert.notEqual(code, 'internal');
  assert.match(detail, /^\S.{5,}[.!?)]$/s, `${what}: "${detail}" is no sentence`);
  assert.equal(answer.headers.get('cache-control'), 'no-store', what);
}

export const at = (value: unknown, place: string[]): unknown =>
  place.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);

export async function raw(route: Route, body: string | Buffer): Promise<Answer> {
  const url = `http://127.0.0.1:${server.ports[listenerOf(route)]}${pathOf(route)}`;
  const headers = {
    ...speakerFor(route).headers,
    'x-forwarded-for': address(),
    'content-type': 'application/json',
  };
  const response = await fetch(url, {
    method: route.method,
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text,
    json: JSON.parse(text),
    headers: response.headers,
  };
}
