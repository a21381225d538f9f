import { type Conversation } from '#protocol/conversations.ts';
import type { Down } from '#protocol/down.ts';
import type { Hello } from '#protocol/session.ts';
import type { Up } from '#protocol/up.ts';
import { RESUME_LIMIT } from '#protocol/version.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeLog, type Actor } from './fake-log.ts';

/** What goes wrong from now on; all false and 0 is a perfect network. */
export type Faults = {
  /** Share of published frames that are lost (a dead broker), doubled, or late and so out of order. */
  lose: number;
  double: number;
  late: number;
  /** Share of commands refused for now, and of answers lost after the commit together with the line. */
  refuse: number;
  loseAnswer: number;
  /** WebSocket is blocked: the upgrade fails, or hangs. */
  block: 'no' | 'fails' | 'hangs';
  /** Every poll is one too many. */
  fullPolls: boolean;
  down: boolean;
};

export const noFaults: Faults = {
  lose: 0,
  double: 0,
  late: 0,
  refuse: 0,
  loseAnswer: 0,
  block: 'no',
  fullPolls: false,
  down: false,
};

/** Somebody connected: a socket or a poll that waits. */
export type Party = {
  actor: Actor;
  follows: Set<string>;
  push: (frames: Down[]) => void;
  cut: (code: number) => void;
};

const PAGE = 5;
const NEWEST = 50;
export const HEARTBEAT = 25;

export function isNews(frame: Down): boolean {
  if (frame.type === 'entries') return frame.entries.length > 0 || frame.conversation !== undefined;
  return frame.type === 'changes' && (frame.to > frame.from || frame.from === 0);
}

/** A server in memory that speaks the protocol, and can be told to misbehave. */
export function createFakeServer(clock: FakeClock, random: () => number) {
  const log = createFakeLog(clock.now);
  const faults = { ...noFaults };
  const parties = new Set<Party>();
  const spoken: { actor: Actor; frame: Up }[] = [];
  let epoch = 'e1';
  let saved = log.backup();
  let expired = new Set<string>();

  function later(run: () => void, least = 1, most = 40): void {
    clock.setTimeout(run, least + random() * (most - least));
  }

  function identify(hello: Pick<Hello, 'token' | 'operatorId'>): Actor | null {
    if (expired.has(hello.operatorId ?? hello.token ?? '')) return null;
    if (hello.operatorId !== undefined) return { kind: 'operator', id: hello.operatorId };
    if (hello.token === undefined) return null;
    return { kind: 'visitor', id: hello.token.split('.')[0] ?? '' };
  }

  function entriesFrames(conversationId: string, after = Infinity): Down[] {
    const entries = log.entries(conversationId);
    const head = entries.length;
    const conversation = log.conversation(conversationId);
    if (after > head && conversation) {
      return [{ type: 'entries', conversationId, conversation, entries: entries.slice(-NEWEST), head }];
    }
    const pages: Down[] = [];
    let from = after;
    do {
      pages.push({ type: 'entries', conversationId, entries: entries.slice(from, from + PAGE), head });
      from += PAGE;
    } while (from < head);
    return pages;
  }

  function head(party: Party): Down {
    const known = [...party.follows].map((id) => [id, log.entries(id).length]);
    const account = party.actor.kind === 'operator' ? { account: log.accountSeq() } : {};
    return { type: 'head', positions: { ...account, conversations: Object.fromEntries(known) } };
  }

  function greet(hello: Hello, party: Party): Down[] {
    const reset = hello.epoch !== undefined && hello.epoch !== epoch;
    const known = reset || hello.epoch === undefined ? { conversations: {} } : hello.positions;
    const positions = new Map(Object.entries(known.conversations).slice(0, RESUME_LIMIT));
    let mine: Conversation | null = null;
    if (party.actor.kind === 'visitor') mine = log.openOf(party.actor.id) ?? null;
    const now = new Date(clock.now()).toISOString();
    const frames: Down[] = [
      { type: 'welcome', protocol: 1, epoch, reset, now, heartbeat: HEARTBEAT, conversation: mine },
    ];
    for (const id of new Set([...positions.keys(), ...(mine ? [mine.id] : [])])) {
      if (!log.conversation(id)) {
        frames.push({ type: 'gone', conversationId: id });
        continue;
      }
      party.follows.add(id);
      frames.push(...entriesFrames(id, positions.get(id)));
    }
    frames.push({ type: 'presence', online: true });
    if (party.actor.kind === 'operator') frames.push(log.changesAfter(known.account ?? 0));
    return frames;
  }

  function published(frame: Down, party: Party): void {
    if (random() < faults.lose) return;
    const times = random() < faults.double ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      if (random() < faults.late) later(() => party.push([frame]), 1, 2000);
      else party.push([frame]);
    }
  }

  /** Live frames for what was committed since `before`. */
  function publish(before: number): void {
    const after = log.accountSeq();
    for (let seq = before; seq < after; seq += 1) {
      const changed = log.changesAfter(seq);
      const id = [...changed.conversations.map((each) => each.id), ...changed.removed][0];
      if (id === undefined) continue;
      const length = log.entries(id).length;
      for (const party of parties) {
        if (party.follows.has(id)) {
          const entries = log.entries(id).slice(length - (after - seq));
          published(
            { type: 'entries', conversationId: id, entries: entries.slice(0, 1), head: length },
            party,
          );
        }
        if (party.actor.kind === 'operator') published({ ...changed, from: seq, to: seq + 1 }, party);
      }
    }
  }

  function obey(actor: Actor, frame: Up, party: Party | null): Down[] {
    spoken.push({ actor, frame });
    if (frame.type === 'conversation.follow') {
      if (!log.conversation(frame.conversationId)) {
        return [{ type: 'refused', ref: frame.ref, code: 'not_found', message: 'no such conversation' }];
      }
      party?.follows.add(frame.conversationId);
      return [...entriesFrames(frame.conversationId, frame.after), { type: 'done', ref: frame.ref }];
    }
    if (frame.type === 'conversation.unfollow') {
      party?.follows.delete(frame.conversationId);
      return [];
    }
    if (frame.type === 'typing') {
      const { conversationId, on } = frame;
      for (const other of parties) {
        if (other.follows.has(conversationId))
          other.push([{ type: 'typing', conversationId, from: actor.kind, on }]);
      }
      return [];
    }
    if (!('ref' in frame)) return [];
    if (frame.type === 'visitors.watch') return [{ type: 'done', ref: frame.ref }];
    if (random() < faults.refuse) {
      const code = random() < 0.5 ? 'rate_limited' : 'unavailable';
      const after = code === 'rate_limited' ? { after: random() * 3 } : {};
      return [{ type: 'refused', ref: frame.ref, code, message: 'later', ...after }];
    }
    const before = log.accountSeq();
    const result = log.commit(actor, frame);
    if ('code' in result)
      return [{ type: 'refused', ref: frame.ref, code: result.code, message: result.code }];
    if (frame.type === 'conversation.start' && result.conversationId) {
      // Every tab of the visitor follows what one of them begins.
      for (const each of parties) if (each.actor.id === actor.id) each.follows.add(result.conversationId);
    }
    publish(before);
    const done: Down = { type: 'done', ref: frame.ref, ...result };
    const begun = frame.type === 'conversation.start' && party ? result.conversationId : undefined;
    return begun === undefined ? [done] : [done, ...entriesFrames(begun)];
  }

  function cutAll(code: number): void {
    for (const party of parties) party.cut(code);
  }

  return {
    log,
    faults,
    parties,
    /** Everything that clients said, in the order of hearing. */
    spoken,
    identify,
    greet,
    head,
    obey,
    later,
    clock,
    random,
    cutAll,
    /** Cuts the lines of one; code 0 is silent. */
    cut: (id: string, code: number) => {
      for (const party of parties) if (party.actor.id === id) party.cut(code);
    },
    note: (id: string) => {
      const before = log.accountSeq();
      log.note(id);
      publish(before);
    },
    say: (frame: Down) => {
      for (const party of parties) party.push([frame]);
    },
    /** From now on these tokens are refused, and the sessions of these operators; no others. */
    expire: (...credentials: string[]) => {
      expired = new Set(credentials);
    },
    backup: () => {
      saved = log.backup();
    },
    /** Positions are worth nothing from here on; with `restore` what came after the backup is lost too. */
    newEpoch: (restore = false) => {
      if (restore) log.restore(saved);
      epoch = `e${Number(epoch.slice(1)) + 1}`;
      cutAll(1012);
    },
  };
}

export type FakeServer = ReturnType<typeof createFakeServer>;
