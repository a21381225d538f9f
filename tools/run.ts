import './need-node.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** The folder of package.json. */
export const home = join(import.meta.dirname, '..');

const bin = join(home, 'node_modules/.bin');
const path = `${bin}${delimiter}${process.env['PATH'] ?? ''}`;

export type Ran = { code: number; output: string };

type Options = {
  /** 'show' gives the child our terminal; 'keep' returns what it wrote. */
  output: 'show' | 'keep';
  cwd?: string;
  env?: Record<string, string>;
};

/** Runs a command from the repository's folder. A child ended by a signal counts as code 1. */
export async function run(command: string, args: string[], options: Options): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? home,
    env: { ...process.env, PATH: path, ...options.env },
    stdio: options.output === 'show' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 1, output };
}

/** The arguments that run an installed package's command with this very Node. */
export function packageCommand(name: string, ...args: string[]): string[] {
  return [join(bin, name), ...args];
}

/** Seconds since a `performance.now()`, as people read them: `6.1 s`. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** How many tests passed and failed; a check or a build counts as one. `why`: what is to be read of those that failed. */
export type Outcome = { passed: number; failed: number; why?: string[] };

/** Does a step; one that throws is told in its own words and counts as one failure. */
export async function attempt(step: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await step();
  } catch (error) {
    const why = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
    console.error(why);
    return { passed: 0, failed: 1, why: [why] };
  }
}

/** What a tool does when it is the program: its step, and an exit code that tells whether anything failed. */
export async function runAsProgram(step: () => Promise<Outcome>): Promise<void> {
  const { failed } = await attempt(step);
  process.exitCode = failed === 0 ? 0 : 1;
}
