import assert from 'node:assert/strict';
import type { Command } from '#protocol/up.ts';
import type { Refused } from '#protocol/session.ts';
import { Refusal } from '#client/refusal.ts';
import type { House } from './chat-house.ts';
import { conversationsOf, explain, head, type ChatModel, type Utterance } from './chat-model.ts';
import { checkFollowed, checkResumed, checkScreens, type Heard } from './chat-views.ts';
import type { Plan, Step } from './chat-scripts.ts';
import { ask, newRef, operatorSeats, type Seat, type World } from './chat-world.ts';
import type { Said } from './rules.ts';
import { Line } from './speakers.ts';

/** One run: the people of an account, what they must be shown, and what they have been. */
export type Run = { house: House; world: World; model: ChatModel; heard: Heard[] };

type Spoken = Pick<Utterance, 'actor' | 'said' | 'conversationId' | 'ref'>;

function saidOf({ kind, number }: Plan, lastSeq: number, text: string): Said {
  switch (kind) {
    case 'start':
    case 'post':
      return { kind, text };
    case 'accept':
    case 'close':
      return { kind };
    case 'delivered':
    case 'read':
      return { kind: 'receipt', mark: kind, upTo: Math.max(0, lastSeq + 2 - number) };
    case 'page':
      return { kind, page: { url: `https://shop.example/${number % 3}`, title: '' } };
    case 'details':
      return { kind, details: number % 2 === 0 ? { name: `V. ${number}` } : { email: 'v@shop.example' } };
  }
}

/** What the plan means in this moment; undefined when there is nothing yet to say it in. */
function compose({ model, world }: Run, seat: Seat, plan: Plan): Spoken | undefined {
  const actor = world.actors[seat];
  const all = conversationsOf(model);
  const target = plan.kind === 'start' ? undefined : all[all.length - 1 - (plan.which % (all.length || 1))];
  if (plan.kind === 'start' ? actor.kind === 'operator' : !target) return undefined;
  const said = saidOf(plan, target?.lastSeq ?? 0, `${seat} ${model.said.length}`);
  return { actor, said, conversationId: target?.id, ref: newRef() };
}

function frameOf({ said, conversationId = '', ref }: Spoken): Command {
  const base = { ref, conversationId };
  switch (said.kind) {
    case 'start':
      return { type: 'conversation.start', ref, text: said.text, details: {}, page: null, language: 'en' };
    case 'post':
      return { type: 'message.post', ...base, text: said.text };
    case 'accept':
      return { type: 'conversation.accept', ...base };
    case 'close':
      return { type: 'conversation.close', ...base };
    case 'take':
      return { type: 'conversation.take', ...base };
    case 'decline':
      return { type: 'conversation.decline', ...base };
    case 'cancel':
      return { type: 'transfer.cancel', ...base };
    case 'note':
      return { type: 'note.post', ...base, text: said.text };
    case 'receipt':
      return { type: 'receipt.mark', ...base, mark: said.mark, upTo: said.upTo };
    case 'page':
      return { type: 'page.visit', ...base, page: said.page };
    case 'details':
      return { type: 'details.update', ...base, details: said.details };
    // Who is there to take it, and until when, is the server's to say: reconciler.test.ts.
    case 'transfer':
      throw new Error('transfers are not said here');
  }
}

const understand = ({ model, world, house }: Run, batch: Utterance[]): Promise<void> =>
  explain(model, house.truth, world.accountId, batch);

/** All at once, over bare lines. */
async function say(run: Run, all: Extract<Step, { type: 'say' }>['all']): Promise<void> {
  const planned: { seat: Seat; spoken: Spoken }[] = [];
  for (const { seat, what, again } of all) {
    const before = [...run.model.said, ...planned.map(({ spoken }) => spoken)];
    const own = before.filter(({ actor }) => actor === run.world.actors[seat]);
    const spoken = again === null ? compose(run, seat, what) : own.at(-1 - again);
    if (spoken) planned.push({ seat, spoken });
  }
  const lines = new Map<Seat, Line>();
  for (const { seat } of planned) lines.set(seat, await run.world.line(seat));
  const batch = planned.map(async ({ seat, spoken }): Promise<Utterance> => {
    const line = lines.get(seat);
    assert.ok(line);
    const { actor, said, conversationId, ref } = spoken;
    return { source: seat, actor, said, conversationId, ref, answer: await ask(line, frameOf(spoken)) };
  });
  await understand(run, await Promise.all(batch));
}

/** Through the clients' own outboxes, while something breaks. */
async function outage(run: Run, step: Extract<Step, { type: 'outage' }>): Promise<void> {
  const { world, house } = run;
  const batch: Promise<Utterance>[] = [];
  const send = ({ watcher, what }: (typeof step.before)[number]) => {
    // An outbox may put two marks into one, which then answers for both.
    const mark = what.kind === 'delivered' || what.kind === 'read';
    const spoken = mark
      ? undefined
      : compose(run, watcher, { ...what, number: what.number + batch.length * 10 });
    if (!spoken) return;
    const screen = world.screens[watcher];
    const answered = screen.send(frameOf(spoken)).catch((error: unknown): Refused => {
      if (!(error instanceof Refusal)) throw error;
      screen.discard(spoken.ref);
      return { type: 'refused', ref: spoken.ref, code: error.code, message: error.message };
    });
    batch.push(answered.then((answer) => ({ source: `screen of ${watcher}`, ...spoken, answer })));
  };
  step.before.forEach(send);
  if (step.pause) await new Promise((resolve) => setTimeout(resolve, step.pause));
  const over =
    step.fault === 'restart' ? house.restart() : step.fault === 'crash' ? house.crash() : undefined;
  if (step.fault !== 'restart') world.cutAll();
  step.after.forEach(send);
  await over;
  await understand(run, await Promise.all(batch));
}

async function resume(run: Run, step: Extract<Step, { type: 'resume' }>): Promise<void> {
  const { world, model, house } = run;
  const all = conversationsOf(model);
  const wanted =
    all.length === 0 ? [] : step.which.map((which) => all[all.length - 1 - (which % all.length)]);
  const conversations: Record<string, number> = {};
  for (const each of wanted) if (each) conversations[each.id] = Math.max(0, each.lastSeq + 3 - step.back);
  const looked = [...model.history.keys()].toSorted((a, b) => a - b);
  const account =
    looked[looked.length + 2 - step.account] ?? (step.account < 3 ? head(model) + 3 - step.account : 0);
  const own = house.server().context.epoch;
  const epoch = step.epoch === 'own' ? own : step.epoch === 'other' ? 'another' : undefined;
  const { line, hello } = await world.freshLine(step.seat);
  const actor = world.actors[step.seat];
  const positions = { ...(actor.kind === 'operator' && { account }), conversations };
  line.send({ type: 'hello', protocol: 1, ...hello, positions, ...(epoch !== undefined && { epoch }) });
  run.heard.push(...(await checkResumed(model, line, actor, positions, own, epoch)));
}

async function follow(run: Run, { seat, which, back }: Extract<Step, { type: 'follow' }>): Promise<void> {
  const all = conversationsOf(run.model);
  const target = all[all.length - 1 - (which % (all.length || 1))];
  if (!target) return;
  const line = await run.world.line(seat);
  const from = line.heard.length;
  const after = back === 25 ? undefined : Math.max(0, target.lastSeq + 3 - back);
  const frame = { type: 'conversation.follow', ref: newRef(), conversationId: target.id };
  const answer = await ask(line, { ...frame, ...(after !== undefined && { after }) });
  run.heard = run.heard.filter((each) => each.line !== line || each.conversationId !== target.id);
  run.heard.push(...checkFollowed(run.model, line, run.world.actors[seat], target.id, after, from, answer));
}

async function revoke({ house, world }: Run, operator: (typeof operatorSeats)[number]): Promise<void> {
  const line = await world.line(operator);
  const person = operatorSeats.indexOf(operator);
  const cookie = house.cookie(person);
  await house.revoke(person);
  assert.equal((await line.closed).code, 4001, 'the lines of an ended session end');
  const server = house.server();
  const late = new Line(server, 'console', { cookie, origin: server.url.console });
  await late.opened();
  const actor = world.actors[operator];
  const operatorId = actor.kind === 'operator' ? actor.operatorId : '';
  late.send({ type: 'hello', protocol: 1, operatorId, positions: { conversations: {} } });
  assert.equal((await late.hear('refused')).code, 'not_signed_in', 'its credential is worth nothing');
  assert.equal((await late.closed).code, 4001);
}

async function setStatus(run: Run, { operator, status }: Extract<Step, { type: 'status' }>): Promise<void> {
  const { model, world } = run;
  const actor = world.actors[operator];
  const before = head(model);
  const line = await world.line(operator);
  const command: Command = { type: 'status.set', ref: newRef(), status };
  const answer = await ask(line, command);
  assert.equal(answer.type, 'done');
  await understand(run, []);
  const id = actor.kind === 'operator' ? actor.operatorId : '';
  const changes = (model.statuses.get(id)?.status ?? 'online') !== status;
  assert.equal(head(model), before + (changes ? 1 : 0), 'a status that changes takes one position');
  if (changes) model.statuses.set(id, { status, seq: head(model) });
}

export async function take(run: Run, step: Step): Promise<void> {
  switch (step.type) {
    case 'say':
      return say(run, step.all);
    case 'outage':
      return outage(run, step);
    case 'resume':
      return resume(run, step);
    case 'follow':
      return follow(run, step);
    case 'cut':
      return run.world.cut(step.seat);
    case 'look':
      return checkScreens(run.model, run.world, run.heard);
    case 'status':
      return setStatus(run, step);
    case 'revoke':
      return revoke(run, step.operator);
  }
}
