import type { Changes } from '#protocol/changes.ts';
import type { Conversation, Desk } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Down } from '#protocol/down.ts';
import { emptyState, type State, type Thread } from './state.ts';

type Frame<Type extends Down['type']> = Extract<Down, { type: Type }>;

/** Which side this client speaks for. */
export type Side = 'visitor' | 'operator';

/** Something up to `head` is missing: ask for it. `held` can be applied once what is before it has arrived. */
export type Gap =
  | { stream: 'account'; head: number }
  | { stream: 'conversation'; conversationId: string; head: number; held: readonly Entry[] };

export type Reduced = { state: State; gaps: readonly Gap[] };

const PREVIEW_LIMIT = 140;
const UNREAD_LIMIT = 100;

/** On which side of the conversation a speaker stands. */
export function sideOf({ sender }: Pick<Entry, 'sender'>, { visitor }: Pick<Conversation, 'visitor'>): Side {
  return sender.kind !== 'system' && sender.id === visitor.id ? 'visitor' : 'operator';
}

/**
 * What the other side of `reader` has said after `upTo`; `known` where that begins before entries[0], which cannot be
 * counted.
 */
function unreadAfter(
  conversation: Conversation,
  reader: Side,
  known: number,
  entries: readonly Entry[],
): number {
  const upTo = conversation.read[reader];
  if (upTo >= conversation.lastSeq) return 0;
  if ((entries[0]?.seq ?? Infinity) > upTo + 1) return known;
  const said = entries.filter(
    (entry) =>
      entry.seq > upTo &&
      (entry.what.kind === 'message' || entry.what.kind === 'offline') &&
      sideOf(entry, conversation) !== reader,
  );
  return Math.min(UNREAD_LIMIT, said.length);
}

const nobody: Desk = {
  audience: null,
  ring: null,
  ringUntil: null,
  passed: [],
  declined: [],
  transfer: null,
};

/** The desk without one who does not want the conversation; an offer that nobody is left for has ended. */
function withoutDecliner(desk: Desk | null, operatorId: string): Desk | null {
  if (desk === null) return null;
  const others = (ids: readonly string[]) => ids.filter((id) => id !== operatorId);
  if (desk.transfer) {
    const audience = others(desk.transfer.audience);
    return audience.length > 0 ? { ...desk, transfer: { ...desk.transfer, audience } } : null;
  }
  const also = (ids: readonly string[]) => [...others(ids), operatorId];
  return {
    ...desk,
    ring: desk.ring && others(desk.ring),
    passed: also(desk.passed),
    declined: also(desk.declined),
  };
}

/**
 * The state of a conversation after `entry` (its next one): what the server's projection computes. `entries` are
 * those before it, gapless up to conversation.lastSeq, as far back as they are held; only a receipt needs them.
 */
export function reduceConversation(
  before: Conversation,
  entry: Entry,
  entries: readonly Entry[] = [],
): Conversation {
  const { what, at, seq } = entry;
  const by = sideOf(entry, before);
  const after = { ...before, lastSeq: seq };
  const mark = (name: 'delivered' | 'read', upTo: number) => {
    after[name] = { ...before[name], [by]: Math.max(before[name][by], upTo) };
  };
  switch (what.kind) {
    case 'message':
    case 'offline':
      // Half of a surrogate pair at the end of the cut is left out, as by the server.
      after.preview = {
        from: by,
        text: what.text.slice(0, PREVIEW_LIMIT).replace(/[\uD800-\uDBFF]$/, ''),
        at,
      };
      mark('delivered', seq);
      mark('read', seq);
      after.unread = by === 'visitor' ? Math.min(UNREAD_LIMIT, before.unread + 1) : 0;
      after.unreadByVisitor = by === 'operator' ? Math.min(UNREAD_LIMIT, before.unreadByVisitor + 1) : 0;
      if (what.kind === 'offline') after.visitor = { ...before.visitor, email: what.email };
      break;
    case 'joined':
      after.state = 'open';
      after.operator = what.operator;
      after.waitingSince = null;
      after.desk = null;
      break;
    case 'queued':
      after.state = 'waiting';
      after.operator = null;
      after.waitingSince = at;
      after.desk = null;
      break;
    case 'missed':
      after.channel = 'offline';
      break;
    case 'routed': {
      const { decision, ring, until, passed } = what;
      const { declined = [] } = before.desk ?? {};
      after.desk = { audience: decision.audience, ring, ringUntil: until, passed, declined, transfer: null };
      break;
    }
    case 'transfer':
      after.desk = { ...nobody, transfer: what.transfer };
      break;
    case 'declined':
      after.desk = withoutDecliner(before.desk, what.by.id);
      break;
    case 'transfer-ended':
      after.desk = null;
      break;
    case 'closed':
      after.state = 'closed';
      after.closedAt = at;
      after.waitingSince = null;
      after.desk = null;
      break;
    case 'receipt':
      mark('delivered', what.upTo);
      if (what.mark === 'delivered') break;
      mark('read', what.upTo);
      after.unread = unreadAfter(after, 'operator', before.unread, entries);
      after.unreadByVisitor = unreadAfter(after, 'visitor', before.unreadByVisitor, entries);
      break;
    case 'page':
      after.page = what.page;
      break;
    case 'details': {
      const { name = before.visitor.name, email = before.visitor.email } = what.details;
      after.visitor = { ...before.visitor, name, email };
      break;
    }
    // `note`, `hidden`, and kinds of a newer server: only the position counts.
    default:
  }
  return after;
}

function withThread(state: State, conversationId: string, thread: Thread): State {
  const { queue } = state;
  const over = queue?.conversationId === conversationId && !waits(thread.conversation);
  return {
    ...state,
    threads: new Map(state.threads).set(conversationId, thread),
    queue: over ? null : queue,
  };
}

const waits = ({ state, channel }: Conversation): boolean => state === 'waiting' && channel === 'chat';

/** A place that comes late, behind what has ended the waiting, is none. */
function reduceQueue(state: State, { type: _, position, ...place }: Frame<'queue'>): State {
  const thread = state.threads.get(place.conversationId);
  if (thread && !waits(thread.conversation)) return state;
  return { ...state, queue: position === null ? null : { ...place, position } };
}

function complete(entries: readonly Entry[], lastSeq: number): boolean {
  return (entries[0]?.seq ?? lastSeq + 1) <= 1;
}

/** The thread that a frame with a whole `conversation` makes, joined to what is held if there is no hole. */
function whole(frame: Frame<'entries'>, held: Thread | undefined): Thread | undefined {
  const { conversation } = frame;
  if (!conversation) return held;
  const lastSeq = held?.conversation.lastSeq ?? -1;
  if (conversation.lastSeq <= lastSeq) return held;
  const joins = held && (frame.entries[0]?.seq ?? Infinity) <= lastSeq + 1;
  const entries = joins
    ? [...held.entries, ...frame.entries.filter((entry) => entry.seq > lastSeq)]
    : frame.entries;
  return {
    conversation,
    entries,
    complete: complete(entries, conversation.lastSeq),
    typing: held?.typing ?? false,
  };
}

/** Applies what continues the thread; returns what is too far ahead. */
function advance(thread: Thread, news: readonly Entry[], side: Side): { thread: Thread; held: Entry[] } {
  let { conversation, typing } = thread;
  const entries = [...thread.entries];
  const held: Entry[] = [];
  for (const entry of news) {
    if (entry.seq > conversation.lastSeq + 1) held.push(entry);
    if (entry.seq !== conversation.lastSeq + 1) continue;
    conversation = reduceConversation(conversation, entry, entries);
    entries.push(entry);
    const others = entry.sender.kind !== side || conversation.channel === 'colleague';
    if (entry.what.kind === 'message' && others) typing = false;
  }
  if (conversation === thread.conversation) return { thread, held };
  return { thread: { ...thread, conversation, entries, typing }, held };
}

function reduceEntries(state: State, frame: Frame<'entries'>, side: Side): Reduced {
  const { conversationId, head } = frame;
  const before = state.threads.get(conversationId);
  const base = whole(frame, before);
  // Without a state there is nothing to apply entries to, and asking brings them all again.
  if (!base) return { state, gaps: [{ stream: 'conversation', conversationId, head, held: [] }] };
  const { thread, held } = advance(base, frame.entries, side);
  const known = held.reduce((highest, entry) => Math.max(highest, entry.seq), head);
  return {
    state: thread === before ? state : withThread(state, conversationId, thread),
    gaps:
      thread.conversation.lastSeq < known
        ? [{ stream: 'conversation', conversationId, head: known, held }]
        : [],
  };
}

function reduceChanges(state: State, frame: Changes): Reduced {
  const { from, to, account, routing, removed, removedOperators = [] } = frame;
  const snapshot = from === 0 && to >= state.accountSeq;
  if (from > state.accountSeq) return { state, gaps: [{ stream: 'account', head: to }] };
  if (to <= state.accountSeq && !snapshot) return { state, gaps: [] };
  const conversations = new Map(snapshot ? [] : state.conversations);
  for (const conversation of frame.conversations) {
    if (conversation.state === 'closed') conversations.delete(conversation.id);
    else conversations.set(conversation.id, conversation);
  }
  for (const id of removed) conversations.delete(id);
  const operators = new Map(snapshot ? [] : state.operators);
  for (const operator of frame.operators) operators.set(operator.id, operator);
  for (const id of removedOperators) operators.delete(id);
  return {
    state: {
      ...state,
      account: account ?? state.account,
      routing: routing ?? state.routing,
      accountSeq: to,
      conversations:
        frame.conversations.length + removed.length || snapshot ? conversations : state.conversations,
      operators: frame.operators.length + removedOperators.length || snapshot ? operators : state.operators,
    },
    gaps: [],
  };
}

function reduceVisitors(state: State, { whole, visits, gone }: Frame<'visitors'>): State {
  const all = new Map(whole ? [] : state.visits);
  for (const visit of visits) all.set(visit.id, visit);
  for (const id of gone) all.delete(id);
  return { ...state, visits: all };
}

function reduceHead(state: State, { positions }: Frame<'head'>): Reduced {
  const gaps: Gap[] = [];
  const { account = 0, conversations } = positions;
  if (account > state.accountSeq) gaps.push({ stream: 'account', head: account });
  for (const [conversationId, head] of Object.entries(conversations)) {
    const lastSeq = state.threads.get(conversationId)?.conversation.lastSeq ?? -1;
    if (lastSeq < head) gaps.push({ stream: 'conversation', conversationId, head, held: [] });
  }
  return { state, gaps };
}

function reduceWelcome(state: State, { epoch, reset }: Frame<'welcome'>): State {
  if (reset || (state.epoch !== null && state.epoch !== epoch)) {
    const { line, retryAt, presence, outbox } = state;
    return { ...emptyState, line, retryAt, presence, outbox, epoch };
  }
  return state.epoch === epoch ? state : { ...state, epoch };
}

/** The state after one frame, live or recovered alike. Pure; a frame of an unknown type changes nothing. */
export function reduce(state: State, frame: Down, side: Side): Reduced {
  switch (frame.type) {
    case 'welcome':
      return { state: reduceWelcome(state, frame), gaps: [] };
    case 'entries':
      return reduceEntries(state, frame, side);
    case 'changes':
      return reduceChanges(state, frame);
    case 'head':
      return reduceHead(state, frame);
    case 'presence': {
      const { online } = frame;
      const operators = frame.operators ? new Map(Object.entries(frame.operators)) : state.presence.operators;
      return { state: { ...state, presence: { online, operators } }, gaps: [] };
    }
    case 'typing': {
      const thread = state.threads.get(frame.conversationId);
      if (!thread || thread.typing === frame.on) return { state, gaps: [] };
      if (frame.from === side && thread.conversation.channel !== 'colleague') return { state, gaps: [] };
      return { state: withThread(state, frame.conversationId, { ...thread, typing: frame.on }), gaps: [] };
    }
    case 'queue':
      return { state: reduceQueue(state, frame), gaps: [] };
    case 'visitors':
      return { state: reduceVisitors(state, frame), gaps: [] };
    default:
      return { state, gaps: [] };
  }
}

/** Puts older entries in front of a thread; what does not end where the thread begins is left out. */
export function prepend(state: State, conversationId: string, older: readonly Entry[]): State {
  const thread = state.threads.get(conversationId);
  if (!thread) return state;
  const { lastSeq } = thread.conversation;
  const first = thread.entries[0]?.seq ?? lastSeq + 1;
  const fresh = older.filter((entry) => entry.seq < first);
  if (fresh.length === 0 || fresh.at(-1)?.seq !== first - 1) return state;
  const entries = [...fresh, ...thread.entries];
  return withThread(state, conversationId, { ...thread, entries, complete: complete(entries, lastSeq) });
}
