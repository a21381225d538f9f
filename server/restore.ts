import { join } from 'node:path';
import { ArchiveReader } from './backup/archive-reader.ts';
import { runProgram } from './backup/program.ts';
import { ownDatabase } from './backup/reach-database.ts';
import { restoreBackup } from './backup/restore-backup.ts';
import { storeSecret } from './core/data-folder.ts';
import { StartRefused } from './core/start-refused.ts';
import { readConfig } from './config.ts';

await runProgram('restore', async (path, say, signal) => {
  const { secret: given, ...config } = readConfig(process.env);
  using archive = await ArchiveReader.open(path);
  await using database = await ownDatabase(config);
  const keepSecret = async (secret: string): Promise<void> => {
    const kept = given ?? (await storeSecret(config.dataFolder, 'secret', secret));
    if (kept === secret) return;
    const place = given === undefined ? join(config.dataFolder, 'secrets/secret') : 'FOYER_SECRET';
    throw new StartRefused(
      'other_secret',
      `${place} is not the secret of the backup, without which all its sessions and visits end: remove it and restore again.`,
    );
  };
  await restoreBackup({ connection: database.connection, archive, keepSecret, say, signal });
});
