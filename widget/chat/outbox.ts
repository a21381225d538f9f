import type { OutboxStorage } from '#client/client.ts';
import type { Pending } from '#client/state.ts';
import type { Store } from '../bridge/store.ts';

const PREFIX = 'out.';

function parse(text: string | undefined): Pending[] {
  try {
    return text ? [JSON.parse(text) as Pending] : [];
  } catch {
    return [];
  }
}

/** One name for each command, so that two tabs never write over each other; UUIDv7 sorts by age. */
export function storedOutbox(store: Store): OutboxStorage {
  return {
    load: async () =>
      store
        .names(PREFIX)
        .sort()
        .flatMap((name) => parse(store.get(name))),
    put: async (pending) => store.set(PREFIX + pending.command.ref, JSON.stringify(pending)),
    remove: async (ref) => store.remove(PREFIX + ref),
  };
}

/** Whether an earlier page has left something that nobody has confirmed. */
export const hasUnsent = (store: Store): boolean => store.names(PREFIX).length > 0;
