import { chmod, mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { hasCode } from '../../has-code.ts';

/** A link to be made: `name` and `pointsTo` are both relative to lib/. */
export type Link = { name: string; pointsTo: string };

/**
 * The links between libraries that the package's programs need. npm packs no symbolic links; the package lists them
 * for its postinstall script, which npm may block.
 */
export async function libraryLinks(native: string): Promise<Link[]> {
  const listed = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  return listed.map(({ source, target }) => ({
    name: relative('native/lib', target),
    pointsTo: relative('native/lib', source),
  }));
}

/** Makes the links in `folder`. After the project has moved they point to its new place. */
export async function makeLinks(native: string, links: Link[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  for (const { name, pointsTo } of links) {
    const path = join(folder, name);
    const wanted = relative(folder, join(native, 'lib', pointsTo));
    if ((await linkAt(path)) === wanted) continue;
    await rm(path, { force: true });
    await symlink(wanted, path);
  }
}

async function linkAt(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EINVAL')) return undefined;
    throw error;
  }
}
