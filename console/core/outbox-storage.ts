import type { OutboxStorage } from '#client/client.ts';
import type { Pending } from '#client/state.ts';

const STORE = 'pending';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB refused'));
  });
}

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

/** Keeps the unsent commands of one membership in IndexedDB, so that they survive a reload. */
export function outboxStorage(operatorId: string): OutboxStorage {
  let database: Promise<IDBDatabase> | undefined;
  const store = async (mode: IDBTransactionMode) => {
    database ??= open(`foyer-outbox-${operatorId}`);
    return (await database).transaction(STORE, mode).objectStore(STORE);
  };
  return {
    load: async () => (await settled((await store('readonly')).getAll())) as Pending[],
    put: async (pending) => {
      await settled((await store('readwrite')).put(pending, pending.command.ref));
    },
    remove: async (ref) => {
      await settled((await store('readwrite')).delete(ref));
    },
  };
}
