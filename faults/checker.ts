import { isDeepStrictEqual } from 'node:util';
import type { Conversation } from '#protocol/conversations.ts';
import type { Side } from '#client/reduce.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Thread } from '#client/state.ts';
import { conversationFor, entriesFor } from '../server/features/conversations/policy.ts';
import type { Step } from './journal.ts';

/** A conversation as the database holds it: its row as the wire shows it, and all its entries by position. */
export type StoredThread = { conversation: Conversation; entries: Entry[] };

/** What one client shows at the end. */
export type View = {
  client: string;
  /** A visitor is not shown everything (features/conversations/policy.ts). */
  side: Side;
  threads: ReadonlyMap<string, Pick<Thread, 'conversation' | 'entries' | 'complete'>>;
  /** Conversations that it must show. */
  follows: readonly string[];
  /** Commands that it shows as not sent. */
  unsent: readonly string[];
  /** Operators: the list, and which conversations belong into it. */
  list?: { shown: ReadonlyMap<string, Conversation>; belongs: (conversation: Conversation) => boolean };
};

/** Violations of the contract (docs/operate/reliability.md), each a line for people. All empty: it holds. */
export type Findings = {
  /** Acknowledged and not stored. */
  lost: string[];
  /** Stored more than once. */
  duplicate: string[];
  /** Stored and never sent, or stored after its sender was told no. */
  phantom: string[];
  /** Acknowledged under another position than it has. */
  misplaced: string[];
  /** A conversation's positions are not 1..n, or its row says another n. */
  gaps: string[];
  /** What a client shows is not what is stored. */
  unequal: string[];
};

/** These always leave an entry; an acknowledgement of another command may mean that nothing had to change. */
const LEAVES_ENTRY = new Set(['message.post', 'conversation.start']);

/**
 * Jepsen's set checker for chats: compares what the clients did with what is stored and with what they show. Pure.
 * Call it when all faults are over and nothing is on its way any more.
 */
export function check(history: readonly Step[], stored: readonly StoredThread[], views: View[]): Findings {
  const findings: Findings = { lost: [], duplicate: [], phantom: [], misplaced: [], gaps: [], unequal: [] };
  const places = new Map<string, { conversationId: string; seq: number }[]>();
  for (const { conversation, entries } of stored) {
    const numbers = entries.map(({ seq }) => seq);
    if (numbers.some((seq, index) => seq !== index + 1) || numbers.length !== conversation.lastSeq) {
      findings.gaps.push(`${conversation.id} holds ${spans(numbers)}, its row says ${conversation.lastSeq}`);
    }
    for (const { ref, seq } of entries) {
      if (ref === undefined) continue;
      places.set(ref, [...(places.get(ref) ?? []), { conversationId: conversation.id, seq }]);
    }
  }
  for (const [ref, all] of places) {
    if (all.length > 1) findings.duplicate.push(`${ref} at ${all.map(placeOf).join(' and ')}`);
  }
  const invoked = new Set(history.filter(({ type }) => type === 'invoke').map(({ ref }) => ref));
  for (const [ref, [place]] of places) {
    if (!invoked.has(ref) && place) findings.phantom.push(`${ref} at ${placeOf(place)} was sent by nobody`);
  }
  for (const step of history) {
    const all = places.get(step.ref) ?? [];
    const who = `${step.client}'s ${step.command} ${step.ref}`;
    if (step.type === 'fail' && all.length > 0) {
      findings.phantom.push(`${who} was refused (${step.code}) and is stored`);
    }
    if (step.type !== 'ok') continue;
    if (all.length === 0) {
      if (LEAVES_ENTRY.has(step.command) || step.seq !== undefined) findings.lost.push(who);
    } else if (step.seq !== undefined) {
      const right = all.some(
        ({ conversationId, seq }) => conversationId === step.conversationId && seq === step.seq,
      );
      if (!right) findings.misplaced.push(`${who} was acknowledged as ${step.conversationId}:${step.seq}`);
    }
  }
  const byId = new Map(stored.map((thread) => [thread.conversation.id, thread]));
  findings.unequal = views.flatMap((view) =>
    differences(view, byId).map((what) => `${view.client}: ${what}`),
  );
  return findings;
}

function differences(view: View, stored: ReadonlyMap<string, StoredThread>): string[] {
  const wrong = view.unsent.map((ref) => `shows ${ref} as not sent`);
  for (const id of new Set([...view.follows, ...view.threads.keys()])) {
    const thread = view.threads.get(id);
    const truth = stored.get(id);
    if (!thread) wrong.push(`does not show ${id}`);
    else if (!truth) wrong.push(`shows ${id}, which is not stored`);
    else wrong.push(...threadDifferences(thread, shownTo(view.side, truth)));
  }
  if (view.list) {
    const { shown, belongs } = view.list;
    for (const { conversation } of stored.values()) {
      const listed = shown.get(conversation.id);
      const should = conversation.state !== 'closed' && belongs(conversation);
      if (should !== (listed !== undefined))
        wrong.push(`${listed ? 'lists' : 'does not list'} ${conversation.id}`);
      else if (listed && !isDeepStrictEqual(listed, conversation))
        wrong.push(`lists ${conversation.id} otherwise`);
    }
    for (const id of shown.keys()) if (!stored.has(id)) wrong.push(`lists ${id}, which is not stored`);
  }
  return wrong;
}

const shownTo = (side: Side, { conversation, entries }: StoredThread): StoredThread => ({
  conversation: conversationFor(side, conversation),
  entries: entriesFor(side, entries),
});

function threadDifferences(
  { conversation, entries, complete }: Pick<Thread, 'conversation' | 'entries' | 'complete'>,
  truth: StoredThread,
): string[] {
  const wrong: string[] = [];
  const { id } = truth.conversation;
  if (conversation.lastSeq !== truth.conversation.lastSeq) {
    wrong.push(`${id} reaches ${conversation.lastSeq} of ${truth.conversation.lastSeq}`);
  } else if (!isDeepStrictEqual(conversation, truth.conversation)) wrong.push(`${id} has another state`);
  // A client that was far behind holds only the newest entries.
  const first = complete ? 1 : (entries[0]?.seq ?? Infinity);
  const should = truth.entries.filter(({ seq }) => seq >= first && seq <= conversation.lastSeq);
  if (!isDeepStrictEqual([...entries], should)) wrong.push(`${id} shows other entries`);
  return wrong;
}

const placeOf = ({ conversationId, seq }: { conversationId: string; seq: number }) =>
  `${conversationId}:${seq}`;

/** 1, 2, 3, 5 -> "1-3 5" */
function spans(numbers: number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(' ') || 'nothing';
}

export const violations = (findings: Findings): string[] =>
  Object.entries(findings).flatMap(([kind, lines]) => lines.map((line) => `${kind}: ${line}`));
