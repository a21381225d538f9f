/** A value that can be watched. */
export type Cell<Value> = {
  get: () => Value;
  set: (value: Value) => void;
  /** Called after every change; returns the function that ends it. */
  watch: (listener: () => void) => () => void;
};

export function cell<Value>(value: Value): Cell<Value> {
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
