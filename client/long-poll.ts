import type { Problem } from '#protocol/errors.ts';
import type { Down } from '#protocol/down.ts';
import type { Up } from '#protocol/up.ts';
import type { OpenTransport } from './transport.ts';

/** Seconds that the server may keep a poll. */
const WAIT = 25;
const SEND_LIMIT = 50;
const PAUSE = 50;
/** Keeps a server that answers at once with nothing from being asked in a tight loop. */
const IDLE_PAUSE = 1000;

type Answer = { frames: Down[] } | { problem: Partial<Problem>; status: number };

function closeCode(status: number): number {
  if (status === 401) return 4001;
  return status === 429 || status === 503 ? 1013 : 1006;
}

/** The line where WebSocket is blocked: a resume that waits, again and again, and commands beside it. */
export const openLongPoll: OpenTransport = ({ origin, hello, frame, closed, environment }) => {
  const { now, setTimeout } = environment;
  let ended = false;
  let waiting = new AbortController();
  const sending = new AbortController();
  let held = '';

  const following = () => Object.keys(hello().positions.conversations).join();

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
      const began = now();
      held = following();
      const answer = await post('poll', { hello: hello(), wait: seconds }, mine.signal);
      if (over()) return;
      if ('problem' in answer) {
        const { code, detail: message = '' } = answer.problem;
        if (code === 'unsupported_protocol') frame({ type: 'refused', ref: null, code, message });
        end(closeCode(answer.status));
        return;
      }
      for (const each of answer.frames) if (!over()) frame(each);
      const idle = seconds > 0 && answer.frames.length < 2 && now() - began < IDLE_PAUSE;
      await new Promise<void>((resolve) => setTimeout(resolve, idle ? IDLE_PAUSE : PAUSE));
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
      // The poll that waits does not know of a thread that has just been brought.
      if (!ended && following() !== held) start(WAIT);
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
      const said = frames.filter(({ type }) => type !== 'hello' && type !== 'ping');
      if (said.length < frames.length) start(0);
      for (let from = 0; from < said.length; from += SEND_LIMIT) {
        say(said.slice(from, from + SEND_LIMIT)).catch(() => end(1006));
      }
    },
  };
};
