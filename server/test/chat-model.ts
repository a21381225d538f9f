import assert from 'node:assert/strict';
import type pg from 'pg';
import type { Conversation } from '#protocol/conversations.ts';
import type { Entry } from '#protocol/entries.ts';
import type { Done, Refused } from '#protocol/session.ts';
import { project as definition } from '#client/test/fake-log.ts';
import type { Actor } from '../core/actor.ts';
import { senderOf } from '../features/conversations/sender.ts';
import { storedConversation, type ConversationRow } from '../unscoped/stored-conversation.ts';
import {
  checkAtRest,
  checkOwn,
  offerAsStored,
  rightOutcomes,
  type Circumstances,
  type Office,
  type There,
} from './chat-desk.ts';
import { ruling, type Said } from './rules.ts';

/** Something that was said to the server, and what it answered. */
export type Utterance = {
  /** What carried it: things said over one line, or on one screen, keep their order. */
  source: string;
  actor: Actor;
  said: Said;
  /** Undefined for a first message. */
  conversationId: string | undefined;
  ref: string;
  answer: Done | Refused;
};

/** A conversation as the model holds it: nothing but its entries. */
type Log = { id: string; visitorId: string; createdAt: string; entries: Entry[] };

export type Snapshot = ReadonlyMap<string, Conversation>;

/** What an account's chats must be after everything that was said: a plain array of entries for each. */
export type ChatModel = {
  office: Office;
  logs: Map<string, Log>;
  /** Every ref that was ever stored, and where. */
  refs: Map<string, { conversationId: string; seq: number }>;
  said: Utterance[];
  /** Status of each operator who has changed it, and the position of the last change. */
  statuses: Map<string, { status: string; seq: number }>;
  /** All conversations as they were at each position of the account's change stream that was looked at. */
  history: Map<number, Snapshot>;
};

export const emptyModel = (office: Office): ChatModel => ({
  office,
  logs: new Map(),
  refs: new Map(),
  said: [],
  statuses: new Map(),
  history: new Map(),
});

export const head = ({ history }: ChatModel): number => Math.max(0, ...history.keys());

/** The conversations now, oldest first. */
export function conversationsOf(model: ChatModel): Conversation[] {
  return [...(model.history.get(head(model)) ?? new Map<string, Conversation>()).values()];
}

type Stored = {
  entries: Map<string, Entry[]>;
  conversations: Conversation[];
  seq: number;
  present: ReadonlySet<string>;
};

/** The operators of an account who have an open line, as far as all processes know. */
export async function readPresent(truth: pg.Client, accountId: string): Promise<ReadonlySet<string>> {
  const text = `select operator_id from operator_sessions join nodes using (node_id)
    where account_id = $1 and lease_until > now()`;
  const { rows } = await truth.query<{ operator_id: string }>(text, [accountId]);
  return new Set(rows.map((row) => row.operator_id));
}

/** The truth, read past all code of the server but the naming of columns. */
async function readStored(truth: pg.Client, accountId: string): Promise<Stored> {
  const read = async <Row extends pg.QueryResultRow>(text: string): Promise<Row[]> =>
    (await truth.query<Row>(text, [accountId])).rows;
  const lines = await read<Line>('select * from entries where account_id = $1 order by conversation_id, seq');
  const rows = await read<ConversationRow>(
    'select * from conversations where account_id = $1 order by created_at',
  );
  const [stream] = await read<{ seq: number }>('select seq from account_streams where account_id = $1');
  const entries = Map.groupBy(lines, (line) => line.conversation_id);
  return {
    entries: new Map([...entries].map(([id, list]) => [id, list.map(entryOf)])),
    conversations: rows.map((row) => storedConversation(row).conversation),
    seq: stream?.seq ?? 0,
    present: await readPresent(truth, accountId),
  };
}

type Line = {
  conversation_id: string;
  seq: number;
  at: Date;
  sender_kind: 'visitor' | 'operator' | 'system';
  sender_id: string | null;
  ref: string | null;
  what: Entry['what'];
};

const entryOf = ({ seq, at, sender_kind: kind, sender_id: id, ref, what }: Line): Entry => ({
  seq,
  at: at.toISOString(),
  sender: kind === 'system' || id === null ? { kind: 'system' } : { kind, id },
  ...(ref !== null && { ref }),
  what,
});

/** What the entries add up to; a name that a visitor brought along from an earlier chat stands in no entry. */
function sum(log: Log, length: number, named: Conversation['visitor']): Conversation {
  const entries = log.entries.slice(0, length);
  const defined = definition({ ...log, entries });
  const told = (field: 'name' | 'email') =>
    entries.some(({ what }) => what.kind === 'details' && what.details[field] !== undefined);
  return {
    ...defined,
    visitor: {
      ...defined.visitor,
      ...(!told('name') && { name: named.name }),
      ...(!told('email') && { email: named.email }),
    },
  };
}

/**
 * Reads what is stored and finds an order of `batch` (said at once) that explains it and every answer: nothing lost,
 * nothing doubled, nothing that nobody said, positions 1..n, each ruling right at some moment. Then the model is that.
 * `there`: who was there since the last time; resolves with who is now.
 */
export async function explain(
  model: ChatModel,
  truth: pg.Client,
  accountId: string,
  batch: Utterance[],
  there: There,
): Promise<ReadonlySet<string>> {
  const isOnline = (id: string): boolean => (model.statuses.get(id)?.status ?? 'online') === 'online';
  const now: Circumstances = { office: model.office, there, isOnline };
  const stored = await readStored(truth, accountId);
  const known = new Map(model.refs);
  const states = new Map<string, Conversation[]>();
  for (const conversation of stored.conversations) {
    const { id, visitor, createdAt } = conversation;
    const entries = stored.entries.get(id) ?? [];
    const before = model.logs.get(id)?.entries ?? [];
    assert.deepEqual(entries.slice(0, before.length), before, 'what was stored stays as it was');
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      entries.map((_, index) => index + 1),
      'positions are 1..n',
    );
    const log = { id, visitorId: visitor.id, createdAt, entries };
    states.set(id, replay(model, now, log, before.length, visitor, batch));
    model.logs.set(id, log);
    assert.deepEqual(conversation, states.get(id)?.at(-1), 'the projection is what the entries add up to');
  }
  assert.equal(model.logs.size, stored.conversations.length);
  for (const utterance of batch) checkAnswer(utterance, now, known, model, states);
  checkOrder(
    model,
    batch.filter(({ said, ref }) => said.kind === 'post' && !known.has(ref)),
  );
  model.said.push(...batch);
  const open = stored.conversations.filter(({ state, channel }) => state !== 'closed' && channel === 'chat');
  assert.equal(new Set(open.map(({ visitor }) => visitor.id)).size, open.length, 'one open chat per visitor');
  const last = model.history.get(stored.seq);
  const snapshot: Snapshot = new Map(stored.conversations.map((each) => [each.id, each]));
  if (last) assert.deepEqual(snapshot, last, 'what has changed has a new position in the stream of changes');
  model.history.set(stored.seq, snapshot);
  checkAtRest(model.office, stored.conversations, stored.present);
  return stored.present;
}

/** What a conversation was after each of its entries from position `from` on. */
export function statesOf(
  { logs }: ChatModel,
  { id, visitor, lastSeq }: Conversation,
  from: number,
): Conversation[] {
  const log = logs.get(id);
  if (!log) return [];
  return Array.from({ length: Math.max(0, lastSeq - from + 1) }, (_, index) =>
    sum(log, from + index, visitor),
  );
}

/** The states of a conversation from `from` on, each entry explained by what was said in the state before it. */
function replay(
  model: ChatModel,
  now: Circumstances,
  log: Log,
  from: number,
  named: Conversation['visitor'],
  batch: Utterance[],
): Conversation[] {
  const states = [sum(log, from, named)];
  for (let at = from; at < log.entries.length;) {
    const before = states.at(-1);
    const first = log.entries[at];
    assert.ok(before && first);
    if (first.sender.kind === 'system') {
      checkOwn(now, first, before);
      at += 1;
      states.push(sum(log, at, named));
      continue;
    }
    const length = log.entries.slice(at).findIndex(({ ref }) => ref !== undefined) + 1;
    assert.ok(length > 0, 'the last entry of what was said carries its ref');
    const news = log.entries.slice(at, at + length);
    const last = news.at(-1) ?? first;
    const { ref = '', sender } = last;
    const utterance = batch.find((each) => each.ref === ref);
    assert.ok(utterance, `${ref} is stored, but nobody said it`);
    assert.deepEqual(sender, senderOf(utterance.actor), 'who said it is who is named');
    assert.ok(!model.refs.has(ref), `${ref} is stored twice`);
    const { actor } = utterance;
    const said =
      utterance.said.kind === 'transfer' ? offerAsStored(now, utterance.said, last, states) : utterance.said;
    assert.deepEqual(
      news.map(({ what }) => what),
      ruling(actor, said, before),
      `${said.kind} by a ${actor.kind} keeps to the rules`,
    );
    model.refs.set(ref, { conversationId: log.id, seq: news.at(-1)?.seq ?? 0 });
    at += length;
    states.push(sum(log, at, named));
  }
  return states;
}

const isBack = ({ state, createdAt, waitingSince }: Conversation): boolean =>
  state === 'waiting' && waitingSince !== createdAt;

function checkAnswer(
  { actor, said, conversationId, ref, answer }: Utterance,
  now: Circumstances,
  known: ChatModel['refs'],
  model: ChatModel,
  states: Map<string, Conversation[]>,
): void {
  const what = `${said.kind} by a ${actor.kind}`;
  const place = model.refs.get(ref);
  const own = states.get(conversationId ?? '') ?? [];
  const others = [...states.values()].filter((each) => each !== own);
  const right = own.flatMap((state) => rightOutcomes(now, actor, said, state, others));
  // It came back to the queue while it was answered.
  if (said.kind === 'post' && actor.kind === 'operator' && own.some(isBack)) right.push('unavailable');
  const nothing = right.includes(0);
  if (answer.type === 'refused') {
    assert.ok(!place, `${what} was refused with ${answer.code} and is stored`);
    assert.ok(
      right.includes(answer.code),
      `${what} was refused with ${answer.code}, not ${JSON.stringify(right)}`,
    );
  } else if (place && answer.seq !== undefined) {
    assert.deepEqual(
      { conversationId: answer.conversationId, seq: answer.seq },
      place,
      `${what} is where it is said to be`,
    );
  } else if (place) {
    // A repeat that would change nothing any more need not say where the first one stands.
    assert.ok(known.has(ref) || nothing, `${what} was acknowledged without its position`);
  } else {
    assert.equal(answer.seq, undefined, `${what} was acknowledged and is not stored`);
    assert.ok(nothing, `${what} was acknowledged, should have changed something, and did not`);
  }
}

function checkOrder({ refs }: ChatModel, posts: Utterance[]): void {
  const last = new Map<string, number>();
  for (const { source, ref, conversationId } of new Map(posts.map((post) => [post.ref, post])).values()) {
    const seq = refs.get(ref)?.seq;
    if (seq === undefined) continue;
    const lane = `${source} ${conversationId}`;
    assert.ok(seq > (last.get(lane) ?? 0), `${ref} was overtaken`);
    last.set(lane, seq);
  }
}
