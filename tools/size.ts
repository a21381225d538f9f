import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { LoaderBox } from '#protocol/chatboxes.ts';
import { build, dist } from './build.ts';
import { runAsProgram, type Outcome } from './run.ts';

/** Brotli bytes a visitor may be asked to load, by stage: on the page, when idle, on opening the chat. */
export const budgets = { loader: 2048, bridge: 4096, chat: 30_720 };

export type Sizes = Record<keyof typeof budgets, number>;

const box: LoaderBox = {
  key: 'k3v9qg7m2x5t8w4z',
  origin: 'https://chat.example.com',
};

type Chunk = { file: string; imports?: string[]; dynamicImports?: string[]; css?: string[] };
type Manifest = Record<string, Chunk>;

/** The files that loading `keys` loads, without those that wait for an `import()`. */
function filesOf(manifest: Manifest, keys: string[]): Set<string> {
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (key: string): void => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`The widget's manifest has no ${key}.`);
    files.add(chunk.file);
    for (const file of chunk.css ?? []) files.add(file);
    chunk.imports?.forEach(visit);
  };
  keys.forEach(visit);
  return files;
}

function weigh(text: string | Buffer): number {
  return brotliCompressSync(text).length; // brotli's own default is its best, 11
}

/** Weighs a built widget, each file compressed by itself as it is served. */
export async function measure(folder: string): Promise<Sizes> {
  const loader = await readFile(join(folder, 'loader.js'), 'utf8');
  if (!loader.includes('__FOYER_BOX__'))
    throw new Error('The built loader has no place for the box (__FOYER_BOX__).');
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const bridge = filesOf(manifest, ['bridge/main.ts']);
  const onOpening = manifest['bridge/main.ts']?.dynamicImports ?? [];
  const opened = filesOf(manifest, ['bridge/main.ts', ...onOpening, 'chat/locales/en.ts']);
  const total = async (files: Set<string>): Promise<number> => {
    const weights = await Promise.all(
      [...files].map(async (file) => weigh(await readFile(join(folder, file)))),
    );
    return weights.reduce((sum, weight) => sum + weight, 0);
  };
  const idle = await total(bridge);
  return {
    loader: weigh(loader.replaceAll('__FOYER_BOX__', JSON.stringify(box))),
    bridge: idle,
    chat: (await total(opened)) - idle,
  };
}

/** One sentence for each stage over its budget. */
export function complaints(sizes: Sizes): string[] {
  return (Object.keys(budgets) as (keyof Sizes)[])
    .filter((stage) => sizes[stage] > budgets[stage])
    .map((stage) => `The ${stage} weighs ${sizes[stage]} bytes in brotli; its budget is ${budgets[stage]}.`);
}

/** Prints one line for each stage, and a sentence for each that is over its budget. */
export async function size(): Promise<Outcome> {
  await build({ ifStale: true });
  const sizes = await measure(join(dist, 'widget'));
  for (const [stage, bytes] of Object.entries(sizes)) console.log(`${stage} ${bytes}`);
  for (const complaint of complaints(sizes)) console.error(complaint);
  const failed = complaints(sizes).length;
  return { passed: Object.keys(budgets).length - failed, failed };
}

if (import.meta.main) await runAsProgram(size);
