import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

/** apt-get refuses to run beside itself, and several steps may miss something at the same time. */
const lock = join(tmpdir(), 'foyer-apt.lock');

async function isInstalled(name: string): Promise<boolean> {
  const { output } = await run('dpkg-query', ['-W', '-f', '${Status}', name], { output: 'keep' });
  return output.endsWith('ok installed');
}

/** Installs those of the Debian packages that are missing. Throws a sentence if it is not allowed to. */
export async function needPackages(names: string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) if (!(await isInstalled(name))) missing.push(name);
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(' ')}`);
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const quiet = [
    'flock',
    lock,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-qq',
    '-o',
    'Dpkg::Use-Pty=0',
  ];
  for (const task of [['update'], ['install', '-y', '--no-install-recommends', ...missing]]) {
    const [command = '', ...args] = [...root, ...quiet, ...task];
    const { code, output } = await run(command, args, { output: 'keep' });
    if (code === 0) continue;
    throw new Error(
      `${output.trimEnd()}\nPlease run: apt-get update && apt-get install ${missing.join(' ')}`,
    );
  }
}
