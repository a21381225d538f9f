import type { Problem } from '#protocol/errors.ts';
import type { Down } from '#protocol/down.ts';
import type { Up } from '#protocol/up.ts';
import type { OpenTransport } from './transport.ts';

/** Seconds that the server may keep a poll. */
const WAIT = 25;
const SEND_LIMIT = 50;
/** Keeps a server that always answers at once from being asked in a tight loop; ms. */
const PAUSE = 200;

/** What a poll with the present positions does as well. */
const answeredByPoll: Up['type'][] = ['hello', 'ping', 'conversation.follow', 'conversation.unfollow'];

type Answer = { frames: Down[] } | { problem: Partial<Problem>; status: number };

function closeCode(status: number): number {
  if (status === 401) return 4001;
  return status === 429 || status === 503 ? 1013 : 1006;
}

/** The line where WebSocket is blocked: a resume that waits, again and again, and commands beside it. */
export const openLongPoll: OpenTransport = ({ origin, hello, frame, closed, environment }) => {
  let ended = false;
  let waiting = new AbortController();
  const sending = new AbortController();

  async function post(path: string, body: object, signal: AbortSignal): Promise<Answer> {
    const response = await environment.fetch(`${origin}/v1/realtime/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'include',
      body: JSON.stringify(body),
      signal,
    });
    const answer = await response.json();
    return response.ok ? answer : { problem: answer, status: response.status };
  }

  function end(code: number): void {
    if (ended) return;
    close();
    closed(code);
  }

  function close(): void {
    ended = true;
    waiting.abort();
    sending.abort();
  }

  async function poll(wait: number): Promise<void> {
    waiting.abort();
    const mine = new AbortController();
    waiting = mine;
    const over = () => ended || waiting !== mine;
    for (let seconds = wait; !over(); seconds = WAIT) {
      const answer = await post('poll', { hello: hello(), wait: seconds }, mine.signal);
      if (over()) return;
      if ('problem' in answer) {
        const { code, detail: message = '' } = answer.problem;
        if (code === 'unsupported_protocol') frame({ type: 'refused', ref: null, code, message });
        end(closeCode(answer.status));
        return;
      }
      for (const each of answer.frames) if (!over()) frame(each);
      await new Promise<void>((resolve) => environment.setTimeout(resolve, PAUSE));
    }
  }

  function start(wait: number): void {
    const mine = poll(wait);
    const { signal } = waiting;
    mine.catch(() => {
      if (!signal.aborted) end(1006);
    });
  }

  async function say(frames: readonly Up[]): Promise<void> {
    const { token, operatorId } = hello();
    const answer = await post('send', { token, operatorId, frames }, sending.signal);
    if (ended) return;
    if ('frames' in answer) {
      for (const each of answer.frames) if (!ended) frame(each);
      return;
    }
    const { code, detail: message = '', after } = answer.problem;
    if (!code || answer.status === 401) return end(closeCode(answer.status));
    for (const each of frames) {
      if ('ref' in each) frame({ type: 'refused', ref: each.ref, code, message, after });
    }
  }

  start(0);
  return {
    close,
    send: (frames) => {
      const commands = frames.filter(({ type }) => !answeredByPoll.includes(type));
      // A ping wants to hear something now.
      if (commands.length < frames.length) start(frames.some(({ type }) => type === 'ping') ? 0 : WAIT);
      for (let from = 0; from < commands.length; from += SEND_LIMIT) {
        say(commands.slice(from, from + SEND_LIMIT)).catch(() => end(1006));
      }
    },
  };
};
