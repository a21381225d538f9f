import { createHmac, timingSafeEqual } from 'node:crypto';

const signature = (key: Uint8Array, id: string): string =>
  createHmac('sha256', key).update(id).digest('base64url');

/**
 * The secret of a link, `<id>.<signature>`. What is stored is only the id, so that nobody who reads the database can
 * make the link of somebody else; it lives as long as its row does.
 */
export const sealTicket = (key: Uint8Array, id: string): string => `${id}.${signature(key, id)}`;

/** The id of a ticket that this installation has sealed. */
export function openTicket(key: Uint8Array, ticket: string): string | undefined {
  const [id = '', given = ''] = ticket.split('.');
  const expected = Buffer.from(signature(key, id));
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected) ? id : undefined;
}
