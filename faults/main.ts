/**
 * `npm run faults`: breaks a real Foyer in every way that docs/operate/reliability.md promises to survive, and checks.
 *
 *   npm run faults                      every recipe in its long form
 *   npm run faults -- --short           the form of CI
 *   npm run faults -- R1 R8             these
 *   npm run faults -- --control R1      against a product broken on purpose: succeeds only if the checker finds it
 *   npm run faults -- --seed 7 --json   the same chances again; everything as JSON on the last line
 *
 * A new recipe is a file in recipes/ that exports a `Recipe` (recipe.ts), and a line in recipes.ts. It opens a `Stage`
 * (its own PostgreSQL, server process and people), does harm, heals, and returns what `stage.settle` found. Exit codes
 * of the whole: 0 all held (or: every control was caught), 1 not.
 */
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildStep } from '../tools/build.ts';
import { home, runAsProgram, secondsSince, type Outcome as Counts } from '../tools/run.ts';
import { violations } from './checker.ts';
import { breakTree } from './control.ts';
import type { Form, Outcome, Recipe } from './recipe.ts';
import { recipes } from './recipes.ts';

/** Recipes that run side by side, and a light one beside them, unless one needs the machine. */
const AT_ONCE = 3;

/** `outcome` is undefined when the recipe itself did not get through; then `said` tells why. */
type Ran = { recipe: Recipe; outcome: Outcome | undefined; said: string; took: string };

/** Runs recipes in processes of their own and prints a row for each. A recipe is one test. */
export async function faults(args: string[]): Promise<Counts> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      short: { type: 'boolean', default: false },
      control: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    },
  });
  const unknown = positionals.filter((id) => !recipes.some((recipe) => recipe.id === id));
  if (unknown.length > 0) throw new Error(`There is no recipe ${unknown.join(', ')}.`);
  const chosen = recipes.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
  const form: Form = values.short || values.control ? 'short' : 'long';
  await buildStep({ ifStale: true });
  console.log(`${form} form, seed ${values.seed}${values.control ? ', against broken products' : ''}`);
  const all: Ran[] = [];
  const run = async (recipe: Recipe) => {
    const start = performance.now();
    const ran = {
      recipe,
      ...(await runOne(recipe, form, values.seed, values.control)),
      took: secondsSince(start),
    };
    all.push(ran);
    console.log(values.control ? controlRow(ran) : row(ran));
  };
  const heavy = chosen.filter(({ alone, light }) => !alone && !light);
  const light = chosen.filter((recipe) => recipe.light);
  const work = async (queue: Recipe[]) => {
    for (let next = queue.shift(); next; next = queue.shift()) await run(next);
  };
  await Promise.all([...Array.from({ length: AT_ONCE }, () => work(heavy)), work(light)]);
  for (const recipe of chosen.filter(({ alone }) => alone)) await run(recipe);
  const good = ({ outcome }: Ran) => outcome && brokenBy(outcome).length > 0 === values.control;
  const bad = all.filter((ran) => !good(ran));
  if (values.json) {
    const results = all.map(({ recipe: { id, title }, outcome, took }) => ({ id, title, took, ...outcome }));
    console.log(JSON.stringify({ form, seed: values.seed, control: values.control, results }));
  }
  const why = bad.map((ran) => (values.control ? controlRow(ran) : row(ran)));
  return { passed: all.length - bad.length, failed: bad.length, why };
}

async function runOne(
  recipe: Recipe,
  form: Form,
  seed: string,
  control: boolean,
): Promise<Pick<Ran, 'outcome' | 'said'>> {
  // Not os.tmpdir(): that may be in memory, where fsync means nothing.
  const folder = await mkdtemp('/var/tmp/foyer-faults-');
  const own = join(folder, 'run');
  try {
    // PostgreSQL, which runs as another user, must pass.
    await chmod(folder, 0o711);
    await mkdir(own, { mode: 0o711 });
    const tree = control ? join(folder, 'tree') : home;
    if (control) await breakTree(recipe.control, tree);
    const child = fork(join(tree, 'faults/run-recipe.ts'), [recipe.id, form, seed, own], {
      cwd: tree,
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let outcome: Outcome | undefined;
    let said = '';
    child.once('message', (message) => (outcome = message as Outcome));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-MOST_SAID)));
    child.stderr?.pipe(process.stderr);
    await once(child, 'close');
    return { outcome, said };
  } catch (error) {
    return { outcome: undefined, said: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

const brokenBy = ({ findings, violated }: Outcome): string[] => [...violations(findings), ...violated];

const MOST_LINES = 12;
/** Characters of what a recipe writes to stderr. */
const MOST_SAID = 4000;

function row({ recipe: { id, title }, outcome, said, took }: Ran): string {
  if (!outcome) return `${id.padEnd(4)} ${title}: DID NOT GET THROUGH, ${took}\n${said}`;
  const { did, findings, times } = outcome;
  const broken = brokenBy(outcome);
  const done = Object.entries(did).map(([what, count]) => `${count} ${what}`);
  const found = Object.entries(findings).map(([kind, lines]) => `${kind} ${lines.length}`);
  return [
    `${id.padEnd(4)} ${broken.length === 0 ? 'held  ' : 'BROKEN'} ${title}, ${took}`,
    `            ${done.join(', ')}`,
    `            ${found.join(', ')}, other ${outcome.violated.length}`,
    ...times.map(
      ({ what, seconds, target }) => `            ${what}: ${spread(seconds)} (target ${target} s)`,
    ),
    ...broken.slice(0, MOST_LINES).map((line) => `     !! ${line}`),
    ...(broken.length > MOST_LINES ? [`     !! and ${broken.length - MOST_LINES} more`] : []),
  ].join('\n');
}

function controlRow({ recipe: { id, control }, outcome, said, took }: Ran): string {
  const head = `${id.padEnd(4)} ${control.says}`;
  if (!outcome) return `${head}: the recipe DID NOT GET THROUGH, ${took}\n${said}`;
  const broken = brokenBy(outcome);
  if (broken.length === 0) return `${head}: NOT CAUGHT, ${took}`;
  return `${head}: caught by ${broken.length} findings, ${took}\n            ${broken[0]}`;
}

function spread(seconds: number[]): string {
  if (seconds.length === 0) return 'never';
  const sorted = seconds.toSorted((a, b) => a - b);
  const [most = NaN, middle = NaN] = [sorted.at(-1), sorted[Math.floor(sorted.length / 2)]];
  return sorted.length === 1
    ? `${most.toFixed(2)} s`
    : `median ${middle.toFixed(2)} s, longest ${most.toFixed(2)} s`;
}

if (import.meta.main) {
  await runAsProgram(async () => {
    const counts = await faults(process.argv.slice(2));
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
    return counts;
  });
}
