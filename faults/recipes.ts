import type { Recipe } from './recipe.ts';
import { behindNginx } from './recipes/behind-nginx.ts';
import { clock } from './recipes/clock.ts';
import { firstMessages } from './recipes/first-messages.ts';
import { freeze } from './recipes/freeze.ts';
import { fullDisk } from './recipes/full-disk.ts';
import { fullHands } from './recipes/full-hands.ts';
import { handOver } from './recipes/hand-over.ts';
import { killServer } from './recipes/kill-server.ts';
import { oneWay } from './recipes/one-way.ts';
import { partition } from './recipes/partition.ts';
import { raceAccepts } from './recipes/race-accepts.ts';
import { repeatSends } from './recipes/repeat-sends.ts';
import { restartDatabase } from './recipes/restart-database.ts';
import { restoreBackup } from './recipes/restore-backup.ts';
import { rollingRestart } from './recipes/rolling-restart.ts';
import { severalServers } from './recipes/several-servers.ts';
import { slowReaders } from './recipes/slow-readers.ts';
import { starve } from './recipes/starve.ts';
import { storm } from './recipes/storm.ts';

export const recipes: readonly Recipe[] = [
  killServer,
  partition,
  oneWay,
  freeze,
  slowReaders,
  storm,
  repeatSends,
  firstMessages,
  raceAccepts,
  fullHands,
  restartDatabase,
  fullDisk,
  clock,
  behindNginx,
  rollingRestart,
  starve,
  restoreBackup,
  severalServers,
  handOver,
];
