import type { Recipe } from './recipe.ts';
import { firstMessages } from './recipes/first-messages.ts';
import { freeze } from './recipes/freeze.ts';
import { killServer } from './recipes/kill-server.ts';
import { oneWay } from './recipes/one-way.ts';
import { partition } from './recipes/partition.ts';
import { raceAccepts } from './recipes/race-accepts.ts';
import { repeatSends } from './recipes/repeat-sends.ts';
import { restartDatabase } from './recipes/restart-database.ts';
import { restoreBackup } from './recipes/restore-backup.ts';
import { storm } from './recipes/storm.ts';

export const recipes: readonly Recipe[] = [
  killServer,
  partition,
  oneWay,
  freeze,
  storm,
  repeatSends,
  firstMessages,
  raceAccepts,
  restartDatabase,
  restoreBackup,
];
