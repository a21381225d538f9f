import type { Domain } from '#protocol/accounts.ts';
import type { Tx } from '../../core/database/database.ts';
import { listDomainRows } from './store.ts';

/** Where the account's chat may run, oldest first. */
export const listDomains = (tx: Tx, accountId: string): Promise<Domain[]> => listDomainRows(tx, accountId);
