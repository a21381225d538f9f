import { pollAnswer, pollRequest, sendRequest } from '#protocol/session.ts';
import type { Hello } from '#protocol/session.ts';
import type { Down } from '#protocol/down.ts';
import { route, type RequestInfo, type Route } from '../http/route.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { Connection, type Dispatch } from './connection.ts';

/** After the first news, more that is on its way rides along. */
const LINGER_MS = 20;

type Settings = { dispatch: Dispatch; log: Logger; metrics: Metrics };

/**
 * The same frames where WebSocket is blocked (realtime.md 5). A poll is the resume that waits: it needs no memory
 * between two requests and no sticky sessions.
 */
export function longPollRoutes(settings: Settings): Route[] {
  return [
    route({
      on: 'both',
      method: 'POST',
      path: '/v1/realtime/poll',
      who: 'public',
      body: pollRequest,
      answer: pollAnswer,
      handle: async ({ body, request }) => ({ frames: await poll(settings, body.hello, body.wait, request) }),
    }),
    route({
      on: 'both',
      method: 'POST',
      path: '/v1/realtime/send',
      who: 'public',
      // Every request is a line of its own with its own burst, so the requests are what is counted.
      perMinute: 240,
      body: sendRequest,
      answer: pollAnswer,
      handle: async ({ body: { frames, token, operatorId }, request }) => ({
        frames: await answer(settings, frames, { token, operatorId }, request),
      }),
    }),
  ];
}

async function poll(settings: Settings, hello: Hello, wait: number, request: RequestInfo): Promise<Down[]> {
  const frames: Down[] = [];
  let wake: () => void = () => undefined;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  let greeted = false;
  // A place in the queue is told behind every hello: it rides along, or each poll would end at once.
  const connection = open(
    settings,
    request,
    (frame) => {
      frames.push(frame);
      if (greeted ? frame.type !== 'queue' : isNews(frame)) wake();
    },
    wake,
  );
  try {
    await connection.receive(JSON.stringify(hello));
    greeted = true;
    const timer = setTimeout(wake, wait * 1000);
    request.signal.addEventListener('abort', wake);
    await woken;
    clearTimeout(timer);
    if (!connection.closed) await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
    return frames;
  } finally {
    connection.ended();
  }
}

/** Of what a hello is answered with: whether the client learns something by it. */
function isNews(frame: Down): boolean {
  if (frame.type === 'entries') return frame.entries.length > 0 || frame.conversation !== undefined;
  if (frame.type === 'changes') return frame.to > frame.from || frame.from === 0;
  return frame.type === 'refused' || frame.type === 'gone';
}

async function answer(
  settings: Settings,
  messages: unknown[],
  credential: Pick<Hello, 'token' | 'operatorId'>,
  request: RequestInfo,
): Promise<Down[]> {
  const frames: Down[] = [];
  const connection = open(
    settings,
    request,
    (frame) => frames.push(frame),
    () => undefined,
  );
  try {
    const hello: Partial<Hello> = { ...credential, positions: { conversations: {} } };
    connection.onlyAnswers = true;
    await connection.receive(JSON.stringify({ type: 'hello', protocol: 1, ...hello }));
    await Promise.all(messages.map((message) => connection.receive(JSON.stringify(message))));
    return frames.filter(({ type }) => type === 'done' || type === 'refused' || type === 'visitors');
  } finally {
    connection.ended();
  }
}

function open(
  { dispatch, log, metrics }: Settings,
  request: RequestInfo,
  send: (frame: Down) => void,
  close: () => void,
): Connection {
  return new Connection({
    transport: { send: (text) => send(JSON.parse(text) as Down), close, buffered: () => 0 },
    listener: request.listener,
    cookie: request.headers.get('cookie'),
    browser: request.headers.get('user-agent'),
    ip: request.ip,
    dispatch,
    log,
    metrics,
  });
}
