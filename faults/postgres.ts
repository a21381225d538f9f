import { mkdir } from 'node:fs/promises';
import pg from 'pg';
import { startEmbedded, type EmbeddedPostgres } from '../server/core/database/embedded/start-embedded.ts';

/** A real PostgreSQL of the recipe's own, which it may kill. */
export type Postgres = {
  url: string;
  /** Ends the postmaster: `SIGINT` is pg_ctl's fast, `SIGQUIT` its immediate. Resolves when it is gone. */
  kill: (signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL') => Promise<void>;
  /** Starts it again on the same data and address. */
  start: () => Promise<void>;
  /** One statement as superuser, on a connection of its own. */
  query: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  stop: () => Promise<void>;
};

export async function startPostgres(folder: string): Promise<Postgres> {
  await mkdir(folder, { recursive: true });
  const start = () => startEmbedded({ dataFolder: folder, log: () => undefined });
  let current: EmbeddedPostgres = await start();
  const { host, port, user, database } = current.connection;
  const url = `postgres://${user}@localhost/${database}?host=${encodeURIComponent(host)}&port=${port}`;
  const leave = () => tryKill(current.pid, 'SIGQUIT');
  process.on('exit', leave);
  return {
    url,
    async kill(signal) {
      tryKill(current.pid, signal);
      while (tryKill(current.pid, 0)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    start: async () => void (current = await start()),
    async query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]) {
      const client = new pg.Client({ connectionString: url });
      // Killed while we ask: the query itself rejects.
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    async stop() {
      await current.stop();
      process.off('exit', leave);
    },
  };
}

/** False when there is no such process any more; signal 0 only asks. */
function tryKill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
