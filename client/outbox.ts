import type { Entry } from '#protocol/entries.ts';
import type { Done, Refused } from '#protocol/session.ts';
import type { Command } from '#protocol/up.ts';
import type { OutboxStorage } from './client.ts';
import type { Environment } from './environment.ts';
import { passing, Refusal } from './refusal.ts';
import type { Pending } from './state.ts';

const LIMIT = 500;
/** All in ms. */
const REPEAT = 5000;
const STORAGE_PATIENCE = 2000;
const LONGEST_PAUSE = 30_000;

type Waiter = { resolve: (done: Done) => void; reject: (reason: Error) => void };

/** `done` is committed but still on the screen until its entry is; `refused` waits for the person. */
type Phase = 'storing' | 'ready' | 'sent' | 'pausing' | 'done' | 'refused';

type Item = {
  pending: Pending;
  phase: Phase;
  /** ms since it was sent. */
  clock: number;
  pause?: unknown;
  refusals: number;
  waiters: Waiter[];
};

export type OutboxOptions = {
  storage: OutboxStorage;
  environment: Environment;
  /** False when there is no line now. */
  transmit: (commands: readonly Command[]) => boolean;
  /** Whether the screen waits for the entry of a committed command: its thread is followed and not so far yet. */
  awaited: (done: Done) => boolean;
  changed: (outbox: readonly Pending[]) => void;
};

export type Outbox = {
  load: () => Promise<void>;
  add: (command: Command) => Promise<Done>;
  retry: (ref: string) => void;
  discard: (ref: string) => void;
  /** A new line is open: everything unanswered is said again, in order. */
  opened: () => void;
  done: (done: Done) => void;
  refused: (refused: Refused) => void;
  /** These entries of ours are in the thread. */
  applied: (conversationId: string, entries: readonly Entry[]) => void;
  /** Lets go of committed commands that no screen waits for any more. */
  sweep: () => void;
  /** Positions of another epoch: no entry will come for what was committed in the old one. */
  restarted: () => void;
  /** Something that was said is not answered. */
  busy: () => boolean;
  tick: (ms: number) => void;
  stop: () => void;
};

function kept(command: Command): boolean {
  // What the person wrote or decided. The others say how things are now, and are made anew after a reload.
  return !['receipt.mark', 'page.visit', 'status.set'].includes(command.type);
}

/** Commands that start a conversation may land in any: nothing overtakes them, and they overtake nothing. */
const EVERY_LANE = '*';

/** Commands of one lane are said one by one, so that a refused one cannot be overtaken. */
function lane(command: Command): string {
  if (command.type === 'receipt.mark') return `receipt ${command.conversationId} ${command.mark}`;
  if (command.type === 'conversation.start') return EVERY_LANE;
  return 'conversationId' in command ? command.conversationId : command.type;
}

/** Commands until they are answered: stored, said, said again with the same ref. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { storage, environment, transmit, awaited } = options;
  let items: Item[] = [];
  let loaded = false;

  /** Storage that fails or hangs costs the survival of a reload, never the sending. */
  function stored<Value>(work: Promise<Value>): Promise<Value | undefined> {
    return new Promise((resolve) => {
      const timer = environment.setTimeout(() => resolve(undefined), STORAGE_PATIENCE);
      const finish = (value?: Value) => {
        environment.clearTimeout(timer);
        resolve(value);
      };
      work.then(finish, () => finish());
    });
  }

  function changed(): void {
    options.changed(items.map((item) => item.pending));
  }

  function find(ref: string): Item | undefined {
    return items.find((item) => item.pending.command.ref === ref);
  }

  function forget(item: Item): void {
    items = items.filter((other) => other !== item);
    if (kept(item.pending.command)) void stored(storage.remove(item.pending.command.ref));
  }

  function flush(): void {
    if (!loaded) return;
    const lanes = new Set<string>();
    const due = items.filter(({ phase, pending }) => {
      if (phase === 'done' || phase === 'refused') return false;
      const mine = lane(pending.command);
      const free = mine === EVERY_LANE ? lanes.size === 0 : !lanes.has(mine) && !lanes.has(EVERY_LANE);
      lanes.add(mine);
      return free && phase === 'ready';
    });
    for (const item of due) {
      item.phase = 'sent';
      item.clock = 0;
    }
    if (due.length === 0 || transmit(due.map((item) => item.pending.command))) return;
    for (const item of due) item.phase = 'ready';
  }

  async function store(item: Item): Promise<void> {
    if (kept(item.pending.command)) {
      item.phase = 'storing';
      await stored(storage.put(item.pending));
    }
    if (!items.includes(item)) return void stored(storage.remove(item.pending.command.ref));
    item.phase = 'ready';
    flush();
  }

  /** An older mark that was not said yet is worth nothing beside a newer one. */
  function replaced(command: Command, waiter: Waiter): boolean {
    if (command.type !== 'receipt.mark') return false;
    const older = items.find(
      (item) => item.phase === 'ready' && lane(item.pending.command) === lane(command),
    );
    if (older?.pending.command.type !== 'receipt.mark') return false;
    const upTo = Math.max(older.pending.command.upTo, command.upTo);
    older.pending = { ...older.pending, command: { ...command, upTo } };
    older.waiters.push(waiter);
    return true;
  }

  function add(command: Command): Promise<Done> {
    const promise = new Promise<Done>((resolve, reject) => {
      if (items.length >= LIMIT) {
        reject(new Refusal({ code: 'limit_reached', message: 'too many unsent commands' }));
        return;
      }
      if (!replaced(command, { resolve, reject })) {
        const pending = { command, at: environment.now() };
        const item: Item = { pending, phase: 'ready', clock: 0, refusals: 0, waiters: [{ resolve, reject }] };
        items.push(item);
        void store(item);
      }
      changed();
    });
    // The outbox shows the refusal, so who sends may leave the promise alone.
    promise.catch(() => {});
    return promise;
  }

  function drop(over: (pending: Pending) => boolean): void {
    const left = items.filter(({ pending }) => !over(pending));
    if (left.length === items.length) return;
    items = left;
    changed();
  }

  function settle(item: Item, done: Done): void {
    for (const { resolve } of item.waiters) resolve(done);
    item.waiters = [];
  }

  function refused(frame: Refused): void {
    const item = find(frame.ref ?? '');
    if (!item || item.phase === 'done') return;
    if (passing.includes(frame.code)) {
      item.refusals += 1;
      item.phase = 'pausing';
      const backOff = Math.min(LONGEST_PAUSE, 1000 * 2 ** item.refusals) * (0.5 + environment.random() / 2);
      environment.clearTimeout(item.pause);
      item.pause = environment.setTimeout(
        () => {
          if (item.phase === 'pausing') item.phase = 'ready';
          flush();
        },
        frame.after === undefined ? backOff : frame.after * 1000,
      );
      return;
    }
    for (const { reject } of item.waiters) reject(new Refusal(frame));
    item.waiters = [];
    if (kept(item.pending.command)) {
      item.phase = 'refused';
      item.pending = { ...item.pending, refused: frame };
      void stored(storage.put(item.pending));
    } else forget(item);
    changed();
    flush();
  }

  return {
    add,
    refused,
    load: async () => {
      const found = (await stored(storage.load())) ?? [];
      const fresh = found.filter(({ command }) => !find(command.ref));
      const old = fresh.map((pending): Item => {
        return { pending, phase: pending.refused ? 'refused' : 'ready', clock: 0, refusals: 0, waiters: [] };
      });
      items = [...old, ...items];
      loaded = true;
      if (old.length > 0) changed();
      flush();
    },
    retry: (ref) => {
      const item = find(ref);
      if (item?.phase !== 'refused') return;
      item.pending = { command: item.pending.command, at: item.pending.at };
      changed();
      void store(item);
    },
    discard: (ref) => {
      const item = find(ref);
      if (!item) return;
      for (const { reject } of item.waiters) reject(new Error('discarded'));
      forget(item);
      changed();
      flush();
    },
    opened: () => {
      for (const item of items) if (item.phase === 'sent') item.phase = 'ready';
      flush();
    },
    done: (done) => {
      const item = find(done.ref);
      if (!item || item.phase === 'done') return;
      settle(item, done);
      const { type } = item.pending.command;
      const visible = ['message.post', 'note.post', 'conversation.start'].includes(type);
      if (visible && awaited(done)) {
        item.phase = 'done';
        item.pending = { ...item.pending, refused: undefined, done };
        void stored(storage.remove(done.ref));
      } else forget(item);
      changed();
      flush();
    },
    applied: (conversationId, entries) => {
      const before = items;
      for (const { ref, seq } of entries) {
        const item = ref === undefined ? undefined : find(ref);
        if (!item || ref === undefined) continue;
        settle(item, { type: 'done', ref, conversationId, seq });
        forget(item);
      }
      if (items === before) return;
      changed();
      flush();
    },
    sweep: () => drop(({ done }) => done !== undefined && !awaited(done)),
    restarted: () => drop(({ done }) => done !== undefined),
    busy: () => items.some(({ phase }) => phase === 'sent'),
    tick: (ms) => {
      for (const item of items) {
        item.clock += ms;
        if (item.phase === 'sent' && item.clock >= REPEAT) item.phase = 'ready';
      }
      flush();
    },
    stop: () => {
      for (const item of items) {
        environment.clearTimeout(item.pause);
        if (item.phase === 'pausing') item.phase = 'ready';
      }
    },
  };
}
