import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { openHouse, type House } from './test/chat-house.ts';
import { emptyModel } from './test/chat-model.ts';
import { found, script, type Step } from './test/chat-scripts.ts';
import { take, understand, type Run } from './test/chat-steps.ts';
import { checkScreens, checkSecrets } from './test/chat-views.ts';
import { openWorld } from './test/chat-world.ts';
import { brokenInvariants } from './test/invariants.ts';

const asked = process.env['FOYER_RUNS'];
const runs = Number(asked ?? 16);
// The same runs every time, unless asked for others: a check of a change must not fail by chance.
const seed = Number(process.env['FOYER_SEED'] ?? 1);
// ms; a script that fails is made shorter until then, and must be told before the test itself is out of time.
const patience = asked === undefined ? 80_000 : 600_000 + runs * 5000;

let house: House;
before(async () => (house = await openHouse()));
after(() => house[Symbol.asyncDispose]());

/** How often each kind of entry was seen. */
const happened = new Map<string, number>();

async function live(steps: Step[]): Promise<void> {
  const world = await openWorld(house);
  const run: Run = { house, world, model: emptyModel(world.office), heard: [] };
  try {
    await understand(run, []);
    for (const each of steps) await take(run, each);
    await checkScreens(run.model, world, run.heard);
    checkSecrets(run.model, world);
    const ask = async (text: string) => (await house.truth.query<{ found: string }>(text)).rows;
    assert.deepEqual(await brokenInvariants(ask), []);
    for (const { entries } of run.model.logs.values())
      for (const { what } of entries) happened.set(what.kind, (happened.get(what.kind) ?? 0) + 1);
  } finally {
    world.leave();
  }
}

test('the real server: whatever is said, cut, resumed and killed, some order of it explains everything', async (context) => {
  let lived = 0;
  const scripts = fc.noBias(script);
  const property = fc.asyncProperty(scripts, async (steps) => {
    await live(steps);
    lived += 1;
  });
  try {
    await fc.assert(property, { numRuns: runs, seed, examples: found, interruptAfterTimeLimit: patience });
  } finally {
    context.diagnostic(
      `${lived} runs went well, seed ${seed}; ${JSON.stringify(Object.fromEntries(happened))}`,
    );
  }
});
