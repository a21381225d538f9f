import type { Down } from '#protocol/down.ts';
import type { Hello } from '#protocol/session.ts';
import type { Up } from '#protocol/up.ts';
import type { Environment, PageEvent } from './environment.ts';
import { openLongPoll } from './long-poll.ts';
import { signIn } from './refusal.ts';
import { openSocket } from './socket.ts';
import type { Line } from './state.ts';
import type { Transport } from './transport.ts';

/** All in ms. */
const FIRST_WELCOME = 4000;
const WELCOME = 10_000;
// One heartbeat late by half: then the server is asked, so that a deaf line is noticed within 50 s.
const SILENCE = 40_000;
const UNANSWERED = 9000;
const PROBE = 5000;
const STABLE = 60_000;
const LONGEST_PAUSE = 30_000;
const FULL_PAUSE = 5000;
const RESTART_PAUSE = 5000;
const SOCKET_AGAIN = 300_000;
const SOCKET_SOON = 10_000;
const TICK = 5000;
const BUSY_TICK = 1000;

export type ConnectionOptions = {
  origin: string;
  credential: (refresh: boolean) => Promise<Pick<Hello, 'token' | 'operatorId'>>;
  /** Said first on every connection, with the newest credential. */
  hello: (credential: Pick<Hello, 'token' | 'operatorId'>) => Hello;
  frame: (frame: Down) => void;
  /** After the first welcome of a new connection was handed to `frame`. */
  opened: () => void;
  line: (line: Line, retryAt: number | null) => void;
  /** Something that was said is not answered yet. */
  busy: () => boolean;
  /** Now and then while connected, every second while busy; `ms` since the last. */
  tick: (ms: number) => void;
};

export type Connection = {
  start: () => void;
  stop: () => void;
  reconnect: () => void;
  /** False when nobody is there to hear it. */
  send: (frames: readonly Up[]) => boolean;
  /** Says hello again with the present positions. */
  renew: () => void;
  /** The credential was refused in the middle of a connection. */
  signInAgain: () => void;
};

/** Keeps one line to the server: opens it, proves that it is alive, opens it again. */
export function createConnection(options: ConnectionOptions, environment: Environment): Connection {
  const { now, random, setTimeout, clearTimeout } = environment;
  let current: Transport | null = null;
  let candidate: Transport | null = null;
  let polling = false;
  let opening = false;
  /** Makes everything that an earlier attempt still says void. */
  let generation = 0;
  let credential: Pick<Hello, 'token' | 'operatorId'> = {};
  let refresh = false;
  let attempts = 0;
  /** What was shown last, if the server would not have it. */
  let refused: typeof credential | null = null;
  /** Socket attempts in a row that brought no welcome; after two the long poll has a try. */
  let misses = 0;
  let first = true;
  let halted = false;
  let socketWorked = false;
  let plan: unknown = null;
  let plannedAt: number | null = null;
  let patience: unknown = null;
  let ticking: unknown = null;
  let period = TICK;
  let tickedAt = 0;
  let heardAt = 0;
  let silent = 0;
  let unanswered = 0;
  let probing: number | null = null;
  let up = 0;
  let silence = SILENCE;
  let stopListening: (() => void) | null = null;

  function jitter(): number {
    attempts += 1;
    return random() * Math.min(LONGEST_PAUSE, 500 * 2 ** (attempts - 1));
  }

  function planConnect(ms: number): void {
    clearTimeout(plan);
    plannedAt = now() + ms;
    plan = setTimeout(connect, ms);
  }

  function unplan(): void {
    clearTimeout(plan);
    plannedAt = null;
  }

  function abandonCandidate(): void {
    generation += 1;
    opening = false;
    clearTimeout(patience);
    candidate?.close();
    candidate = null;
  }

  function drop(): void {
    abandonCandidate();
    clearTimeout(ticking);
    current?.close();
    current = null;
  }

  function halt(line: Line): void {
    halted = true;
    unplan();
    drop();
    options.line(line, null);
  }

  /** Nothing carries us: plans the next attempt by what the last one said when it ended. */
  function again(code: number): void {
    if (code === 1008) return halt('stopped');
    if (code === 4001) {
      // Where the server's clock jumps a new token may be too old as well. Who was given nothing new is not known there.
      if (refused && refused.token === credential.token) return halt('signed-out');
      refused = credential;
      refresh = true;
    }
    if (code === 1012) planConnect(random() * RESTART_PAUSE);
    else planConnect(jitter() + (code === 1013 ? FULL_PAUSE : 0));
    options.line('offline', plannedAt);
  }

  function lost(code: number): void {
    const final = code === 1008 || code === 4001;
    if (opening && !final) {
      // The next one is on its way already.
      clearTimeout(ticking);
      current?.close();
      current = null;
      options.line('connecting', null);
      return;
    }
    const leaving = plannedAt !== null && !polling;
    drop();
    // After a `bye` the moment to come back is set already.
    if (leaving && !final) options.line('offline', plannedAt);
    else again(code);
  }

  function failed(code: number, kind: 'socket' | 'poll', late: boolean): void {
    abandonCandidate();
    if (code === 4001) refresh = true;
    const gaveUp = first && late;
    first = false;
    // Where a socket has carried before, a late welcome rather means a busy server.
    if (kind === 'socket') misses += late && !socketWorked ? 2 : 1;
    // Any other code is an answer: the poll does get through. Refused for being too many it says nothing of sockets,
    // which are not counted by the request.
    else if (code === 1006 || code === 1013) misses = 0;
    if (current && polling) {
      socketWorked = false;
      planConnect(SOCKET_AGAIN);
    } else if (current) planConnect(jitter());
    else if (gaveUp) connect();
    else again(code);
  }

  function opened(transport: Transport, kind: 'socket' | 'poll', heartbeat: number): void {
    clearTimeout(patience);
    clearTimeout(ticking);
    unplan();
    current?.close();
    current = transport;
    candidate = null;
    opening = first = false;
    refused = null;
    up = 0;
    // A server that keeps dying is not asked at once, but the patience that one death took is not owed to the next.
    attempts = Math.min(attempts, 2);
    heard();
    polling = kind === 'poll';
    silence = Math.max(SILENCE, heartbeat * 1600);
    if (polling) planConnect(socketWorked ? SOCKET_SOON : SOCKET_AGAIN);
    else {
      misses = 0;
      socketWorked = true;
    }
    tickEvery(TICK);
  }

  function heard(): void {
    heardAt = now();
    silent = unanswered = 0;
    probing = null;
  }

  function received(frame: Down, transport: Transport, kind: 'socket' | 'poll'): void {
    // What a candidate hears says nothing of the line that carries us.
    if (transport === current) heard();
    if (frame.type === 'refused' && frame.ref === null) {
      if (frame.code === 'unsupported_protocol') return halt('stopped');
      // A socket is closed with 4001 after this, a poll just ends.
      if (signIn.includes(frame.code)) return transport === current ? lost(4001) : failed(4001, kind, false);
    }
    const fresh = frame.type === 'welcome' && transport === candidate;
    if (fresh) opened(transport, kind, frame.heartbeat);
    if (transport !== current) return;
    options.line('online', null);
    // Who watches the line may have ended it.
    if (transport !== current) return;
    if (frame.type === 'bye') planConnect(random() * frame.within * 1000);
    options.frame(frame);
    if (fresh) options.opened();
  }

  function connect(): void {
    unplan();
    abandonCandidate();
    opening = true;
    halted = false;
    const mine = generation;
    // A poll that works is left only for a socket.
    const kind = misses >= 2 && !(current && polling) ? 'poll' : 'socket';
    if (!current) options.line('connecting', null);
    patience = setTimeout(() => failed(1006, kind, true), first ? FIRST_WELCOME : WELCOME);
    options.credential(refresh).then(
      (fetched) => {
        if (mine !== generation) return;
        refresh = false;
        credential = fetched;
        open(kind, mine);
      },
      () => {
        // The reason is the application's to show; here it is one more attempt that failed.
        if (mine === generation) failed(1006, kind, false);
      },
    );
  }

  function open(kind: 'socket' | 'poll', mine: number): void {
    let transport: Transport | null = null;
    try {
      transport = (kind === 'poll' ? openLongPoll : openSocket)({
        origin: options.origin,
        hello: () => options.hello(credential),
        frame: (frame) => {
          if (transport && (transport === current || transport === candidate))
            received(frame, transport, kind);
        },
        closed: (code) => {
          if (transport && transport === current) lost(code);
          else if (mine === generation) failed(code, kind, false);
        },
        environment,
      });
      candidate = transport;
    } catch {
      // The page's policy forbids it: as good as blocked.
      failed(1006, kind, false);
    }
  }

  function tickEvery(ms: number): void {
    clearTimeout(ticking);
    period = ms;
    tickedAt = now();
    ticking = setTimeout(tick, ms);
  }

  function tick(): void {
    // A timer that comes far too late: the machine slept, and the line may have died meanwhile. Timers of a
    // hidden page are as late, but that page hears the heartbeat.
    const slept = now() - tickedAt > 2 * period + BUSY_TICK && now() - heardAt > SILENCE * 0.75;
    const passed = period;
    silent += passed;
    up += passed;
    unanswered = options.busy() ? unanswered + passed : 0;
    if (probing !== null) probing += passed;
    if (up >= STABLE) attempts = 0;
    if (unanswered >= UNANSWERED || (probing ?? 0) >= PROBE) return lost(1006);
    if (slept || silent >= silence) probe();
    tickEvery(options.busy() || probing !== null ? BUSY_TICK : TICK);
    options.tick(passed);
  }

  function probe(): void {
    if (probing !== null) return;
    probing = 0;
    current?.send([{ type: 'ping' }]);
    tickEvery(BUSY_TICK);
  }

  function pageChanged(event: PageEvent): void {
    if (event === 'hide') {
      // The browser freezes the page: a socket would keep it out of the back-forward cache.
      unplan();
      drop();
      options.line('offline', null);
    } else if (event === 'offline') options.line('offline', current ? null : plannedAt);
    else if (current) probe();
    else if (event === 'online' && !halted) {
      // What failed while the network was away says nothing, and an attempt made then may hang.
      attempts = 0;
      connect();
    } else if (!halted && !opening) connect();
  }

  return {
    start: () => {
      if (stopListening) return;
      stopListening = environment.listen(pageChanged);
      connect();
    },
    stop: () => {
      stopListening?.();
      stopListening = null;
      halt('offline');
    },
    reconnect: () => {
      refused = null;
      if (current) probe();
      else if (stopListening) connect();
    },
    send: (frames) => {
      if (!current) return false;
      current.send(frames);
      if (period !== BUSY_TICK && options.busy()) tickEvery(BUSY_TICK);
      return true;
    },
    renew: () => current?.send([options.hello(credential)]),
    signInAgain: () => {
      if (current) lost(4001);
    },
  };
}
