import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Claim } from './claim.ts';

const broken = async (): Promise<boolean> => Promise.reject(new Error('the database is away'));
const never = (): Promise<boolean> => new Promise(() => undefined);

async function taken(sign: () => Promise<boolean>): Promise<Claim> {
  const claim = await Claim.take({ sign, beatMs: 20, holdsMs: 400 });
  assert.ok(claim);
  return claim;
}

test('who learns that a job is somebody else’s neither begins nor goes on', async () => {
  assert.equal(await Claim.take({ sign: async () => false, beatMs: 20, holdsMs: 400 }), undefined);
  let ours = true;
  using claim = await taken(async () => ours);
  ours = false;
  await once(claim.signal, 'abort');
});

test('who cannot tell whether a job is its own does not begin', async () => {
  await assert.rejects(Claim.take({ sign: broken, beatMs: 20, holdsMs: 400 }));
});

for (const [what, sign] of [
  ['fail', broken],
  ['are not answered', never],
] as const) {
  test(`who cannot give a sign of life because they ${what} gives the job up by itself`, async () => {
    let heard = true;
    using claim = await taken(() => (heard ? Promise.resolve(true) : sign()));
    heard = false;
    await once(claim.signal, 'abort');
  });
}

test('a job is held as long as signs are heard, some that fail between them, and not after its end', async () => {
  let signs = 0;
  const many = Promise.withResolvers<void>();
  const sign = async () => {
    signs += 1;
    if (signs === 60) many.resolve();
    if (signs % 2 === 0) throw new Error('not this time');
    return true;
  };
  const claim = await Claim.take({ sign, beatMs: 50, holdsMs: 2500 });
  assert.ok(claim);
  await many.promise;
  assert.equal(claim.signal.aborted, false);
  claim[Symbol.dispose]();
});
