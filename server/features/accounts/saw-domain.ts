import type { Tx } from '../../core/database/database.ts';

/** The widget was shown on a page of this registered domain just now. */
export async function sawDomain(tx: Tx, accountId: string, host: string): Promise<void> {
  await tx
    .updateTable('domains')
    .set({ last_seen_at: new Date() })
    .where('account_id', '=', accountId)
    .where('host', '=', host)
    .execute();
}
