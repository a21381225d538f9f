import { keepEmbedded } from './core/database/embedded/keep-embedded.ts';
import { lockDataFolder, readOrCreateSecret } from './core/data-folder.ts';
import { createLogger } from './core/logger.ts';
import { StartRefused } from './core/start-refused.ts';
import { readConfig } from './config.ts';
import { prepareSetup } from './features/auth/prepare-setup.ts';
import { startServer } from './start.ts';

const EXIT_SECONDS = 30;

try {
  await main();
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  process.stderr.write(`Foyer did not start (${error.code}).\n${error.message}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const lock = await lockDataFolder(config.dataFolder);
  const secret = config.secret ?? (await readOrCreateSecret(config.dataFolder, 'secret'));
  const logger = createLogger(config.logLevel, {
    secrets: [secret, ...(config.mail?.smtp.pass ? [config.mail.smtp.pass] : [])],
  });
  const log = (message: string, fields?: Record<string, unknown>) => logger.info(fields ?? {}, message);
  const embedded = config.databaseUrl
    ? undefined
    : await keepEmbedded({ dataFolder: config.dataFolder, log });
  const connection = embedded
    ? { ...embedded.connection, ssl: false }
    : { connectionString: config.databaseUrl };
  const server = await startServer(config, secret, connection, logger).catch(async (error: unknown) => {
    await embedded?.stop();
    throw error;
  });
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(`\nFoyer is running.\n  Console: ${config.console.url}\n  Chat:    ${config.chat.url}`);
  const token = await prepareSetup(server.context).catch((error: unknown) => {
    logger.error({ err: error }, 'the set-up link was not made; start again to get it');
  });
  if (token !== undefined) {
    say(
      `\nOpen this link once to create the first administrator and account:\n  ${config.console.url}/setup#${token}\n`,
    );
  }
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'an error was not handled'));
  const end = stopOnce(async () => {
    await server.stop();
    await embedded?.stop();
    await lock.release();
  });
  process.on('SIGTERM', () => end(0));
  process.on('SIGINT', () => end(0));
  void server.lost.then(({ code, message }) => {
    process.stderr.write(`Foyer stops (${code}).\n${message}\n`);
    end(1);
  });
}

/** Makes what ends the process with a code after `stop`, or after half a minute of waiting for it. */
function stopOnce(stop: () => Promise<void>): (code: number) => void {
  let stopping = false;
  return (code) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), EXIT_SECONDS * 1000).unref();
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`Foyer did not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
}
