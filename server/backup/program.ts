import { statSync } from 'node:fs';
import { StartRefused } from '../core/start-refused.ts';
import { megabytes, type Say } from './progress.ts';

type Work = (path: string, say: Say, signal: AbortSignal) => Promise<void>;

/**
 * `node server/<name>.ts <file>`: does the work, tells what it does, and ends with 0 only if it is done. A signal ends
 * the work as an error would, so that it leaves nothing half done behind.
 */
export async function runProgram(name: 'backup' | 'restore', work: Work): Promise<void> {
  const [path, ...more] = process.argv.slice(2);
  const say: Say = (line) => void process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  try {
    if (path === undefined || more.length > 0) {
      throw new StartRefused('bad_usage', `Say which file: npm run ${name} -- /path/of/foyer.tar.zst`);
    }
    const begin = performance.now();
    await work(path, say, stopping.signal);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    say(
      `${name === 'backup' ? 'Backed up to' : 'Restored from'} ${path} (${megabytes(statSync(path).size)}) in ${seconds} s.`,
    );
  } catch (error) {
    const why = error instanceof StartRefused ? `(${error.code}).\n${error.message}` : String(error);
    process.stderr.write(
      `The ${name} was not done${stopping.signal.aborted ? ': it was stopped' : ` ${why}`}\n`,
    );
    process.exitCode = 1;
  }
}
