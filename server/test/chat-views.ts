import assert from 'node:assert/strict';
import type { Conversation } from '#protocol/conversations.ts';
import { PAGE_LIMIT } from '#protocol/conversations.ts';
import type { Down } from '#protocol/down.ts';
import type { Changes } from '#protocol/changes.ts';
import type { Done, Positions, Refused } from '#protocol/session.ts';
import type { Client } from '#client/client.ts';
import type { Actor, OperatorActor } from '../core/actor.ts';
import { conversationsOf, head, statesOf, type ChatModel, type Snapshot } from './chat-model.ts';
import { watchers, type World } from './chat-world.ts';
import { until } from './clients.ts';
import { readable, sees } from './rules.ts';
import type { Line } from './speakers.ts';

/** A bare line that follows a conversation: what it has heard of it since frame `from` begins after position `after`. */
export type Heard = { line: Line; actor: Actor; conversationId: string; from: number; after: number };

type Entries = Extract<Down, { type: 'entries' }>;

/** A visitor does not learn who else may answer. */
const shownTo = (actor: Actor, conversation: Conversation): Conversation =>
  actor.kind === 'visitor' ? { ...conversation, desk: null } : conversation;

const lists = (actor: Actor, conversation: Conversation): boolean =>
  conversation.state !== 'closed' && sees(actor, conversation);

const listOf = (actor: Actor, all: Snapshot): Snapshot =>
  new Map([...all].filter(([, conversation]) => lists(actor, conversation)));

const entriesFor = (actor: Actor, { logs }: ChatModel, id: string) =>
  readable(actor, logs.get(id)?.entries ?? []);

function framesOf({ heard }: Line, conversationId: string, from: number): Down[] {
  return heard
    .slice(from)
    .filter(
      (frame) =>
        (frame.type === 'entries' || frame.type === 'gone') && frame.conversationId === conversationId,
    );
}

/** True when the frames bring a conversation up to date, or say that it is not for this line. */
function complete(frames: Down[]): boolean {
  const last = frames.at(-1);
  if (last?.type !== 'entries') return last !== undefined;
  return (last.entries.at(-1)?.seq ?? last.head) >= last.head;
}

/** P3 for one conversation: exactly what is missing after `after`, or the whole if that position cannot be. */
function checkCaughtUp(
  model: ChatModel,
  actor: Actor,
  frames: Down[],
  conversation: Conversation,
  after: number | undefined,
): void {
  const { lastSeq, id } = conversation;
  const entries = entriesFor(actor, model, id);
  const parts = frames as Entries[];
  if (after === undefined || after > lastSeq) {
    const whole = {
      type: 'entries',
      conversationId: id,
      conversation: shownTo(actor, conversation),
      entries: entries.slice(-PAGE_LIMIT),
      head: lastSeq,
    };
    assert.deepEqual(frames, [whole], `resumed at ${after} of ${lastSeq}: the whole`);
    return;
  }
  assert.deepEqual(
    parts.flatMap((part) => part.entries),
    entries.slice(after),
    `resumed at ${after} of ${lastSeq}: exactly what is missing`,
  );
  assert.ok(parts.every((part) => part.conversation === undefined && part.head === lastSeq));
}

/** P3 for the stream of changes: old list + what was sent = list of now; nothing is named that did not change. */
function checkChanges(model: ChatModel, actor: OperatorActor, sent: Changes, asked: number): void {
  const snapshot = asked === 0 || asked > head(model);
  const before: Snapshot = snapshot ? new Map() : (model.history.get(asked) ?? new Map());
  const all = new Map(conversationsOf(model).map((each) => [each.id, each]));
  assert.deepEqual({ from: sent.from, to: sent.to }, { from: snapshot ? 0 : asked, to: head(model) });
  const list = new Map(listOf(actor, before));
  for (const conversation of sent.conversations) list.set(conversation.id, conversation);
  for (const id of sent.removed) list.delete(id);
  assert.deepEqual(list, listOf(actor, all), `the list resumed at ${asked} of ${head(model)}`);
  for (const id of [...sent.conversations.map((each) => each.id), ...(snapshot ? [] : sent.removed)]) {
    assert.notDeepEqual(before.get(id), all.get(id), 'only what has changed is named');
  }
  const changed = [...model.statuses].filter(([, { seq }]) => snapshot || seq > asked);
  const named = sent.operators.map(({ id, status }) => [id, status] as const);
  if (snapshot) assert.equal(named.length, 3);
  else assert.deepEqual(new Set(named.map(([id]) => id)), new Set(changed.map(([id]) => id)));
  for (const [id, status] of named) assert.equal(status, model.statuses.get(id)?.status ?? 'online');
}

/** What a line is told that says hello with these positions of this epoch, `own` being the right one. */
export async function checkResumed(
  model: ChatModel,
  line: Line,
  actor: Actor,
  positions: Positions,
  own: string,
  epoch: string | undefined,
): Promise<Heard[]> {
  const all = conversationsOf(model);
  const valid = epoch === own ? positions : { conversations: {} };
  const open = all.find((each) => actor.kind === 'visitor' && lists(actor, each));
  const wanted = new Set([...Object.keys(valid.conversations), ...(open ? [open.id] : [])]);
  const { reset, conversation, epoch: told } = await line.hear('welcome');
  assert.deepEqual({ reset, told }, { reset: epoch !== undefined && epoch !== own, told: own });
  assert.deepEqual(
    conversation,
    open ? shownTo(actor, open) : null,
    'the welcome brings the open conversation',
  );
  if (actor.kind === 'operator') checkChanges(model, actor, await line.hear('changes'), valid.account ?? 0);
  const heard: Heard[] = [];
  for (const id of wanted) {
    const frames = await line.until(
      () => [framesOf(line, id, 0)].find(complete),
      15_000,
      `conversation ${id}`,
    );
    const target = all.find((each) => each.id === id);
    if (!target || !sees(actor, target)) {
      assert.deepEqual(frames, [{ type: 'gone', conversationId: id }]);
      continue;
    }
    const after = valid.conversations[id];
    checkCaughtUp(model, actor, frames, target, after);
    heard.push({ line, actor, conversationId: id, from: line.heard.length, after: target.lastSeq });
  }
  const named = line.heard.flatMap((frame) => (frame.type === 'entries' ? [frame.conversationId] : []));
  assert.deepEqual(
    named.filter((id) => !wanted.has(id)),
    [],
    'nothing else is told',
  );
  return heard;
}

/** What an open line is told that asks for a conversation after a position. */
export function checkFollowed(
  model: ChatModel,
  line: Line,
  actor: Actor,
  conversationId: string,
  after: number | undefined,
  from: number,
  answer: Done | Refused,
): Heard[] {
  const target = conversationsOf(model).find((each) => each.id === conversationId);
  assert.ok(target);
  const frames = framesOf(line, conversationId, from);
  if (!sees(actor, target)) {
    assert.equal(answer.type === 'refused' && answer.code, 'not_found');
    assert.deepEqual(frames, []);
    return [];
  }
  assert.equal(answer.type, 'done');
  checkCaughtUp(model, actor, frames, target, after);
  return [{ line, actor, conversationId, from: line.heard.length, after: target.lastSeq }];
}

/** P1 and P2 on a line that stayed: every entry since then, once, in order; or the word that it is no longer to see it. */
async function checkHeard(
  model: ChatModel,
  { line, actor, conversationId, from, after }: Heard,
): Promise<void> {
  const missed = entriesFor(actor, model, conversationId).slice(after);
  const target = conversationsOf(model).find((each) => each.id === conversationId);
  assert.ok(target);
  // A whole thread is what the line's own first message brought.
  const live = () =>
    framesOf(line, conversationId, from).filter((each) => each.type !== 'entries' || !each.conversation);
  const heard = () => live().flatMap((frame) => (frame.type === 'entries' ? frame.entries : []));
  const isGone = () => live().some(({ type }) => type === 'gone');
  await line.until(
    () => isGone() || (sees(actor, target) && heard().length >= missed.length) || undefined,
    15_000,
    'what was said meanwhile, or word that it is gone',
  );
  assert.deepEqual(heard(), missed.slice(0, heard().length), 'everything once and in order');
  if (!isGone()) return assert.equal(heard().length, missed.length, 'a line that stays hears everything');
  assert.equal(live().at(-1)?.type, 'gone', 'a line that it is gone from hears no more of it');
  const later = statesOf(model, target, after + heard().length + 1);
  assert.ok(
    later.some((state) => !sees(actor, state)),
    'it is gone only from those who were not to see it any more',
  );
}

/** What is not yet on the screen as it must be; undefined when everything is. */
function behind(model: ChatModel, actor: Actor, client: Client): string | undefined {
  const { line, accountSeq, threads, outbox } = client.getState();
  if (line !== 'online') return `the line, which is ${line}`;
  if (outbox.length > 0) return 'the outbox';
  if (actor.kind === 'operator' && accountSeq !== head(model))
    return `change ${head(model)} after ${accountSeq}`;
  for (const conversation of conversationsOf(model)) {
    const thread = threads.get(conversation.id);
    if (!thread && lists(actor, conversation)) return `conversation ${conversation.id}`;
    if (thread && !sees(actor, conversation)) return `the end of ${conversation.id}`;
    if (thread && thread.conversation.lastSeq < conversation.lastSeq) return `entry ${conversation.lastSeq}`;
  }
  return undefined;
}

/** M1: every screen comes to show exactly what is, and every bare line has heard everything. */
export async function checkScreens(model: ChatModel, world: World, lines: Heard[]): Promise<void> {
  for (const each of lines) if (each.line.socket.readyState === 1) await checkHeard(model, each);
  for (const watcher of watchers) {
    const client = world.screens[watcher];
    const actor = world.actors[watcher];
    await until(
      () => `${watcher} to see ${behind(model, actor, client)}`,
      () => behind(model, actor, client) === undefined,
      15_000,
    );
    const { threads, conversations, operators } = client.getState();
    const all = new Map(conversationsOf(model).map((each) => [each.id, each]));
    for (const [id, thread] of threads) {
      const shown = shownTo(actor, all.get(id) ?? thread.conversation);
      assert.deepEqual(thread.conversation, shown, `a thread of ${watcher}`);
      assert.deepEqual(thread.entries, entriesFor(actor, model, id), `the entries that ${watcher} sees`);
    }
    if (actor.kind === 'visitor') continue;
    assert.deepEqual(new Map(conversations), listOf(actor, all), `the list of ${watcher}`);
    for (const { id, status } of operators.values()) {
      assert.equal(status, model.statuses.get(id)?.status ?? 'online', `a status that ${watcher} sees`);
    }
  }
}

/** Nothing that is for operators alone was ever said to a visitor. */
export function checkSecrets({ logs }: ChatModel, world: World): void {
  const notes = [...logs.values()].flatMap(({ entries }) =>
    entries.flatMap(({ what }) => (what.kind === 'note' ? [what.text] : [])),
  );
  const { threads, conversations } = world.screens.vera.getState();
  const shown = [...threads.values(), ...conversations.values()];
  const told = JSON.stringify([shown, ...world.visitorLines().map(({ heard }) => heard)]);
  for (const secret of [...notes, '"audience"', '"transfer"', '"declined"', '"transfer-ended"', '"routed"']) {
    assert.ok(!told.includes(secret), `a visitor was told ${secret}`);
  }
}
