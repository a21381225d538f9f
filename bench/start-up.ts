import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../server/test/ports.ts';

const home = new URL('..', import.meta.url).pathname;

/** ms until `node server/main.ts` serves: on an empty folder (it makes its database), and again on the same one. */
export async function startUp(): Promise<{ cold: number; warm: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-bench-'));
  try {
    return { cold: await startOnce(folder), warm: await startOnce(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startOnce(folder: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['server/main.ts'], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      FOYER_DATA: folder,
      FOYER_BIND: '127.0.0.1',
      FOYER_CONSOLE_PORT: String(await freePort()),
      FOYER_CHAT_PORT: String(await freePort()),
      FOYER_LOG_LEVEL: 'error',
    },
  });
  const ended = once(child, 'exit');
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes('Foyer is running.')) break;
  }
  const took = performance.now() - begun;
  child.kill('SIGTERM');
  await ended;
  return took;
}
