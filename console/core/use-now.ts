import { useSyncExternalStore } from 'react';

function ticker(every: number) {
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        now = Date.now();
        for (const each of listeners) each();
      }, every);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    get: () => {
      if (timer === undefined) now = Date.now();
      return now;
    },
  };
}

const second = ticker(1000);
const slow = ticker(15_000);

/** The clock in ms; all callers tick together. `slow` ticks every 15 s, else every second. */
export function useNow(pace: 'second' | 'slow'): number {
  const source = pace === 'second' ? second : slow;
  return useSyncExternalStore(source.subscribe, source.get);
}
