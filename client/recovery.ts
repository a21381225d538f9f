import type { Entry } from '#protocol/entries.ts';
import type { Down } from '#protocol/down.ts';
import type { Refused } from '#protocol/session.ts';
import type { Up } from '#protocol/up.ts';
import { RESUME_LIMIT } from '#protocol/version.ts';
import type { Environment } from './environment.ts';
import { reduce, type Gap, type Side } from './reduce.ts';
import { uuidv7 } from './ref.ts';
import { passing } from './refusal.ts';
import type { State } from './state.ts';

/** What is overtaken by a publish that races it usually comes within this; ms. */
const SHORT_WAIT = 150;
const ASK_AGAIN = 5000;
const LONGEST_PAUSE = 60_000;
const HELD_LIMIT = 500;
/** Most questions on the way: who follows hundreds must not run into the server's rate limit. */
const WINDOW = 20;

/** What is known of a thread beyond what it holds. */
type Hole = {
  /** Last position known to exist. */
  head: number;
  /** Entries that came too early. */
  held: readonly Entry[];
  /** Of the question that is not answered yet. */
  ref: string | null;
  /** ms until it is asked again. */
  clock: number;
  /** How often it was asked in vain; a poll does not say that a conversation is not there. */
  vain: number;
  /** Something of it has come since we looked. */
  moved: boolean;
};

export type RecoveryOptions = {
  environment: Environment;
  getState: () => State;
  setState: (state: State) => void;
  side: () => Side;
  /** Threads that the state has to hold. */
  followed: ReadonlySet<string>;
  send: (frames: readonly Up[]) => boolean;
  /** Says hello again, which brings everything that is missing. */
  renew: () => void;
  /** The line may be dead. */
  unanswered: () => void;
  /** The server does not let us see this conversation. */
  denied: (conversationId: string) => void;
};

export type Recovery = {
  apply: (frame: Down) => void;
  /** Asks for a thread that is not held; not at once if it is `expected` to come by itself. */
  want: (conversationId: string, expected?: boolean) => void;
  forget: (conversationId: string) => void;
  /** All streams begin anew: what was known of them is void. */
  reset: () => void;
  /** Asks again for what is missing: the questions went down with the old line. */
  opened: () => void;
  /** True if it was the answer to one of our questions. */
  refused: (refused: Refused) => boolean;
  tick: (ms: number) => void;
  stop: () => void;
};

/** Applies frames to the state; on a gap holds what came, waits a moment, and asks for what is missing. */
export function createRecovery(options: RecoveryOptions): Recovery {
  const { environment, getState, setState, followed } = options;
  const holes = new Map<string, Hole>();
  /** Those that are asked about when an answer has come to another. */
  const waiting = new Set<string>();
  let accountHead = 0;
  let renewed = false;
  let accountClock = 0;
  let timer: unknown = null;

  function lastSeq(conversationId: string): number {
    return getState().threads.get(conversationId)?.conversation.lastSeq ?? -1;
  }

  function step(frame: Down): readonly Gap[] {
    const { state, gaps } = reduce(getState(), frame, options.side());
    setState(state);
    return gaps;
  }

  function open(conversationId: string, head: number, held: readonly Entry[] = []): Hole {
    const hole = holes.get(conversationId) ?? {
      head: 0,
      held: [],
      ref: null,
      clock: 0,
      vain: 0,
      moved: false,
    };
    const both = [...hole.held, ...held];
    hole.head = Math.max(hole.head, head);
    hole.held = both.length > HELD_LIMIT ? [] : both;
    holes.set(conversationId, hole);
    return hole;
  }

  function askSoon(): void {
    timer ??= environment.setTimeout(() => {
      timer = null;
      for (const [conversationId, hole] of holes) {
        if (hole.moved) askSoon();
        else if (!hole.ref) ask(conversationId, hole);
        hole.moved = false;
      }
      if (getState().accountSeq < accountHead && !renewed) {
        renewed = true;
        accountClock = ASK_AGAIN;
        options.renew();
      }
    }, SHORT_WAIT);
  }

  function ask(conversationId: string, hole: Hole): void {
    hole.ref = null;
    if ([...holes.values()].filter(({ ref }) => ref !== null).length >= WINDOW) {
      waiting.add(conversationId);
      return;
    }
    waiting.delete(conversationId);
    const after = lastSeq(conversationId);
    const ref = uuidv7(environment.now());
    const asked = options.send([
      { type: 'conversation.follow', ref, conversationId, ...(after >= 0 && { after }) },
    ]);
    hole.ref = asked ? ref : null;
    hole.clock = Math.min(LONGEST_PAUSE, ASK_AGAIN * 2 ** hole.vain);
  }

  function askNext(): void {
    for (const conversationId of waiting) {
      const hole = holes.get(conversationId);
      if (hole) ask(conversationId, hole);
      else waiting.delete(conversationId);
    }
  }

  /** Applies what was held, and closes the hole or goes on asking. */
  function fill(conversationId: string, hole: Hole, before: number): void {
    if (lastSeq(conversationId) >= 0 && hole.held.length > 0) {
      const entries = [...hole.held].sort((a, b) => a.seq - b.seq);
      hole.held = [];
      for (const gap of step({ type: 'entries', conversationId, entries, head: 0 })) {
        if (gap.stream === 'conversation') hole.held = gap.held;
      }
    }
    const now = lastSeq(conversationId);
    if (now >= hole.head) {
      holes.delete(conversationId);
      return;
    }
    // What is missing is on its way, page by page.
    hole.moved = now > before;
    if (!hole.ref) return askSoon();
    if (hole.moved) {
      hole.vain = 0;
      hole.clock = ASK_AGAIN;
    }
    // An answer that brought nothing: the clock asks again, so that a wrong head cannot make us ask in a loop.
    else hole.ref = null;
  }

  return {
    apply: (frame) => {
      if (frame.type === 'entries' && !followed.has(frame.conversationId)) return;
      const before = frame.type === 'entries' ? lastSeq(frame.conversationId) : -1;
      for (const gap of step(frame)) {
        if (gap.stream === 'account') accountHead = Math.max(accountHead, gap.head);
        else if (followed.has(gap.conversationId)) open(gap.conversationId, gap.head, gap.held);
        askSoon();
      }
      if (frame.type === 'changes' && getState().accountSeq >= accountHead) renewed = false;
      if (frame.type !== 'entries') return;
      const hole = holes.get(frame.conversationId);
      if (hole) fill(frame.conversationId, hole, before);
      askNext();
    },
    want: (conversationId, expected) => {
      const hole = open(conversationId, 0);
      if (expected) askSoon();
      else ask(conversationId, hole);
    },
    forget: (conversationId) => {
      holes.delete(conversationId);
      askNext();
    },
    reset: () => {
      holes.clear();
      waiting.clear();
      accountHead = 0;
      renewed = false;
    },
    opened: () => {
      renewed = false;
      for (const [index, conversationId] of [...followed].entries())
        if (index >= RESUME_LIMIT || lastSeq(conversationId) < 0) open(conversationId, 0);
      for (const hole of holes.values()) hole.ref = null;
      askSoon();
    },
    refused: ({ ref, code, after = 1 }) => {
      for (const [conversationId, hole] of holes) {
        if (ref === null || hole.ref !== ref) continue;
        if (passing.includes(code)) hole.clock = after * 1000;
        else options.denied(conversationId);
        return true;
      }
      return false;
    },
    tick: (ms) => {
      for (const [conversationId, hole] of holes) {
        hole.clock -= ms;
        if (hole.clock > 0 || waiting.has(conversationId)) continue;
        hole.vain += 1;
        ask(conversationId, hole);
        options.unanswered();
      }
      accountClock -= ms;
      if (renewed && accountClock <= 0) {
        renewed = false;
        askSoon();
      }
    },
    stop: () => {
      environment.clearTimeout(timer);
      timer = null;
    },
  };
}
