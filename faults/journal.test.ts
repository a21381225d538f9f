import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Journal, readJournals } from './journal.ts';

test('a journal is on disk before the next step, and what was never answered is unknown', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-journal-'));
  t.after(() => rmSync(folder, { recursive: true }));
  using ada = new Journal(folder, 'ada');
  const step = { client: 'ada', command: 'message.post' };
  ada.write({ ...step, type: 'invoke', ref: 'one' });
  ada.write({ ...step, type: 'ok', ref: 'one', seq: 1 });
  ada.write({ ...step, type: 'invoke', ref: 'two' });
  assert.deepEqual(
    readJournals(folder).map(({ type, ref }) => `${type} ${ref}`),
    ['invoke one', 'ok one', 'invoke two', 'unknown two'],
  );
});
