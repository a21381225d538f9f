import type { Pending } from '#client/state.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Refused } from '#protocol/session.ts';

/** How far an operator's message got. */
export type Fate = 'queued' | 'refused' | 'sent' | 'delivered' | 'read';

type At = { key: string; at: string };

export type MessageLine = At & {
  kind: 'message';
  side: 'visitor' | 'operator';
  authorId: string;
  text: string;
  /** First and last of a group: same author, at most five minutes apart, nothing in between. */
  starts: boolean;
  ends: boolean;
  /** Null for what the visitor wrote. */
  fate: Fate | null;
  ref: string | undefined;
  refused: Refused | undefined;
};

export type Line =
  | MessageLine
  | (At & { kind: 'day' })
  | (At & { kind: 'new' })
  | (At & { kind: 'joined'; operatorId: string; name: string })
  | (At & { kind: 'closed'; by: 'visitor' | 'operator' | 'system'; operatorId: string | undefined })
  | (At & { kind: 'pages'; title: string; url: string; count: number })
  | (At & { kind: 'details'; name: string | null | undefined; email: string | null | undefined })
  | (At & { kind: 'offline'; email: string; subject: string | null; text: string });

const GROUP_MS = 5 * 60_000;

function fateOf(seq: number, { delivered, read }: Pick<Conversation, 'delivered' | 'read'>): Fate {
  if (seq <= read.visitor) return 'read';
  return seq <= delivered.visitor ? 'delivered' : 'sent';
}

function lineOf(entry: Entry, conversation: Conversation): Line | null {
  const { what, sender, at } = entry;
  const key = entry.ref ?? `#${entry.seq}`;
  switch (what.kind) {
    case 'message': {
      if (sender.kind === 'system') return null;
      const fate = sender.kind === 'operator' ? fateOf(entry.seq, conversation) : null;
      const group = { starts: true, ends: true, refused: undefined };
      return {
        kind: 'message',
        key,
        at,
        side: sender.kind,
        authorId: sender.id,
        text: what.text,
        fate,
        ref: entry.ref,
        ...group,
      };
    }
    case 'joined':
      return { kind: 'joined', key, at, operatorId: what.operator.id, name: what.operator.name };
    case 'closed':
      return {
        kind: 'closed',
        key,
        at,
        by: sender.kind,
        operatorId: sender.kind === 'operator' ? sender.id : undefined,
      };
    case 'page':
      return { kind: 'pages', key, at, title: what.page.title, url: what.page.url, count: 1 };
    case 'details':
      return { kind: 'details', key, at, name: what.details.name, email: what.details.email };
    case 'offline':
      return { kind: 'offline', key, at, email: what.email, subject: what.subject, text: what.text };
    default:
      return null;
  }
}

function pendingLine(pending: Pending, operatorId: string): MessageLine | null {
  const { command, refused } = pending;
  if (command.type !== 'message.post') return null;
  return {
    kind: 'message',
    key: command.ref,
    at: new Date(pending.at).toISOString(),
    side: 'operator',
    authorId: operatorId,
    text: command.text,
    starts: true,
    ends: true,
    fate: refused === undefined ? 'queued' : 'refused',
    ref: command.ref,
    refused,
  };
}

const dayOf = (at: string) => new Date(at).toDateString();

function joins(before: Line | undefined, line: MessageLine): before is MessageLine {
  return (
    before?.kind === 'message' &&
    before.authorId === line.authorId &&
    Date.parse(line.at) - Date.parse(before.at) <= GROUP_MS
  );
}

function push(lines: Line[], line: Line): void {
  const last = lines.at(-1);
  if (last === undefined || dayOf(last.at) !== dayOf(line.at))
    lines.push({ kind: 'day', key: `day-${dayOf(line.at)}`, at: line.at });
  const before = lines.at(-1);
  if (line.kind === 'pages' && before?.kind === 'pages') {
    lines[lines.length - 1] = { ...line, key: before.key, count: before.count + 1 };
    return;
  }
  if (line.kind === 'message' && joins(before, line)) {
    lines[lines.length - 1] = { ...before, ends: false };
    lines.push({ ...line, starts: false });
    return;
  }
  lines.push(line);
}

/**
 * What the thread shows, from top to bottom. `newAfter`: the position up to which everything had been read when the
 * thread was opened; null draws no "new" marker. Pending messages that the log already has are not drawn twice.
 */
export function threadLines(
  thread: { conversation: Conversation; entries: readonly Entry[] },
  outbox: readonly Pending[],
  operatorId: string,
  newAfter: number | null,
): Line[] {
  const lines: Line[] = [];
  const stored = new Set<string>();
  let marked = newAfter === null;
  for (const entry of thread.entries) {
    if (entry.ref !== undefined) stored.add(entry.ref);
    const line = lineOf(entry, thread.conversation);
    if (line === null) continue;
    if (
      !marked &&
      newAfter !== null &&
      entry.seq > newAfter &&
      line.kind === 'message' &&
      line.side === 'visitor'
    ) {
      marked = true;
      push(lines, { kind: 'new', key: 'new', at: line.at });
    }
    push(lines, line);
  }
  for (const pending of outbox) {
    const { command } = pending;
    if (!('conversationId' in command) || command.conversationId !== thread.conversation.id) continue;
    const line = stored.has(command.ref) ? null : pendingLine(pending, operatorId);
    if (line !== null) push(lines, line);
  }
  return lines;
}

/** Position of the visitor's newest message: what a receipt may name. 0 when there is none. */
export function lastFromVisitor(entries: readonly Entry[]): number {
  return (
    entries.findLast((entry) => entry.sender.kind === 'visitor' && entry.what.kind === 'message')?.seq ?? 0
  );
}
