import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { home } from './run.ts';

/** One row of docs/security.md: `| id | rule | where |`; files in backquotes are where its tests stand. */
type Row = { id: string; files: string[]; why: string };

const read = (file: string): string => readFileSync(join(home, file), 'utf8');

function rowsOf(text: string): Row[] {
  return text.split('\n').flatMap((line) => {
    const [, id = '', , where = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (!/^[A-F]\d+$/.test(id)) return [];
    return [
      { id, files: [...where.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file]) => file ?? ''), why: where },
    ];
  });
}

/** The ids with which the names of a file's tests begin: "B1: ...", "A10, F2: ...", "B3 B5 OC-16: ...". */
function idsIn(source: string): string[] {
  const names = source.matchAll(
    /\b(?:test|describe|name)(?:\.\w+)?[(:]\s*(['"`])([A-F]\d+(?:,? [A-F]\d+)*)[: ]/g,
  );
  return [...names].flatMap(([, , ids = '']) => ids.split(/,? /));
}

/** What the table says and the tests do not, and the other way round. */
function broken(rows: Row[], tests: Map<string, string[]>): string[] {
  const listed = new Map(rows.map((row) => [row.id, row]));
  return [
    ...rows.flatMap(({ id, files, why }) =>
      files.length > 0 || /^not yet: \S/.test(why) ? [] : [`${id} has neither a test nor a reason`],
    ),
    ...rows.flatMap(({ id, files }) =>
      files.flatMap((file) => (tests.get(file)?.includes(id) ? [] : [`${id} has no test in ${file}`])),
    ),
    ...[...tests].flatMap(([file, ids]) =>
      [...new Set(ids)].flatMap((id) =>
        listed.get(id)?.files.length ? [] : [`${id} of ${file} is not in the table`],
      ),
    ),
  ].toSorted();
}

describe('docs/security.md', () => {
  const files = globSync('{protocol,client,server,widget,console,tools,e2e,sip,faults}/**/*.test.ts', {
    cwd: home,
    exclude: ['tools/threats.test.ts'],
  });
  const tests = new Map(files.map((file) => [file, idsIn(read(file))]));
  const rows = rowsOf(read('docs/security.md'));

  test('names for every threat the tests whose names begin with it, and no others', () => {
    assert.ok(rows.length > 50, `only ${rows.length} rows were read`);
    assert.deepEqual(broken(rows, tests), []);
  });

  test('would be caught with a row that has no test, no reason or no place', () => {
    const some = rowsOf(
      '| A1 | x | `a.test.ts` |\n| A2 | x | `a.test.ts` |\n| A3 | x | later |\n| A4 | x | not yet: no mail |',
    );
    const there = new Map([['a.test.ts', idsIn(`test('A1: one', f); describe("A9, B2: two", f);`)]]);
    assert.deepEqual(broken(some, there), [
      'A2 has no test in a.test.ts',
      'A3 has neither a test nor a reason',
      'A9 of a.test.ts is not in the table',
      'B2 of a.test.ts is not in the table',
    ]);
  });
});
