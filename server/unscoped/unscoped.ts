/**
 * Every statement that runs without row-level security is in this folder: the hot ones, which carry the account in each
 * row and key, and those that turn a credential into an account. A reviewer of tenancy reads it; unscoped.test.ts
 * holds its cross-tenant test.
 */
import type { Database } from '../core/database/database.ts';

export type Unscoped = Pick<Database, 'unscoped'>;
