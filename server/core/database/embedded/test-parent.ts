import { lockDataFolder } from '../../data-folder.ts';
import { StartRefused } from '../../start-refused.ts';
import { startEmbedded } from './start-embedded.ts';

/**
 * A server reduced to its database, for tests that kill it: `node test-parent.ts <data folder>`. Writes one line of
 * JSON (what has started, or why not) and stops when its input ends.
 */
const [, , dataFolder = ''] = process.argv;
const begin = performance.now();
const messages: string[] = [];
try {
  const lock = await lockDataFolder(dataFolder);
  const { connection, pid, stop } = await startEmbedded({
    dataFolder,
    log: (message) => messages.push(message),
  });
  tell({ connection, pid, messages, milliseconds: Math.round(performance.now() - begin) });
  process.stdin.resume().once('end', () => void stop().then(lock.release));
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  tell({ refused: error.code, message: error.message });
  process.exitCode = 1;
}

function tell(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
