import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { Target } from './target.ts';

/** µs of CPU of one message, by who spent them. `load` is the bench itself, which shares the machine. */
export type Cpu = { server: number; postgres: number; load: number };

/** Clock ticks of Linux: 100 a second on every machine that we know. */
const MS_A_TICK = 10;

/** Begins to count; the answer takes the number of messages since. Linux only: PostgreSQL is read from /proc. */
export async function countCpu(target: Target, url: string): Promise<(messages: number) => Promise<Cpu>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const read = async () => ({
    server: (await target.usage()).cpuMs,
    postgres: await postgresMs(client),
    load: (process.cpuUsage().user + process.cpuUsage().system) / 1000,
  });
  const before = await read();
  return async (messages) => {
    const after = await read();
    await client.end();
    const each = (who: keyof Cpu) => ((after[who] - before[who]) * 1000) / messages;
    return { server: each('server'), postgres: each('postgres'), load: each('load') };
  };
}

/** Of all processes of the server: backends and those that write for them. */
async function postgresMs(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity');
  const times = await Promise.all(
    rows.map(async ({ pid }) => {
      // One may have ended meanwhile.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [, , , , , , , , , , , user = 0, system = 0] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(user) + Number(system)) * MS_A_TICK;
    }),
  );
  return times.reduce((sum, ms) => sum + ms, 0);
}
