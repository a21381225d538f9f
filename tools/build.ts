import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { home, packageCommand, run, runAsProgram, secondsSince, type Outcome } from './run.ts';

/** Where the built front-ends are: `widget/` and `console/`. */
export const dist = join(home, 'dist');

const stamp = join(dist, '.stamp');
const sources = ['{protocol,client,widget,console}/**/*.*', 'package*.json', 'tsconfig.base.json'];

/** A hash of everything the built front-ends are made from. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: home, exclude: ['**/*.test.ts'] }).sort()) {
    hash.update(`${file}\0`).update(await readFile(join(home, file)));
  }
  return hash.digest('hex');
}

async function isFresh(hash: string): Promise<boolean> {
  const built =
    existsSync(join(dist, 'widget/manifest.json')) && existsSync(join(dist, 'console/index.html'));
  return built && existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash;
}

// A process for each: they share nothing, and Vite leaves some of its failures as unhandled rejections.
async function bundle(root: 'widget' | 'console', into: string, mode = 'production'): Promise<void> {
  const place = ['--outDir', join(into, root), '--emptyOutDir', 'false'];
  const command = packageCommand('vite', 'build', root, '--mode', mode, '--logLevel', 'warn', ...place);
  const { code, output } = await run(process.execPath, command, { output: 'keep' });
  if (code !== 0)
    throw new Error(`The ${root} did not build.\n${output.replaceAll(/^ +at .*\n/gm, '').trim()}`);
}

/** Puts a finished folder in the place of the old one; somebody else may be doing the same. */
async function replace(fresh: string, place: string): Promise<void> {
  const old = `${fresh}.old`;
  for (;;) {
    try {
      if (existsSync(place)) await rename(place, old);
      await rename(fresh, place);
      break;
    } catch (error) {
      const lostRace = ['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(
        (error as NodeJS.ErrnoException).code ?? '',
      );
      if (!lostRace || !existsSync(fresh)) throw error;
      await rm(old, { recursive: true, force: true });
    }
  }
  await rm(old, { recursive: true, force: true });
}

/**
 * Builds `dist/widget` and `dist/console`. Nobody sees a half-built folder: both are made aside and moved in.
 * Gives a line to tell people, or nothing if there was nothing to do. Throws what Vite says when a source is wrong.
 */
export async function build(options: { ifStale: boolean }): Promise<string | undefined> {
  const start = performance.now();
  const hash = await sourceHash();
  if (options.ifStale && (await isFresh(hash))) return undefined;
  await mkdir(dist, { recursive: true });
  const aside = await mkdtemp(join(dist, '.new-'));
  try {
    const bundles = [bundle('widget', aside, 'loader'), bundle('widget', aside), bundle('console', aside)];
    await Promise.allSettled(bundles); // so that none still writes when the folder is removed
    await Promise.all(bundles);
    await rm(stamp, { force: true });
    await replace(join(aside, 'widget'), join(dist, 'widget'));
    await replace(join(aside, 'console'), join(dist, 'console'));
    await writeFile(stamp, hash);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return `front-ends built in ${secondsSince(start)}`;
}

/** Builds, and says so if there was something to do. */
export async function buildStep(options: { ifStale: boolean }): Promise<Outcome> {
  const line = await build(options);
  if (line !== undefined) console.log(line);
  return { passed: 1, failed: 0 };
}

if (import.meta.main) {
  await runAsProgram(() => buildStep({ ifStale: process.argv.includes('--if-stale') }));
}
