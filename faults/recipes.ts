import type { Recipe } from './recipe.ts';
import { firstMessages } from './recipes/first-messages.ts';
import { killServer } from './recipes/kill-server.ts';
import { raceAccepts } from './recipes/race-accepts.ts';
import { repeatSends } from './recipes/repeat-sends.ts';
import { restartDatabase } from './recipes/restart-database.ts';
import { restoreBackup } from './recipes/restore-backup.ts';

export const recipes: readonly Recipe[] = [
  killServer,
  repeatSends,
  firstMessages,
  raceAccepts,
  restartDatabase,
  restoreBackup,
];
