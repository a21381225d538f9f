/** For `node --import`: an operator without a line is away after a second, and lost after eight. */
import { usualAbsence } from '../server/features/operators/absence.ts';

Object.assign(usualAbsence, { graceMs: 1000, lostAfterMs: 8000 });
