type Timer = { at: number; order: number; run: () => void };

/** Virtual time: nothing happens until `advance`. `drain` lets every promise settle (Node's setImmediate does). */
export function createFakeClock(drain: () => Promise<unknown>) {
  let time = 1_790_000_000_000;
  let order = 0;
  const timers = new Set<Timer>();

  function due(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }

  return {
    now: () => time,
    setTimeout: (run: () => void, ms: number): Timer => {
      order += 1;
      const timer = { at: time + Math.max(0, ms), order, run };
      timers.add(timer);
      return timer;
    },
    clearTimeout: (timer: unknown) => {
      timers.delete(timer as Timer);
    },
    /** Timers that are still to come. */
    waiting: () => timers.size,
    /** The machine sleeps: time passes, nothing runs. */
    sleep: (ms: number) => {
      time += ms;
    },
    advance: async (ms: number) => {
      const until = time + ms;
      await drain();
      for (let next = due(until); next; next = due(until)) {
        timers.delete(next);
        time = Math.max(time, next.at);
        next.run();
        await drain();
      }
      time = Math.max(time, until);
    },
  };
}

export type FakeClock = ReturnType<typeof createFakeClock>;
