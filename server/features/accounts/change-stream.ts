import { sql } from 'kysely';
import type { Tx } from '../../core/database/database.ts';

/**
 * Keeps other changes of the account waiting until the commit, without being one. Every writer takes the stream before a
 * conversation, so that two cannot wait for each other.
 */
export async function lockChanges(tx: Tx, accountId: string): Promise<void> {
  await sql`select from account_streams where account_id = ${accountId} for update`.execute(tx);
}

/**
 * Takes the next position of the account's change stream under its row lock. Call it last in a transaction, and
 * publish a `changes` event with it after the commit.
 */
export async function nextChange(tx: Tx, accountId: string): Promise<number> {
  const { rows } = await sql<{ seq: number }>`
    update account_streams set seq = seq + 1 where account_id = ${accountId} returning seq`.execute(tx);
  const seq = rows[0]?.seq;
  if (seq === undefined) throw new Error('the account has no change stream');
  return seq;
}
