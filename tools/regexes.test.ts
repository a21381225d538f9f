import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { cpuMsOf } from '../server/test/cpu.ts';
import { home } from './run.ts';

type Found = { place: string; source: string; flags: string };

/** Every regular expression in what runs with input from outside. */
function regexesOf(files: string[]): Found[] {
  return files.flatMap((file) => {
    const tree = ts.createSourceFile(
      file,
      readFileSync(join(home, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    const found: Found[] = [];
    const look = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const [, source = '', flags = ''] = /^\/(.*)\/(\w*)$/s.exec(node.text) ?? [];
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
        found.push({ place: `${file}:${line + 1}`, source, flags });
      }
      ts.forEachChild(node, look);
    };
    look(tree);
    return found;
  });
}

const LENGTH = 64 * 1024;

/** Texts made of what the expression itself looks for, repeated and then broken off: where backtracking hurts. */
function hostile({ source }: Found, length: number): string[] {
  const words = source.match(/[a-zA-Z0-9]{2,}|[^\\()[\]{}|*+?^$]/g) ?? [];
  const parts = [
    ...new Set([...words, 'a', '0', ' ', '.', '-', '/', ':', '@', '=', 'a.', 'a-', 'a@a.', '\n']),
  ];
  return parts.flatMap((part) => {
    const text = part.repeat(Math.ceil(length / part.length));
    return [text, `${text}\u0000`, `${words.join('')}${text}\u0000`];
  });
}

test('A11: no regular expression of ours takes longer than 50 ms for 64 kB of anything', () => {
  const files = globSync('{server,protocol,client,widget}/**/*.ts', { cwd: home }).filter(
    (file) => !/\.test\.ts$|^server\/(test|backup|migrations)\/|vite\.config/.test(file),
  );
  const regexes = regexesOf(files);
  assert.ok(regexes.length > 40, `only ${regexes.length} were found`);
  assert.deepEqual(
    regexes.flatMap((one) => slowest(one, LENGTH)),
    [],
  );
  const quadratic = { place: 'a control', source: '[a.]+=$', flags: '' };
  assert.equal(slowest(quadratic, LENGTH / 4).length, 1);
});

/** The expression if it is slow, with its time for the first text that shows it. */
function slowest(one: Found, length: number): string[] {
  const regex = new RegExp(one.source, one.flags);
  for (const text of hostile(one, length)) {
    const since = performance.now();
    text.replace(regex, '');
    if (performance.now() - since < 50) continue;
    // Perhaps it was the machine: look again at what is really computed.
    const ms = cpuMsOf(() => text.replace(regex, ''));
    if (ms > 50)
      return [`${one.place} /${one.source}/ ${Math.round(ms)} ms for ${JSON.stringify(text.slice(0, 20))}`];
  }
  return [];
}
