import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMigrations } from './migrate.ts';

/**
 * Servers of the release before go on running beside a migrated database, so a migration only adds: expand now,
 * backfill, contract one release later. A statement that takes something away says in a comment above it since when
 * nobody uses that: `-- contract: unused since 0.3.0`.
 */
const FORBIDDEN: [does: string, pattern: RegExp][] = [
  ['drops what an older server may use', /\bdrop\s+(table|column|schema|view|type)\b/i],
  ['renames', /\brename\s+(to|column|\w+\s+to)\b/i],
  ['changes a type', /\balter\s+(column\s+)?\w+\s+(set\s+data\s+)?type\b/i],
  ['asks for what an older server does not write', /\bset\s+not\s+null\b/i],
  [
    'adds what an older server does not write',
    /\badd\s+column\b(?![^,;]*\b(default|generated)\b)[^,;]*\bnot\s+null\b/i,
  ],
  ['throws rows away', /\btruncate\b|\bdelete\s+from\b/i],
  ['leaves its transaction', /\b(commit|rollback)\b|\bconcurrently\b|^\s*vacuum\b/i],
  // So that the rules above see what it is.
  [
    'leaves out the word "column"',
    /\balter\s+table\b[^;]*\b(add|drop)\s+(?!(column|constraint|primary|unique|foreign|check|not|default|identity|expression)\b)\w/i,
  ],
];
const CONTRACT = /^--\s*contract: unused since \d+\.\d+\.\d+/im;

/** Each with the comments above it. A body in dollars belongs to its statement. */
function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let current = '';
  let inBody = false;
  for (const line of text.split('\n')) {
    current += `${line}\n`;
    if (line.split('$$').length % 2 === 0) inBody = !inBody;
    if (inBody || !/;\s*(--.*)?$/.test(line)) continue;
    statements.push(current);
    current = '';
  }
  return [...statements, current];
}

function broken(text: string): string[] {
  return statementsOf(text)
    .filter((statement) => !CONTRACT.test(statement))
    .map((statement) => statement.replace(/--.*/g, '').trim())
    .flatMap((bare) =>
      FORBIDDEN.filter(([, pattern]) => pattern.test(bare)).map(([does]) => `${does}: ${bare.slice(0, 120)}`),
    );
}

test('no migration takes away what the release before still uses', async () => {
  for (const { name, text } of await readMigrations()) assert.deepEqual(broken(text), [], name);
});

test('migrations are numbered from 0001 on, each number once', async () => {
  const numbers = (await readMigrations()).map(({ name }) => Number(name.slice(0, 4)));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
});

test('the rule sees what it forbids, also in a body, and lets pass what it allows', () => {
  const forbidden = [
    'drop table visitors;',
    'alter table a\n  drop column b;',
    'ALTER TABLE a DROP b;',
    'alter table a add b int;',
    'alter table a rename to b;',
    'alter table a rename column b to c;',
    'alter table a rename b to c;',
    'alter table a alter column b type bigint;',
    'alter table a alter b set data type bigint;',
    'alter table a alter column b set not null;',
    'alter table a add column b int, add column c int not null;',
    `do $$ begin\n  execute 'alter table a drop column b';\nend $$;`,
    'delete from entries;',
    'truncate entries;',
    'commit;',
    'create index concurrently a_b on a (b);',
    '-- contract: soon\ndrop table a;',
    '-- contract: unused since 0.3.0\ndrop table a;\ndrop table b;',
  ];
  for (const text of forbidden)
    assert.equal(broken(`create table a (b int);\n${text}\nselect 1;`).length, 1, text);
  const allowed = [
    '-- contract: unused since 0.3.0\nalter table a drop column b;',
    'alter table a add column b int not null default 0, add column c text;',
    'alter table a add column b int generated always as (c) stored;',
    'alter table a drop constraint a_check, add constraint a_check check (b > 0);',
    'alter table a alter column b drop not null;',
    'drop index a_b; -- drop table a;',
    'create table a (b uuid not null references c on delete cascade);',
    'drop policy p on a;',
  ];
  for (const text of allowed) assert.deepEqual(broken(text), [], text);
});
