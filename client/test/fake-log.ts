import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Happening, Sender } from '#protocol/entries.ts';
import type { Operator } from '#protocol/operators.ts';
import type { Changes } from '#protocol/changes.ts';
import type { Command } from '#protocol/up.ts';

export type Actor = { kind: 'visitor' | 'operator'; id: string };

type Log = { id: string; visitorId: string; createdAt: string; entries: Entry[]; refs: Map<string, number> };
type Side = 'visitor' | 'operator';

function isFrom(entry: Entry, side: Side): boolean {
  return entry.sender.kind === side;
}

function messages(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ what }) => what.kind === 'message' || what.kind === 'offline');
}

function cut(text: string): string {
  const start = text.slice(0, 140);
  return start.isWellFormed() ? start : start.slice(0, -1);
}

/** Who may take it, at first everybody: what the last entry that says so left, less those who declined since. */
function deskOf(entries: readonly Entry[]): Conversation['desk'] {
  const ends = ['joined', 'queued', 'transfer', 'transfer-ended', 'closed'];
  const says = [...ends, 'routed'];
  const everybody = { audience: null, ring: null, ringUntil: null, passed: [], declined: [], transfer: null };
  const index = entries.findLastIndex(({ what }) => says.includes(what.kind));
  const what = entries[index]?.what;
  const declinedAfter = (at: number) => [
    ...new Set(
      entries.slice(at + 1).flatMap((entry) => (entry.what.kind === 'declined' ? [entry.what.by.id] : [])),
    ),
  ];
  const declined = declinedAfter(index);
  const since = declinedAfter(entries.findLastIndex((entry) => ends.includes(entry.what.kind)));
  const left = (ids: string[]) => ids.filter((id) => !declined.includes(id));
  if (what?.kind === 'routed') {
    const { decision, ring, until, passed } = what;
    const desk = { audience: decision.audience, ring: ring && left(ring), ringUntil: until, transfer: null };
    return { ...desk, passed: [...left(passed), ...declined], declined: since };
  }
  if (!what) return { ...everybody, passed: declined, declined };
  if (what.kind !== 'transfer') return null;
  const audience = left(what.transfer.audience);
  const transfer = { ...what.transfer, audience };
  return audience.length === 0 ? null : { ...everybody, transfer };
}

/** What the entries add up to, said as definitions over the whole log: shares nothing with the reducer. */
export function project(log: Pick<Log, 'id' | 'visitorId' | 'createdAt' | 'entries'>): Conversation {
  const { entries } = log;
  const last = <Kind extends Happening['kind']>(kind: Kind) => {
    const found = entries.findLast(({ what }) => what.kind === kind);
    return found ? { at: found.at, what: found.what as Extract<Happening, { kind: Kind }> } : undefined;
  };
  const reached = (side: Side, marks: string[]) =>
    Math.max(
      0,
      ...entries
        .filter((entry) => isFrom(entry, side))
        .map(({ what, seq }) => {
          if (what.kind === 'message' || what.kind === 'offline') return seq;
          return what.kind === 'receipt' && marks.includes(what.mark) ? what.upTo : 0;
        }),
    );
  const both = (marks: string[]) => ({
    visitor: reached('visitor', marks),
    operator: reached('operator', marks),
  });
  const read = both(['read']);
  const said = messages(entries).at(-1);
  const details = entries.flatMap(({ what }) => (what.kind === 'details' ? [what.details] : []));
  const name = details.findLast((each) => each.name !== undefined)?.name ?? null;
  const emails = entries.flatMap(({ what }) => {
    if (what.kind === 'offline') return [what.email];
    return what.kind === 'details' && what.details.email !== undefined ? [what.details.email] : [];
  });
  const placed = entries.findLast(({ what }) => what.kind === 'joined' || what.kind === 'queued');
  const owner = placed?.what.kind === 'joined' ? placed.what.operator : null;
  const closed = last('closed');
  return {
    id: log.id,
    channel: last('missed') ? 'offline' : 'chat',
    state: closed ? 'closed' : owner ? 'open' : 'waiting',
    visitor: { id: log.visitorId, name, email: emails.at(-1) ?? null },
    operator: owner,
    department: null,
    desk: deskOf(entries),
    language: 'en',
    page: last('page')?.what.page ?? null,
    createdAt: log.createdAt,
    waitingSince: owner || closed ? null : (placed?.at ?? log.createdAt),
    closedAt: closed?.at ?? null,
    lastSeq: entries.length,
    preview:
      said && 'text' in said.what
        ? {
            from: isFrom(said, 'operator') ? 'operator' : 'visitor',
            text: cut(said.what.text),
            at: said.at,
          }
        : null,
    unread: messages(entries).filter((entry) => isFrom(entry, 'visitor') && entry.seq > read.operator).length,
    unreadByVisitor: messages(entries).filter(
      (entry) => isFrom(entry, 'operator') && entry.seq > read.visitor,
    ).length,
    delivered: both(['read', 'delivered']),
    read,
  };
}

/** The database of the fake server: logs, and the account's change stream over them. */
export function createFakeLog(now: () => number) {
  let logs = new Map<string, Log>();
  let changes: string[] = [''];
  let ids = 0;
  const operators: Operator[] = ['anna', 'bela'].map((name) => {
    return { id: name, handle: name, name, role: 'normal', status: 'online', capacity: null };
  });
  const at = () => new Date(now()).toISOString();

  function append(log: Log, sender: Sender, what: Happening, ref?: string): number {
    const seq = log.entries.length + 1;
    log.entries.push({ seq, at: at(), sender, ...(ref !== undefined && { ref }), what });
    if (ref !== undefined) log.refs.set(`${sender.kind} ${ref}`, seq);
    changes.push(log.id);
    return seq;
  }

  function conversation(id: string): Conversation | undefined {
    const log = logs.get(id);
    return log && project(log);
  }

  /** Like the real one: a repeat returns the first result, a refusal changes nothing. */
  function commit(
    actor: Actor,
    command: Command,
  ): { conversationId: string; seq: number } | { code: string } | { conversationId?: never; seq?: never } {
    if (command.type === 'status.set' || command.type === 'visitor.invite') return {};
    for (const log of logs.values()) {
      const seq = log.refs.get(`${actor.kind} ${command.ref}`);
      if (seq !== undefined) return { conversationId: log.id, seq };
    }
    if (command.type === 'colleague.write') return { code: 'not_found' };
    if (command.type === 'conversation.start') {
      let log = [...logs.values()].find(
        (each) => each.visitorId === actor.id && project(each).state !== 'closed',
      );
      if (!log) {
        ids += 1;
        const id = `c${ids}`;
        log = { id, visitorId: actor.id, createdAt: at(), entries: [], refs: new Map() };
        logs.set(id, log);
      }
      return {
        conversationId: log.id,
        seq: append(log, actor, { kind: 'message', text: command.text }, command.ref),
      };
    }
    const log = logs.get(command.conversationId);
    if (!log) return { code: 'not_found' };
    const state = project(log);
    const put = (what: Happening) => {
      return { conversationId: log.id, seq: append(log, actor, what, command.ref) };
    };
    switch (command.type) {
      case 'message.post':
        return state.state === 'closed' ? { code: 'closed' } : put({ kind: 'message', text: command.text });
      case 'conversation.close':
        return state.state === 'closed' ? { code: 'closed' } : put({ kind: 'closed' });
      case 'conversation.accept':
        if (state.state === 'closed') return { code: 'closed' };
        if (state.operator) return { code: 'taken' };
        return put({ kind: 'joined', operator: { id: actor.id, name: actor.id } });
      case 'receipt.mark': {
        const upTo = Math.min(command.upTo, state.lastSeq);
        if (state[command.mark][actor.kind] >= upTo) return { conversationId: log.id, seq: state.lastSeq };
        return put({ kind: 'receipt', mark: command.mark, upTo });
      }
      case 'page.visit':
        return put({ kind: 'page', page: command.page });
      case 'details.update':
        return put({ kind: 'details', details: command.details });
      default:
        return { code: 'invalid' };
    }
  }

  return {
    commit,
    conversation,
    /** An entry that nobody asked for. */
    note: (id: string) => {
      const log = logs.get(id);
      if (log) append(log, { kind: 'system' }, { kind: 'hidden' });
    },
    entries: (id: string): readonly Entry[] => logs.get(id)?.entries ?? [],
    all: (): Conversation[] => [...logs.values()].map(project),
    openOf: (visitorId: string) => {
      return [...logs.values()]
        .map(project)
        .find((each) => each.visitor.id === visitorId && each.state !== 'closed');
    },
    operators: (): Operator[] => operators,
    accountSeq: () => changes.length,
    /** The account's changes after `from`; 0 is a full snapshot. */
    changesAfter: (from: number): Changes => {
      const ids = new Set(from === 0 ? logs.keys() : changes.slice(from));
      const named = [...ids].flatMap((id) => conversation(id) ?? []);
      return {
        type: 'changes',
        from,
        to: changes.length,
        conversations: named.filter(({ state }) => state !== 'closed'),
        removed: from === 0 ? [] : named.filter(({ state }) => state === 'closed').map(({ id }) => id),
        operators: from === 0 ? operators : [],
      };
    },
    /** A copy of everything, for a restore. */
    backup: () => structuredClone({ logs, changes }),
    restore: (saved: { logs: Map<string, Log>; changes: string[] }) => {
      ({ logs, changes } = structuredClone(saved));
    },
  };
}
