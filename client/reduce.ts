import type { Changes } from '#protocol/changes.ts';
import type { Conversation } from '#protocol/conversations.ts';
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

function speaks({ sender, what }: Entry): boolean {
  return sender.kind === 'visitor' && (what.kind === 'message' || what.kind === 'offline');
}

/** Unread after the operators have read up to `upTo`; what was said before entries[0] cannot be counted. */
function unreadAfter(conversation: Conversation, upTo: number, entries: readonly Entry[]): number {
  if (upTo >= conversation.lastSeq) return 0;
  if ((entries[0]?.seq ?? Infinity) > upTo + 1) return conversation.unread;
  return Math.min(UNREAD_LIMIT, entries.filter((entry) => entry.seq > upTo && speaks(entry)).length);
}

/**
 * The state of a conversation after `entry` (its next one): what the server's projection computes. `entries` are
 * those before it, gapless up to conversation.lastSeq, as far back as they are held; only an operator's reading
 * needs them.
 */
export function reduceConversation(
  before: Conversation,
  entry: Entry,
  entries: readonly Entry[] = [],
): Conversation {
  const { what, at, seq } = entry;
  const by = entry.sender.kind === 'visitor' ? 'visitor' : 'operator';
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
      if (what.kind === 'offline') after.visitor = { ...before.visitor, email: what.email };
      break;
    case 'joined':
      after.state = 'open';
      after.operator = what.operator;
      after.waitingSince = null;
      break;
    case 'closed':
      after.state = 'closed';
      after.closedAt = at;
      after.waitingSince = null;
      break;
    case 'receipt':
      mark('delivered', what.upTo);
      if (what.mark === 'delivered') break;
      mark('read', what.upTo);
      if (after.read.operator > before.read.operator) {
        after.unread = unreadAfter(before, after.read.operator, entries);
      }
      break;
    case 'page':
      after.page = what.page;
      break;
    case 'details': {
      const { name = before.visitor.name, email = before.visitor.email } = what.details;
      after.visitor = { ...before.visitor, name, email };
      break;
    }
    // `hidden`, and kinds of a newer server: only the position counts.
    default:
  }
  return after;
}

function withThread(state: State, conversationId: string, thread: Thread): State {
  return { ...state, threads: new Map(state.threads).set(conversationId, thread) };
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
    if (entry.what.kind === 'message' && entry.sender.kind !== side) typing = false;
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
      if (!thread || frame.from === side || thread.typing === frame.on) return { state, gaps: [] };
      return { state: withThread(state, frame.conversationId, { ...thread, typing: frame.on }), gaps: [] };
    }
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
