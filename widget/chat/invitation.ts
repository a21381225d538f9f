import type { Invitation } from '#protocol/visitors.ts';
import { cell } from '../bridge/cell.ts';

/** What an operator has written to a visitor who has not (VI-10): until it is answered, dismissed or withdrawn. */
export const invitation = cell<Invitation | null>(null);
