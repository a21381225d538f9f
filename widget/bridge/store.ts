/** Small texts that outlive the page where the browser allows it, else only this document. */
export type Store = {
  get: (name: string) => string | undefined;
  set: (name: string, value: string) => void;
  remove: (name: string) => void;
  /** Names that begin with `prefix`. */
  names: (prefix: string) => string[];
};

function memory(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
    clear: () => values.clear(),
  };
}

/** `localStorage` of the frame; merely touching it throws where third-party storage is blocked. */
export function browserStorage(): Storage {
  try {
    const probe = 'foyer';
    localStorage.setItem(probe, '');
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return memory();
  }
}

/** The part of `storage` that belongs to the box `key`. Many boxes share the chat origin. */
export function createStore(key: string, storage: Storage): Store {
  const full = (name: string) => `foyer.${key}.${name}`;
  return {
    get: (name) => storage.getItem(full(name)) ?? undefined,
    set(name, value) {
      try {
        storage.setItem(full(name), value);
      } catch {
        // Full. What is stored is a convenience; the chat goes on without it.
      }
    },
    remove: (name) => storage.removeItem(full(name)),
    names(prefix) {
      const all = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
      return all.filter((name) => name.startsWith(full(prefix))).map((name) => name.slice(full('').length));
    },
  };
}
