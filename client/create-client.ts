import type { Done, Hello, Refused } from '#protocol/session.ts';
import type { Down } from '#protocol/down.ts';
import type { Up } from '#protocol/up.ts';
import { PROTOCOL_VERSION, RESUME_LIMIT } from '#protocol/version.ts';
import type { Client, ClientOptions, Gone } from './client.ts';
import { createConnection } from './connection.ts';
import { browserEnvironment, type Environment } from './environment.ts';
import { createOutbox } from './outbox.ts';
import { createRecovery } from './recovery.ts';
import { uuidv7 } from './ref.ts';
import { prepend, type Side } from './reduce.ts';
import { signIn } from './refusal.ts';
import { emptyState, type State, type Thread } from './state.ts';
import { createTyping } from './typing.ts';

/** No log reaches it: answered like a position from another epoch, with the whole conversation. */
const NOWHERE = Number.MAX_SAFE_INTEGER;

/** ms: what is watched over HTTP is asked for anew; over a socket the repeat heals whatever went wrong. */
const WATCH_AGAIN = 20_000;

/** The client of one visitor or one operator; nothing happens before `start`. */
export function createClient(options: ClientOptions, given: Partial<Environment> = {}): Client {
  const environment: Environment = { ...browserEnvironment(), ...given };
  const listeners = new Set<() => void>();
  const goneListeners = new Set<(gone: Gone) => void>();
  const followed = new Set<string>();
  /** Threads that were let go, so that a late frame does not bring them back. */
  const left = new Set<string>();
  let state = emptyState;
  let side: Side = 'visitor';
  let loading: Promise<void> | null = null;
  let watching = false;
  let watchedFor = 0;

  function setState(next: State): void {
    if (next === state) return;
    const before = state;
    state = next;
    if (before.threads !== next.threads) threadsChanged(before.threads);
    for (const listener of listeners) listener();
  }

  function patch(changes: Partial<State>): void {
    const same = Object.entries(changes).every(([key, value]) => state[key as keyof State] === value);
    if (!same) setState({ ...state, ...changes });
  }

  /** New entries settle the lines that waited for them. */
  function threadsChanged(before: ReadonlyMap<string, Thread>): void {
    if (state.outbox.length === 0) return;
    for (const [conversationId, thread] of state.threads) {
      const held = before.get(conversationId);
      if (held === thread) continue;
      const first = held?.entries[0]?.seq ?? Infinity;
      const last = held?.conversation.lastSeq ?? 0;
      const ours = thread.entries.filter(
        ({ seq, ref, sender }) => (seq > last || seq < first) && ref !== undefined && sender.kind === side,
      );
      if (ours.length > 0) outbox.applied(conversationId, ours);
    }
    outbox.sweep();
  }

  function awaited({ conversationId = '', seq = 0 }: Done): boolean {
    if (!followed.has(conversationId)) return false;
    const thread = state.threads.get(conversationId);
    return !thread || thread.conversation.lastSeq < seq;
  }

  function hello(credential: Pick<Hello, 'token' | 'operatorId'>): Hello {
    side = credential.operatorId === undefined ? 'visitor' : 'operator';
    const held = [...followed]
      .slice(0, RESUME_LIMIT)
      .map((id) => [id, state.threads.get(id)?.conversation.lastSeq ?? NOWHERE]);
    return {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      ...credential,
      ...(state.epoch !== null && { epoch: state.epoch }),
      positions: {
        ...(side === 'operator' && { account: state.accountSeq }),
        conversations: Object.fromEntries(held),
      },
    };
  }

  function follow(conversationId: string, expected = false): void {
    if (followed.has(conversationId)) return;
    left.delete(conversationId);
    followed.add(conversationId);
    recovery.want(conversationId, expected);
  }

  function unfollow(conversationId: string): void {
    left.add(conversationId);
    if (!followed.delete(conversationId)) return;
    recovery.forget(conversationId);
    const threads = new Map(state.threads);
    if (threads.delete(conversationId)) patch({ threads });
    outbox.sweep();
  }

  function refused(frame: Refused): void {
    if (recovery.refused(frame)) return;
    if (signIn.includes(frame.code)) connection.signInAgain();
    else outbox.refused(frame);
  }

  /** A visitor is told only of its own: what it has begun in another tab is shown in this one too. */
  function adopt(conversationId: string): void {
    if (side === 'visitor' && !left.has(conversationId)) followed.add(conversationId);
  }

  function sayWatch(): void {
    watchedFor = 0;
    connection.send([{ type: 'visitors.watch', ref: uuidv7(environment.now()), on: watching }]);
  }

  function received(frame: Down): void {
    switch (frame.type) {
      case 'welcome': {
        const began = state.epoch !== null && (frame.reset || frame.epoch !== state.epoch);
        if (frame.conversation) adopt(frame.conversation.id);
        if (began) recovery.reset();
        recovery.apply(frame);
        if (began) outbox.restarted();
        return;
      }
      case 'done':
        if (
          frame.conversationId &&
          state.outbox.some(
            ({ command }) => command.ref === frame.ref && command.type === 'conversation.start',
          )
        ) {
          // The server sends the thread behind this.
          follow(frame.conversationId, true);
        }
        return outbox.done(frame);
      case 'refused':
        return refused(frame);
      case 'gone': {
        const held = state.threads.get(frame.conversationId);
        if (held)
          for (const listener of goneListeners) listener({ conversation: held.conversation, by: frame.by });
        return unfollow(frame.conversationId);
      }
      case 'entries':
        adopt(frame.conversationId);
        return recovery.apply(frame);
      case 'head':
        for (const conversationId of Object.keys(frame.positions.conversations)) adopt(conversationId);
        return recovery.apply(frame);
      case 'visitors':
        if (watching) recovery.apply(frame);
        return;
      case 'typing':
        typing.heard(frame.conversationId, frame.on);
        return recovery.apply(frame);
      default:
        return recovery.apply(frame);
    }
  }

  const send = (frames: readonly Up[]): boolean => connection.send(frames);
  const outbox = createOutbox({
    storage: options.storage,
    environment,
    transmit: send,
    awaited,
    changed: (pending) => patch({ outbox: pending }),
  });
  const recovery = createRecovery({
    environment,
    getState: () => state,
    setState,
    side: () => side,
    followed,
    send,
    renew: () => connection.renew(),
    unanswered: () => connection.reconnect(),
    denied: unfollow,
  });
  const typing = createTyping(environment, send, (conversationId) => {
    const from = side === 'visitor' ? 'operator' : 'visitor';
    recovery.apply({ type: 'typing', conversationId, from, on: false });
  });
  const connection = createConnection(
    {
      origin: options.origin,
      credential: options.credential,
      hello,
      frame: received,
      opened: () => {
        recovery.opened();
        outbox.opened();
        if (watching) sayWatch();
      },
      line: (line, retryAt) => patch({ line, retryAt }),
      busy: outbox.busy,
      tick: (ms) => {
        recovery.tick(ms);
        outbox.tick(ms);
        watchedFor += ms;
        if (watching && watchedFor >= WATCH_AGAIN) sayWatch();
      },
    },
    environment,
  );

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onGone: (listener) => {
      goneListeners.add(listener);
      return () => goneListeners.delete(listener);
    },
    start: () => {
      loading ??= outbox.load();
      connection.start();
    },
    stop: () => {
      connection.stop();
      outbox.stop();
      recovery.stop();
      typing.stop();
    },
    send: outbox.add,
    retry: outbox.retry,
    discard: outbox.discard,
    follow: (conversationId) => follow(conversationId),
    unfollow: (conversationId) => {
      if (followed.has(conversationId)) send([{ type: 'conversation.unfollow', conversationId }]);
      unfollow(conversationId);
    },
    prepend: (conversationId, entries) => setState(prepend(state, conversationId, entries)),
    typing: typing.say,
    watchVisitors: (on) => {
      if (watching === on) return;
      watching = on;
      sayWatch();
      if (!on) patch({ visits: null });
    },
    reconnect: connection.reconnect,
  };
}
