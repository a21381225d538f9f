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

/** What is told between messages; `name` is an operator's. */
export type Says = 'joined' | 'tookOver' | 'operatorLost' | 'operatorGone' | 'waitsAgain' | 'ended';

export type Item =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'system'; key: string; says: Says; name: string }
  | Message;

function markOf(seq: number, { read, delivered }: Conversation): Mark {
  if (seq <= read.operator) return 'read';
  return seq <= delivered.operator ? 'delivered' : 'sent';
}

/** Reads the entries of a conversation one after the other. */
function reader(conversation: Conversation): (entry: Entry) => Item | undefined {
  const names = new Map<string, string>();
  let owner: { id: string; name: string } | undefined;
  let missed = false;

  function said({ what }: Entry): { says: Says; name: string } | undefined {
    // What operators do with an offline message is not for the visitor.
    if (missed) return undefined;
    if (what.kind === 'joined') {
      const before = owner;
      owner = what.operator;
      return { says: before && before.id !== owner.id ? 'tookOver' : 'joined', name: owner.name };
    }
    if (what.kind === 'queued') {
      const name = owner?.name ?? '';
      const says = what.why === 'operator-lost' ? 'operatorLost' : 'operatorGone';
      // An operator who joined before all that is held has no name here.
      return { says: name ? says : 'waitsAgain', name };
    }
    return what.kind === 'closed' ? { says: 'ended', name: '' } : undefined;
  }

  return (entry) => {
    const { what, sender, seq } = entry;
    const key = entry.ref ?? String(seq);
    if (what.kind === 'joined' || what.kind === 'invited') names.set(what.operator.id, what.operator.name);
    if (what.kind === 'missed') missed = true;
    if (what.kind !== 'message' || sender.kind === 'system') {
      const told = said(entry);
      return told && { kind: 'system', key, ...told };
    }
    const own = sender.kind === 'visitor';
    const { operator } = conversation;
    const name = names.get(sender.id) ?? (operator?.id === sender.id ? operator.name : '');
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
  const entries = thread?.entries ?? [];
  const confirmed = new Set(entries.map(({ ref }) => ref));
  const raw = [
    ...(thread ? entries.map(reader(thread.conversation)) : []),
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
