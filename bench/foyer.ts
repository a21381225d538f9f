/** Foyer as a child of the bench: the whole server, with the limits per connection out of the way. */
import { createLogger } from '../server/core/logger.ts';
import { usualLimits, type AllLimits } from '../server/core/realtime/connection.ts';
import { readConfig } from '../server/config.ts';
import { startServer } from '../server/start.ts';

const config = readConfig({
  ...process.env,
  FOYER_DATA: '/nonexistent',
  FOYER_BIND: '127.0.0.1',
  FOYER_LOG_LEVEL: 'error',
});
const free = { perMinute: 1e9, burst: 1e9 };
const limits: AllLimits = {
  chat: { ...usualLimits.chat, commands: free, others: free },
  console: { ...usualLimits.console, commands: free, others: free },
};
const secret = 'a secret of the bench that is long enough to sign with';
await startServer(config, secret, { connectionString: config.databaseUrl }, createLogger('error'), limits);
process.send?.('ready');
process.on('message', () => process.send?.({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit(0));
