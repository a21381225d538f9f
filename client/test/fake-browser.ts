import type { Down } from '#protocol/down.ts';
import type { Hello } from '#protocol/session.ts';
import type { Up } from '#protocol/up.ts';
import type { Environment, PageEvent, Socket } from '../environment.ts';
import { HEARTBEAT, isNews, type FakeServer, type Party } from './fake-server.ts';

/** One browser on a network that misbehaves as `server.faults` says: its sockets, its requests, its page. */
export function createFakeBrowser(server: FakeServer) {
  const { clock, faults, greet, head, identify, later, obey, parties, random } = server;
  let polls = 0;
  let listener: ((event: PageEvent) => void) | null = null;

  /** The browser's side of one socket. */
  function connect(): Socket {
    const socket: Socket = { onopen: null, onmessage: null, onclose: null, send: () => {}, close: () => {} };
    let party: Party | null = null;
    let ended = false;
    // One queue in each direction: TCP keeps the order.
    let upAt = 0;
    let downAt = 0;
    const inOrder = (at: number, run: () => void): number => {
      const when = Math.max(at, clock.now() + 1 + random() * 40);
      clock.setTimeout(run, when - clock.now());
      return when;
    };
    const end = (code: number, heard: boolean) => {
      if (ended) return;
      ended = true;
      if (party) parties.delete(party);
      // A half-open line ends silently.
      if (heard) later(() => socket.onclose?.call(null as never, { code } as CloseEvent));
    };
    const push = (frames: Down[]) => {
      if (ended) return;
      for (const frame of frames) {
        downAt = inOrder(downAt, () => {
          if (!ended) socket.onmessage?.call(null as never, { data: JSON.stringify(frame) } as MessageEvent);
        });
      }
    };
    const beat = () => {
      if (ended || !party) return;
      push([head(party)]);
      later(beat, HEARTBEAT * 800, HEARTBEAT * 1200);
    };
    const hear = (frame: Up) => {
      if (ended || faults.down) return;
      if (frame.type === 'hello') {
        const actor = identify(frame);
        if (!actor) return end(4001, true);
        if (!party) {
          party = { actor, follows: new Set(), push, cut: (code) => end(code, code !== 0) };
          parties.add(party);
          later(beat, HEARTBEAT * 800, HEARTBEAT * 1200);
        }
        return push(greet(frame, party));
      }
      if (!party) return end(4001, true);
      if (frame.type === 'ping') return push([head(party)]);
      const frames = obey(party.actor, frame, party);
      if (frames.some(({ type }) => type === 'done') && random() < faults.loseAnswer) return end(1006, true);
      push(frames);
    };
    socket.send = (data) => {
      if (ended) return;
      const frame = JSON.parse(data as string) as Up;
      upAt = inOrder(upAt, () => hear(frame));
    };
    socket.close = () => end(1000, false);
    if (faults.block !== 'hangs') {
      later(() => {
        if (faults.block === 'fails' || faults.down) end(1006, true);
        else if (!ended) socket.onopen?.call(null as never, {} as Event);
      });
    }
    return socket;
  }

  function answer(status: number, body: object): Response {
    return { ok: status < 300, status, json: async () => JSON.parse(JSON.stringify(body)) } as Response;
  }

  /** One poll or one send over HTTP. */
  function request(
    url: string,
    body: { hello: Hello; wait: number; frames: Up[] } & Hello,
    signal: AbortSignal,
  ) {
    return new Promise<Response>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      const fail = () => later(() => reject(new Error('network')));
      later(() => {
        if (faults.down) return fail();
        if (faults.fullPolls && url.endsWith('/poll')) return resolve(answer(429, { code: 'rate_limited' }));
        const actor = identify(url.endsWith('/poll') ? body.hello : body);
        if (!actor) {
          const said = { code: 'token_expired', message: '', detail: '' };
          const frames: Down[] = [{ type: 'refused', ref: null, ...said }];
          return later(() => resolve(random() < 0.5 ? answer(401, said) : answer(200, { frames })));
        }
        if (url.endsWith('/send')) {
          const all = body.frames.flatMap((frame) => obey(actor, frame, null));
          const frames = all.filter(({ type }) => type === 'done' || type === 'refused');
          if (frames.some(({ type }) => type === 'done') && random() < faults.loseAnswer) return fail();
          return later(() => resolve(answer(200, { frames })));
        }
        polls += 1;
        let over = false;
        const finish = (more: Down[]) => {
          if (over) return;
          over = true;
          parties.delete(party);
          later(() => resolve(answer(200, { frames: [...frames, ...more] })));
        };
        const cut = () => {
          over = true;
          parties.delete(party);
          fail();
        };
        const party: Party = { actor, follows: new Set(), push: finish, cut };
        const frames = greet(body.hello, party);
        if (frames.some(isNews) || body.wait === 0) return finish([]);
        parties.add(party);
        signal.addEventListener('abort', () => parties.delete(party));
        clock.setTimeout(() => finish([head(party)]), body.wait * 1000);
      });
    });
  }

  const environment: Environment = {
    now: clock.now,
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    random,
    WebSocket: connect as unknown as Environment['WebSocket'],
    fetch: (url, init) =>
      request(url as string, JSON.parse(init?.body as string), init?.signal as AbortSignal),
    listen: (heard) => {
      listener = heard;
      return () => {
        listener = null;
      };
    },
  };
  return { environment, happen: (event: PageEvent) => listener?.(event), polls: () => polls };
}
