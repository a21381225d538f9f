import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { home } from '../tools/run.ts';
import type { Control } from './recipe.ts';

const LINKED = ['node_modules', 'dist'];
const LEFT_OUT = [...LINKED, '.git', 'data', 'docs'];

/** A copy of the whole tree in `folder` with the control's faults in it. Throws when a patch does not fit any more. */
export async function breakTree(control: Control, folder: string): Promise<void> {
  await cp(home, folder, {
    recursive: true,
    filter: (path) => !LEFT_OUT.includes(relative(home, path)),
  });
  for (const name of LINKED) await symlink(join(home, name), join(folder, name));
  for (const { file, find, replace } of control.patches) {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    const places = text.split(find).length - 1;
    if (places !== 1)
      throw new Error(`The control "${control.says}" fits ${places} places of ${file}, not one.`);
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
  }
}
