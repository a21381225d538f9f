/** One recipe in a process of its own, forked by main.ts: `run-recipe.ts <id> <form> <seed> <folder>`. Answers with an Outcome. */
import type { Form } from './recipe.ts';
import { recipes } from './recipes.ts';
import { seeded } from './random.ts';

const [id, form, seed, folder] = process.argv.slice(2) as [string, Form, string, string];
const recipe = recipes.find((each) => each.id === id);
if (!recipe) throw new Error(`there is no recipe ${id}`);
// Whatever was started ends with this process: see the `exit` listeners.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.on('disconnect', () => process.exit(1));
const outcome = await recipe.run({ folder, random: seeded(Number(seed)) }, recipe[form]);
process.send?.(outcome, () => process.exit(0));
