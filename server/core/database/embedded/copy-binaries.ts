import { chmod, copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type Link, makeLinks } from './library-links.ts';

/** Copies the tree for a user who cannot reach `native`. A name appears only once all below it is on the disk. */
export async function copyBinaries(native: string, links: Link[], copy: string): Promise<void> {
  const draft = `${copy}.draft`;
  await rm(draft, { recursive: true, force: true });
  await copyTree(native, draft);
  await makeLinks(draft, links, join(draft, 'lib'));
  await rename(draft, copy);
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  // chmod, because both the source (umask 077) and our own umask may shut the child's user out.
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) await copyFlushed(source, target);
  }
}

async function copyFlushed(source: string, target: string): Promise<void> {
  await copyFile(source, target);
  await chmod(target, 0o755);
  await using file = await open(target, 'r');
  await file.sync();
}
