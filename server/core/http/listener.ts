import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ZodMiniType } from 'zod/mini';
import { problemOf, Refusal, refusalFrom } from '../errors.ts';
import { concealing, type Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { parse } from '../parse.ts';
import { addressKey, RateLimit, tooFast } from '../rate-limit.ts';
import { Reply, type Actors, type RequestInfo, type Route, type Who } from './route.ts';

/** Finds out who asks, from credentials alone. Throws `not_signed_in`, `not_allowed` and the like. */
export type Authenticate = { [W in Exclude<Who, 'public'>]: (headers: Headers) => Promise<Actors[W]> };

export type ListenerSettings = {
  name: 'console' | 'chat';
  /** Its own origin: the only one that unsafe requests may come from. */
  url: string;
  trusted: (address: string) => boolean;
  routes: readonly Route[];
  authenticate: Authenticate;
  log: Logger;
  metrics: Metrics;
};

export type Listener = FastifyInstance<Server>;

/** Makes one HTTP listener with its routes; static files and the socket are added by the caller. */
export function createListener(settings: ListenerSettings): Listener {
  const app: Listener = fastify({
    logger: false,
    trustProxy: settings.trusted,
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    http: {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      // How often the two above are looked after; Node's own is 30 s, which would quadruple the first.
      connectionsCheckingInterval: 2000,
      maxHeaderSize: 16 * 1024,
    },
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
    clientErrorHandler: refuseNonsense,
    frameworkErrors: (error, request, reply) => void sendRefusal(settings, error, request, reply),
  });
  // The rest is not read, so a header that we need must not hide behind a heap of others.
  app.server.maxHeadersCount = 100;
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, request, reply) => sendRefusal(settings, error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendRefusal(settings, new Refusal('not_found', 'There is nothing at this address.'), request, reply),
  );
  app.addHook('onResponse', async (request, reply) => {
    const path = request.routeOptions.url ?? 'none';
    settings.metrics.request(settings.name, path, reply.statusCode, reply.elapsedTime / 1000);
  });
  for (const route of settings.routes) {
    if (route.on === settings.name || route.on === 'both') addRoute(app, settings, route);
  }
  return app;
}

function addRoute(app: Listener, settings: ListenerSettings, route: Route): void {
  const perMinute = route.perMinute ?? 600;
  const limit = new RateLimit({ perMinute, burst: Math.max(5, Math.ceil(perMinute / 4)) });
  app.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      const { raw } = request;
      // Whoever has hung up already has no address any more, and hears no answer.
      const ip = (request.ip as string | undefined) ?? '';
      const after = limit.take(addressKey(ip));
      if (after > 0) throw tooFast(after);
      if (route.method !== 'GET') checkOrigin(raw, settings.url);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const info: RequestInfo = { ip, headers: headersOf(raw), listener: settings.name, signal: gone.signal };
      const actor = route.who === 'public' ? undefined : await settings.authenticate[route.who](info.headers);
      const input = {
        actor,
        params: checked(route.params, request.params),
        query: checked(route.query, request.query),
        body: checked(route.body, request.body),
        request: info,
      };
      const answer = await route.handle(input);
      const full = answer instanceof Reply ? answer : new Reply(answer === undefined ? 204 : 200, answer);
      void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
      for (const [name, value] of full.headers) void reply.header(name, value);
      return reply.code(full.status).send(full.body);
    },
  });
}

const checked = (schema: ZodMiniType | undefined, input: unknown): unknown =>
  schema ? parse(schema, input === undefined ? {} : input) : undefined;

/**
 * Unsafe requests come from our own pages only (threats.md C7). A missing Origin is refused too: every browser sends
 * it with them.
 */
export function checkOrigin(request: IncomingMessage, url: string): void {
  if (request.headers.origin === url) return;
  throw new Refusal(
    'wrong_origin',
    `This Foyer answers at ${url}. Please open that address (or set its URL in the configuration).`,
  );
}

export function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) headers.append(name, one);
  }
  return headers;
}

/** Fastify's own errors: what the client did wrong with the request as such. */
const requestErrors: Record<string, Refusal> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new Refusal('too_large', 'The request is too large. Send at most 64 kB.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Refusal(
    'wrong_media_type',
    'Please send JSON (content-type: application/json).',
  ),
  FST_ERR_CTP_EMPTY_JSON_BODY: new Refusal('invalid', 'The body is empty. Please send a JSON object.'),
  FST_ERR_CTP_INVALID_JSON_BODY: new Refusal('invalid', 'The body is not valid JSON.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Refusal(
    'invalid',
    'The length of the body is not what was announced.',
  ),
  FST_ERR_BAD_URL: new Refusal('invalid', 'The address is not valid.'),
  FST_ERR_MAX_PARAM_LENGTH: new Refusal('invalid', 'The address is too long.'),
};

/** What could not even be read as a request: there is none to answer, only a socket. */
function refuseNonsense(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const refusal = tooLarge
    ? new Refusal('too_large', 'The headers are too large. Send at most 16 kB of them.')
    : new Refusal('invalid', 'This is not a complete HTTP request.');
  const problem = problemOf(refusal);
  const body = JSON.stringify(problem);
  const head = `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${head}\r\n\r\n${body}`);
}

function sendRefusal(
  settings: ListenerSettings,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const known =
    requestErrors[code] ?? (status < 500 ? new Refusal('invalid', 'The request is not valid.') : undefined);
  const { refusal, ours } = known ? { refusal: known, ours: false } : refusalFrom(error);
  if (ours) {
    const { body, headers, method, routeOptions } = request;
    const line = { err: error, method, path: routeOptions.url };
    concealing(settings.log, { body, headers }).error(line, 'a request failed');
  }
  const problem = problemOf(refusal);
  if (problem.after !== undefined) void reply.header('retry-after', String(Math.ceil(problem.after)));
  return reply
    .code(problem.status)
    .headers({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .send(JSON.stringify(problem));
}
