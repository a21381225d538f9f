import type { OutboxStorage } from './client.ts';
import type { Pending } from './state.ts';

/** A new name for one command: UUIDv7 (RFC 9562 section 5.7), 48 bits of Unix ms and 74 random bits. */
export function uuidv7(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = now.toString(16).padStart(12, '0').slice(-12);
  // The variant's two bits are 10: one of 8, 9, a, b.
  const variant = '89ab'.charAt((bytes[8] ?? 0) & 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** An outbox that lives as long as the page: for where nothing else may be stored. */
export function memoryStorage(): OutboxStorage {
  const stored = new Map<string, Pending>();
  return {
    load: async () => [...stored.values()],
    put: async (pending) => {
      stored.set(pending.command.ref, pending);
    },
    remove: async (ref) => {
      stored.delete(ref);
    },
  };
}
