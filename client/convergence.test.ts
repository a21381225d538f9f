import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { Command } from '#protocol/up.ts';
import { memoryStorage } from './ref.ts';
import { createFakeClock } from './test/fake-clock.ts';
import { openTab, ref, type Tab } from './test/fake-people.ts';
import { createFakeServer, noFaults, type FakeServer } from './test/fake-server.ts';
import { found, step, type Step } from './test/scripts.ts';

const runs = Number(process.env['FOYER_RUNS'] ?? 400);
// The same runs every time, unless asked for others: a check of a change must not fail by chance.
const seed = Number(process.env['FOYER_SEED'] ?? 1);

function mulberry(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The conversation that a tab would speak in: the one it shows, newest first. */
function place({ client }: Tab): string | undefined {
  const { threads } = client().getState();
  return [...threads.values()].findLast(({ conversation }) => conversation.state !== 'closed')?.conversation
    .id;
}

function command(from: Tab, operator: boolean, kind: string, rare: number): Command | undefined {
  const { threads, outbox } = from.client().getState();
  const conversationId = place(from);
  const text = `${from.who} ${from.attempts.length}`;
  if (!conversationId) {
    if (operator || outbox.length > 3) return undefined;
    return { type: 'conversation.start', ref: ref(), text, details: {}, page: null, language: null };
  }
  const upTo = threads.get(conversationId)?.conversation.lastSeq ?? 0;
  const base = { ref: ref(), conversationId };
  if (kind === 'read' || kind === 'delivered') return { type: 'receipt.mark', ...base, mark: kind, upTo };
  if (kind === 'accept' && operator) return { type: 'conversation.accept', ...base };
  if (kind === 'close' && rare === 0) return { type: 'conversation.close', ...base };
  if (kind === 'details' && !operator) return { type: 'details.update', ...base, details: { name: text } };
  if (kind === 'page' && !operator) {
    return { type: 'page.visit', ...base, page: { url: 'http://shop.test/', title: text } };
  }
  return { type: 'message.post', ...base, text };
}

function take(what: Step, server: FakeServer, tabs: Tab[], sleep: (ms: number) => void): void {
  const chosen = tabs['tab' in what ? what.tab : 0];
  assert.ok(chosen);
  const operator = chosen.who === 'anna' || chosen.who === 'bela';
  switch (what.type) {
    case 'send':
      for (let time = 0; time < what.times; time += 1) {
        const said = command(chosen, operator, what.kind, what.rare + time);
        if (said) chosen.send(said);
      }
      break;
    case 'faults':
      Object.assign(server.faults, what.faults);
      break;
    case 'cut':
      server.cut(what.who, what.code);
      break;
    case 'block':
      server.faults.block = what.block;
      server.cutAll(1006);
      break;
    case 'restart':
      if (what.bye) server.say({ type: 'bye', within: 3 });
      else server.cutAll(1012);
      break;
    case 'down':
      server.faults.down = what.down;
      if (what.down) server.cutAll(1006);
      break;
    case 'epoch':
      for (const each of tabs) {
        each.forgot = true;
        each.restored ||= what.restore;
      }
      server.newEpoch(what.restore);
      break;
    case 'backup':
      server.backup();
      break;
    case 'expire':
      server.expire('vera.0', 'wim.0');
      break;
    case 'note':
      for (const { id } of server.log.all()) server.note(id);
      break;
    case 'reload':
      chosen.reload();
      break;
    case 'leave': {
      const conversationId = place(chosen);
      if (!operator || !conversationId) break;
      chosen.forgot = true;
      chosen.client().unfollow(conversationId);
      break;
    }
    case 'page':
      chosen.happen(what.event);
      break;
    case 'sleep':
      sleep(what.ms);
      break;
  }
}

function checkStored(server: FakeServer, tabs: Tab[]): void {
  const stored = new Map<string, { conversationId: string; seq: number }>();
  for (const { id } of server.log.all()) {
    for (const entry of server.log.entries(id)) {
      if (entry.ref === undefined) continue;
      assert.ok(!stored.has(entry.ref), `${entry.ref} is stored twice`);
      stored.set(entry.ref, { conversationId: id, seq: entry.seq });
    }
  }
  const attempted = new Set(tabs.flatMap(({ attempts }) => attempts.map((attempt) => attempt.command.ref)));
  for (const each of stored.keys()) assert.ok(attempted.has(each), `${each} is stored but nobody sent it`);
  // After a reload the refusal is only in the outbox.
  const refused = new Set(
    tabs
      .flatMap(({ client }) =>
        client()
          .getState()
          .outbox.filter((each) => each.refused),
      )
      .map((each) => each.command.ref),
  );
  for (const { attempts, forgot, restored } of tabs) {
    // What a restored backup does not hold is lost, and nobody can say otherwise.
    if (restored) continue;
    const last = new Map<string, number>();
    for (const { command: said, done, failed } of attempts) {
      if (said.type === 'receipt.mark') continue;
      const place = stored.get(said.ref);
      if (done) {
        assert.ok(place, `${said.type} was acknowledged and is not stored`);
        assert.deepEqual({ conversationId: done.conversationId, seq: done.seq }, place);
      } else if (!failed && !refused.has(said.ref) && !(forgot && said.type === 'page.visit')) {
        assert.ok(place, `${said.type} was sent, not refused, and is not stored`);
      }
      if (!forgot) assert.ok(done || failed, `${said.type} was never answered`);
      if (failed) assert.ok(!place, `${said.type} was refused and is stored`);
      // Where the visitor is now is kept in no storage: another tab may send what was written after it first.
      if (!place || said.type === 'page.visit') continue;
      assert.ok(place.seq > (last.get(place.conversationId) ?? 0), `${said.type} was overtaken`);
      last.set(place.conversationId, place.seq);
    }
  }
}

function checkViews(server: FakeServer, tabs: Tab[]): void {
  for (const each of tabs) {
    const { line, threads, conversations, accountSeq, operators, outbox } = each.client().getState();
    assert.equal(line, 'online');
    assert.deepEqual(each.wrong, []);
    assert.deepEqual(
      outbox.filter(({ refused }) => !refused),
      [],
      'outbox',
    );
    for (const [id, { conversation, entries }] of threads) {
      assert.deepEqual(conversation, server.log.conversation(id), 'thread equals the projection');
      assert.deepEqual(entries, server.log.entries(id).slice(-entries.length || Infinity));
    }
    if (each.who !== 'anna' && each.who !== 'bela') {
      const mine = server.log.openOf(each.who);
      assert.ok(!mine || threads.has(mine.id), 'the visitor sees its conversation');
      continue;
    }
    const open = server.log.all().filter(({ state }) => state !== 'closed');
    assert.deepEqual(
      [...conversations.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      open.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    for (const { id } of open) assert.ok(threads.has(id), 'a followed thread is there');
    assert.equal(accountSeq, server.log.accountSeq());
    assert.equal(operators.size, 2);
  }
}

async function live(script: { what: Step; wait: number }[], chance: number, healed: boolean): Promise<void> {
  const clock = createFakeClock(() => setImmediate());
  const server = createFakeServer(clock, mulberry(chance));
  const shared = memoryStorage();
  const tabs = [
    openTab(server, 'vera', false, shared),
    openTab(server, 'vera', false, shared),
    openTab(server, 'wim', false),
    openTab(server, 'anna', true),
    openTab(server, 'bela', true),
  ];
  const followAll = () => {
    for (const each of tabs.slice(3)) {
      for (const id of each.client().getState().conversations.keys()) each.client().follow(id);
    }
  };
  await clock.advance(300);
  for (const { what, wait } of script) {
    followAll();
    take(what, server, tabs, clock.sleep);
    await clock.advance(wait);
  }
  const { block } = server.faults;
  Object.assign(server.faults, noFaults, healed ? {} : { block });
  for (const each of tabs) {
    each.happen('show');
    each.happen('online');
  }
  for (let round = 0; round < 3; round += 1) {
    await clock.advance(25_000);
    followAll();
  }
  await clock.advance(5000);
  checkStored(server, tabs);
  checkViews(server, tabs);
  for (const each of tabs) each.client().stop();
}

test('whatever happens, after healing everything is stored once and every screen is equal', async (context) => {
  context.diagnostic(`${runs} runs, seed ${seed}`);
  const scripts = fc.array(step, { minLength: 1, maxLength: 25, size: 'max' });
  await fc.assert(fc.asyncProperty(scripts, fc.nat(), fc.boolean(), live), {
    numRuns: runs,
    seed,
    examples: found,
  });
});
