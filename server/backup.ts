import { createBackup } from './backup/create-backup.ts';
import { runProgram } from './backup/program.ts';
import { reachDatabase } from './backup/reach-database.ts';
import { readSecret } from './core/data-folder.ts';
import { StartRefused } from './core/start-refused.ts';
import { readConfig } from './config.ts';

await runProgram('backup', async (path, say, signal) => {
  const config = readConfig(process.env);
  await using database = await reachDatabase(config);
  const secret = config.secret ?? (await readSecret(config.dataFolder, 'secret'));
  if (secret === undefined) {
    throw new StartRefused(
      'no_secret',
      `There is no secret in ${config.dataFolder}: set FOYER_DATA or FOYER_SECRET as for the server.`,
    );
  }
  await createBackup({ connection: database.connection, secret, path, say, signal });
});
