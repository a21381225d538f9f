import type { Pending } from '#client/state.ts';
import { sideOf } from '#client/reduce.ts';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry, Happening, Transfer } from '#protocol/entries.ts';
import type { Refused } from '#protocol/session.ts';
import { mySide, otherSide } from './sides.ts';

/** How far an operator's message got. */
export type Fate = 'queued' | 'refused' | 'sent' | 'delivered' | 'read';

type At = { key: string; at: string };

export type MessageLine = At & {
  kind: 'message';
  /** `operator`: mine, or in a visitor's chat a colleague's. */
  side: 'visitor' | 'operator';
  authorId: string;
  text: string;
  /** First and last of a group: same author, at most five minutes apart, nothing in between. */
  starts: boolean;
  ends: boolean;
  /** Null for what the other side wrote. */
  fate: Fate | null;
  ref: string | undefined;
  refused: Refused | undefined;
};

export type NoteLine = At & { kind: 'note'; authorId: string; text: string } & Pick<
    MessageLine,
    'fate' | 'ref' | 'refused'
  >;

/** Whom the conversation rang in vain, by id, and whom it rings now; null: everybody who is free. */
export type RoutedLine = At & { kind: 'routed'; passed: readonly string[]; ring: readonly string[] | null };

export type Line =
  | MessageLine
  | NoteLine
  | RoutedLine
  | (At & { kind: 'transfer'; transfer: Transfer })
  | (At & { kind: 'declined'; operatorId: string; name: string })
  | (At & {
      kind: 'ended';
      why: Extract<Happening, { kind: 'transfer-ended' | 'queued' }>['why'] | 'missed' | 'left';
    })
  | (At & { kind: 'day' })
  | (At & { kind: 'new' })
  | (At & { kind: 'joined'; operatorId: string; name: string })
  | (At & { kind: 'closed'; by: 'visitor' | 'operator' | 'system'; operatorId: string | undefined })
  | (At & { kind: 'pages'; title: string; url: string; count: number })
  | (At & { kind: 'details'; name: string | null | undefined; email: string | null | undefined })
  | (At & { kind: 'offline'; email: string; subject: string | null; text: string });

const GROUP_MS = 5 * 60_000;

function fateOf(seq: number, conversation: Conversation, operatorId: string): Fate {
  const other = otherSide(conversation, operatorId);
  if (seq <= conversation.read[other]) return 'read';
  return seq <= conversation.delivered[other] ? 'delivered' : 'sent';
}

function lineOf(entry: Entry, conversation: Conversation, operatorId: string): Line | null {
  const { what, sender, at } = entry;
  const key = entry.ref ?? `#${entry.seq}`;
  switch (what.kind) {
    case 'message': {
      if (sender.kind === 'system') return null;
      const mine = sideOf(entry, conversation) === mySide(conversation, operatorId);
      const fate = mine ? fateOf(entry.seq, conversation, operatorId) : null;
      const group = { starts: true, ends: true, refused: undefined };
      return {
        kind: 'message',
        key,
        at,
        side: mine ? 'operator' : 'visitor',
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
    case 'note': {
      if (sender.kind === 'system') return null;
      const written = { fate: null, ref: entry.ref, refused: undefined };
      return { kind: 'note', key, at, authorId: sender.id, text: what.text, ...written };
    }
    case 'routed':
      return { kind: 'routed', key, at, passed: what.passed, ring: what.ring };
    case 'transfer':
      return { kind: 'transfer', key, at, transfer: what.transfer };
    case 'declined':
      return { kind: 'declined', key, at, operatorId: what.by.id, name: what.by.name };
    case 'transfer-ended':
    case 'queued':
      return { kind: 'ended', key, at, why: what.why };
    case 'missed':
      return { kind: 'ended', key, at, why: sender.kind === 'visitor' ? 'left' : 'missed' };
    default:
      return null;
  }
}

/** How a message or a note looks until its entry is there; null for every other command. */
export function pendingLine(pending: Pending, operatorId: string): MessageLine | NoteLine | null {
  const { command, refused } = pending;
  if (!('text' in command) || command.type === 'conversation.start' || command.type === 'visitor.invite')
    return null;
  const written = {
    key: command.ref,
    at: new Date(pending.at).toISOString(),
    authorId: operatorId,
    text: command.text,
    fate: refused === undefined ? ('queued' as const) : ('refused' as const),
    ref: command.ref,
    refused,
  };
  if (command.type === 'note.post') return { kind: 'note', ...written };
  return { kind: 'message', side: 'operator', starts: true, ends: true, ...written };
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
  // One line says whom it has rung until now and whom it rings.
  if (line.kind === 'routed' && before?.kind === 'routed') {
    const passed = [...new Set([...before.passed, ...line.passed])];
    lines[lines.length - 1] = { ...line, key: before.key, passed };
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
  /** Whom a line has told of already: who declined, and who was rung in vain. */
  const told = new Set<string>();
  let marked = newAfter === null;
  for (const entry of thread.entries) {
    if (entry.ref !== undefined) stored.add(entry.ref);
    let line = lineOf(entry, thread.conversation, operatorId);
    if (line === null) continue;
    if (line.kind === 'declined') told.add(line.operatorId);
    if (line.kind === 'routed') {
      const passed = line.passed.filter((id) => !told.has(id));
      for (const id of passed) told.add(id);
      line = { ...line, passed };
    }
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
