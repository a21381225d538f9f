import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { openHouse, type House } from './test/chat-house.ts';
import { emptyModel, explain } from './test/chat-model.ts';
import { found, step, type Step } from './test/chat-scripts.ts';
import { take, type Run } from './test/chat-steps.ts';
import { checkScreens } from './test/chat-views.ts';
import { openWorld } from './test/chat-world.ts';

const asked = process.env['FOYER_RUNS'];
const runs = Number(asked ?? 40);
// The same runs every time, unless asked for others: a check of a change must not fail by chance.
const seed = Number(process.env['FOYER_SEED'] ?? 1);
// ms; a script that fails is made shorter until then, and must be told before the test itself is out of time.
const patience = asked === undefined ? 80_000 : 600_000 + runs * 5000;

let house: House;
before(async () => (house = await openHouse()));
after(() => house[Symbol.asyncDispose]());

async function live(script: Step[]): Promise<void> {
  const world = await openWorld(house);
  const run: Run = { house, world, model: emptyModel(), heard: [] };
  try {
    await explain(run.model, house.truth, world.accountId, []);
    for (const each of script) await take(run, each);
    await checkScreens(run.model, world, run.heard);
  } finally {
    world.leave();
  }
}

test('the real server: whatever is said, cut, resumed and killed, some order of it explains everything', async (context) => {
  let lived = 0;
  const scripts = fc.array(step, { minLength: 1, maxLength: 20, size: 'max' });
  const property = fc.asyncProperty(scripts, async (script) => {
    await live(script);
    lived += 1;
  });
  try {
    await fc.assert(property, { numRuns: runs, seed, examples: found, interruptAfterTimeLimit: patience });
  } finally {
    context.diagnostic(`${lived} runs went well, seed ${seed}`);
  }
});
