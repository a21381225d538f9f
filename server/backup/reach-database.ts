import { existsSync } from 'node:fs';
import { placesIn } from '../core/database/embedded/places.ts';
import { embeddedAddress, startEmbedded } from '../core/database/embedded/start-embedded.ts';
import type { PoolSettings } from '../core/database/database.ts';
import { lockDataFolder } from '../core/data-folder.ts';
import { StartRefused } from '../core/start-refused.ts';
import type { Config } from '../config.ts';

export type Reached = { connection: PoolSettings; [Symbol.asyncDispose]: () => Promise<void> };

type Places = Pick<Config, 'dataFolder' | 'databaseUrl'>;

/**
 * The database of this installation, whether its server runs or not: one that nobody runs is started, and stopped at
 * the end. Throws StartRefused `nothing_to_back_up`, or that the database does not start.
 */
export async function reachDatabase({ dataFolder, databaseUrl }: Places): Promise<Reached> {
  if (databaseUrl !== undefined) return byUrl(databaseUrl);
  if (!existsSync(placesIn(dataFolder).cluster)) {
    throw new StartRefused(
      'nothing_to_back_up',
      `There is no database in ${dataFolder}: set FOYER_DATA (or DATABASE_URL) as for the server.`,
    );
  }
  try {
    return await ownEmbedded(dataFolder);
  } catch (error) {
    if (!(error instanceof StartRefused && error.code === 'data_folder_in_use')) throw error;
  }
  const connection = { ...(await embeddedAddress(dataFolder)), ssl: false };
  return { connection, [Symbol.asyncDispose]: async () => undefined };
}

/** The database of an installation that no server runs on. Throws StartRefused `data_folder_in_use` when one does. */
export async function ownDatabase({ dataFolder, databaseUrl }: Places): Promise<Reached> {
  if (databaseUrl === undefined) return ownEmbedded(dataFolder);
  const lock = await lockDataFolder(dataFolder);
  return { ...byUrl(databaseUrl), [Symbol.asyncDispose]: lock.release };
}

const byUrl = (connectionString: string): Reached => ({
  connection: { connectionString },
  [Symbol.asyncDispose]: async () => undefined,
});

async function ownEmbedded(dataFolder: string): Promise<Reached> {
  const lock = await lockDataFolder(dataFolder);
  try {
    const embedded = await startEmbedded({ dataFolder, log: () => undefined });
    return {
      connection: { ...embedded.connection, ssl: false },
      [Symbol.asyncDispose]: async () => {
        await embedded.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
