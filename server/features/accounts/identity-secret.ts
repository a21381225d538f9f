import type { Tx } from '../../core/database/database.ts';

/** The secret that the customer's own server signs its visitors' identities with (VI-12). */
export async function identitySecret(tx: Tx, accountId: string): Promise<string> {
  const row = await tx
    .selectFrom('accounts')
    .select('identity_secret')
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return row.identity_secret;
}
