import assert from 'node:assert/strict';
import type { Command } from '#protocol/up.ts';
import type { Refused } from '#protocol/session.ts';
import { Refusal } from '#client/refusal.ts';
import type { Office } from './chat-desk.ts';
import type { House } from './chat-house.ts';
import { conversationsOf, explain, head, readPresent, type ChatModel, type Utterance } from './chat-model.ts';
import { checkFollowed, checkResumed, checkScreens, type Heard } from './chat-views.ts';
import type { Plan, Step } from './chat-scripts.ts';
import { ask, newRef, operatorSeats, type OperatorSeat, type Seat, type World } from './chat-world.ts';
import type { Said } from './rules.ts';
import { Line } from './speakers.ts';

/** One run: the people of an account, what they must be shown, and what they have been. */
export type Run = { house: House; world: World; model: ChatModel; heard: Heard[] };

type Spoken = Pick<Utterance, 'actor' | 'said' | 'conversationId' | 'ref'>;

/** Stands in every note, so that it can be looked for where it must not be. */
const SECRET = 'For operators:';

function saidOf({ kind, number }: Plan, lastSeq: number, text: string, { targets }: Office): Said {
  switch (kind) {
    case 'start':
    case 'post':
      return { kind, text };
    case 'note':
      return { kind, text: `${SECRET} ${text}` };
    case 'accept':
    case 'close':
    case 'take':
    case 'decline':
    case 'cancel':
      return { kind };
    case 'transfer': {
      const { kind: to, id, name } = targets[number % targets.length]!;
      // Who is asked, and until when, is the server's to say.
      return { kind, offer: { to: { kind: to, id, name }, audience: [], until: '' } };
    }
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
  if (actor.kind === 'operator' && (plan.kind === 'start' || !target)) return undefined;
  const said = saidOf(
    target ? plan : { ...plan, kind: 'start' },
    target?.lastSeq ?? 0,
    `${seat} ${model.said.length}`,
    world.office,
  );
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
    case 'transfer': {
      const { kind, id } = said.offer.to;
      return { type: 'conversation.transfer', ...base, to: { kind, id } };
    }
  }
}

/** Resolves when the server knows who is there, and has done what follows from that by itself. */
async function atRest({ world, house }: Run): Promise<void> {
  const { accountId, actors } = world;
  // A screen that came back by polls tries a socket after ten seconds.
  const end = performance.now() + 30_000;
  for (;;) {
    const present = await readPresent(house.truth, accountId);
    const wrong = operatorSeats.filter((seat) => {
      const actor = actors[seat];
      return actor.kind === 'operator' && world.isThere(seat) !== present.has(actor.operatorId);
    });
    if (wrong.length === 0) break;
    assert.ok(
      performance.now() < end,
      `the server does not see whether ${wrong.map((seat) => `${seat} (${world.isThere(seat)})`).join(', ')} is there`,
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { reconciler } = house.server().context;
  reconciler.soon(accountId);
  await reconciler.settled();
}

export async function understand(run: Run, batch: Utterance[]): Promise<void> {
  const { model, world, house } = run;
  await atRest(run);
  world.looked(await explain(model, house.truth, world.accountId, batch, world.there()));
}

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

/** One of the open conversations, and who has it. */
function owned({ model, world }: Run, which: number): { seat: OperatorSeat; which: number } | undefined {
  const all = conversationsOf(model);
  const open = all.filter(({ state }) => state === 'open');
  const target = open[open.length - 1 - (which % (open.length || 1))];
  const seat = operatorSeats.find((each) => {
    const actor = world.actors[each];
    return actor.kind === 'operator' && target?.operator?.id === actor.operatorId;
  });
  return target && seat && { seat, which: all.length - 1 - all.indexOf(target) };
}

/** Offered by who has it, and answered by several at once. */
async function handOver(
  run: Run,
  { which: nth, to, answers }: Extract<Step, { type: 'hand over' }>,
): Promise<void> {
  const offered = owned(run, nth);
  if (!offered) return;
  const { seat, which } = offered;
  for (const each of operatorSeats) await run.world.line(each);
  const planned = (who: Seat, kind: Plan['kind']) => ({
    seat: who,
    what: { kind, which, number: to },
    again: null,
  });
  await say(run, [planned(seat, 'transfer')]);
  await say(
    run,
    answers.map(([who, kind]) => planned(who ?? seat, kind)),
  );
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
  world.doubt();
  await understand(run, await Promise.all(batch));
}

async function resume(run: Run, step: Extract<Step, { type: 'resume' }>): Promise<void> {
  const { world, model, house } = run;
  const actor = world.actors[step.seat];
  if (actor.kind === 'operator') {
    // What follows from its absence must not come while it is greeted.
    world.hangUp(step.seat);
    await understand(run, []);
  }
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

async function revoke(run: Run, operator: (typeof operatorSeats)[number]): Promise<void> {
  const { house, world } = run;
  const line = await world.line(operator);
  const person = operatorSeats.indexOf(operator);
  const cookie = house.cookie(person);
  await house.revoke(person);
  assert.equal((await line.closed).code, 4001, 'the lines of an ended session end');
  world.doubt();
  const server = house.server();
  const late = new Line(server, 'console', { cookie, origin: server.url.console });
  await late.opened();
  const actor = world.actors[operator];
  const operatorId = actor.kind === 'operator' ? actor.operatorId : '';
  late.send({ type: 'hello', protocol: 1, operatorId, positions: { conversations: {} } });
  assert.equal((await late.hear('refused')).code, 'not_signed_in', 'its credential is worth nothing');
  assert.equal((await late.closed).code, 4001);
  await understand(run, []);
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
      run.world.cut(step.seat);
      return understand(run, []);
    case 'lose': {
      const lost = owned(run, step.which);
      if (lost) run.world.cut(lost.seat);
      return understand(run, []);
    }
    case 'hand over':
      return handOver(run, step);
    case 'look':
      return checkScreens(run.model, run.world, run.heard);
    case 'status':
      return setStatus(run, step);
    case 'revoke':
      return revoke(run, step.operator);
  }
}
