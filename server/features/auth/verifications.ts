import type { Tx } from '../../core/database/database.ts';
import { insertVerification, takeVerification } from './store.ts';

/** What a link proves: that somebody reads the mail of a person. */
export type Purpose = 'reset-password' | 'verify-email';

const HOUR_MS = 3_600_000;
const LIFE_MS: Record<Purpose, number> = { 'reset-password': HOUR_MS, 'verify-email': 24 * HOUR_MS };

/** Opens a way in for whoever has the link, once; `id` is what its ticket is made of (core/ticket.ts). */
export async function openVerification(
  tx: Tx,
  purpose: Purpose,
  person: { id: string; email: string },
): Promise<{ id: string; expiresAt: Date }> {
  const expiresAt = new Date(Date.now() + LIFE_MS[purpose]);
  const id = crypto.randomUUID();
  await insertVerification(tx, { id, identifier: `${purpose}:${person.id}`, value: person.email, expiresAt });
  return { id, expiresAt };
}

/**
 * Spends it, and with it all others of the same purpose and person. undefined when it was spent, is too old, or the
 * person has another address by now.
 */
export async function spendVerification(
  tx: Tx,
  purpose: Purpose,
  id: string,
): Promise<{ personId: string; email: string } | undefined> {
  const taken = await takeVerification(tx, `${purpose}:`, id);
  return taken && { personId: taken.identifier.slice(purpose.length + 1), email: taken.value };
}
