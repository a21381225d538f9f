import { startEmbedded, type EmbeddedOptions, type EmbeddedPostgres } from './start-embedded.ts';

const LOOK_MS = 1000;

/**
 * The embedded PostgreSQL, started again whenever it ends while this server lives (out of memory, kill -9). Its address
 * stays the same, so the pools find it again by themselves.
 */
export async function keepEmbedded(
  options: EmbeddedOptions,
): Promise<Pick<EmbeddedPostgres, 'connection' | 'stop'>> {
  let current = await startEmbedded(options);
  let starting: Promise<void> | undefined;
  const restart = async (): Promise<void> => {
    options.log('the database has ended and is started again');
    try {
      current = await startEmbedded(options);
    } catch (error) {
      options.log('the database did not start; it is tried again', { err: error });
    }
  };
  const timer = setInterval(() => {
    if (isAlive(current.pid)) return;
    starting ??= restart().finally(() => (starting = undefined));
  }, LOOK_MS).unref();
  return {
    connection: current.connection,
    stop: async () => {
      clearInterval(timer);
      await starting;
      await current.stop();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
