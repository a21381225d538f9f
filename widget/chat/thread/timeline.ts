import type { Pending, Thread } from '#client/state.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';

const GROUP_MS = 2 * 60_000;

export type Mark = 'pending' | 'refused' | 'sent' | 'delivered' | 'read';

export type Message = {
  kind: 'message';
  /** The same before and after the server has confirmed it. */
  key: string;
  from: 'visitor' | 'operator';
  /** Of an operator. */
  name: string;
  text: string;
  at: number;
  /** Own messages only. */
  mark: Mark | null;
  /** Ends of a group: one author, within two minutes. */
  first: boolean;
  last: boolean;
};

export type Item =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'joined'; key: string; name: string }
  | { kind: 'ended'; key: string }
  | Message;

function markOf(seq: number, { read, delivered }: Conversation): Mark {
  if (seq <= read.operator) return 'read';
  return seq <= delivered.operator ? 'delivered' : 'sent';
}

function fromEntry(entry: Entry, conversation: Conversation, names: Map<string, string>): Item | undefined {
  const { what, sender, seq } = entry;
  const key = entry.ref ?? String(seq);
  if (what.kind === 'joined') {
    names.set(what.operator.id, what.operator.name);
    return { kind: 'joined', key, name: what.operator.name };
  }
  if (what.kind === 'closed') return { kind: 'ended', key };
  if (what.kind !== 'message' || sender.kind === 'system') return undefined;
  const own = sender.kind === 'visitor';
  const name = names.get(sender.id) ?? conversation.operator?.name ?? '';
  return {
    kind: 'message',
    key,
    from: sender.kind,
    name: own ? '' : name,
    text: what.text,
    at: Date.parse(entry.at),
    mark: own ? markOf(seq, conversation) : null,
    first: true,
    last: true,
  };
}

function fromPending({ command, at, refused, done }: Pending): Item | undefined {
  if (command.type !== 'message.post' && command.type !== 'conversation.start') return undefined;
  const mark = refused ? 'refused' : done ? 'sent' : 'pending';
  return {
    kind: 'message',
    key: command.ref,
    from: 'visitor',
    name: '',
    text: command.text,
    at,
    mark,
    first: true,
    last: true,
  };
}

function belongs(before: Item | undefined, message: Message): before is Message {
  return (
    before?.kind === 'message' &&
    before.from === message.from &&
    before.name === message.name &&
    before.mark !== 'refused' &&
    message.at - before.at < GROUP_MS
  );
}

const dayOf = (at: number) => new Date(at).toDateString();

/** What the log shows, in order: confirmed entries, then what is not confirmed. Days are those of this computer. */
export function timeline(thread: Thread | undefined, unsent: readonly Pending[]): Item[] {
  const names = new Map<string, string>();
  const entries = thread?.entries ?? [];
  const confirmed = new Set(entries.map(({ ref }) => ref));
  const raw = [
    ...entries.map((entry) => thread && fromEntry(entry, thread.conversation, names)),
    ...unsent.filter(({ command }) => !confirmed.has(command.ref)).map(fromPending),
  ];
  const items: Item[] = [];
  let day = '';
  for (const item of raw) {
    if (!item) continue;
    if (item.kind === 'message') {
      const today = dayOf(item.at);
      // A wrong clock must not put yesterday's line under today's messages.
      if (today !== day && (!day || item.mark !== 'pending')) {
        day = today;
        items.push({ kind: 'day', key: `day ${item.key}`, at: item.at });
      }
      const before = items.at(-1);
      if (belongs(before, item)) {
        before.last = false;
        item.first = false;
      }
    }
    items.push(item);
  }
  return items;
}
