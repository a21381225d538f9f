type Timer = { at: number; order: number; run: () => void };

/** Virtual time: nothing happens until `advance`. */
export function createFakeClock(start = 1_790_000_000_000) {
  let time = start;
  let order = 0;
  const timers = new Set<Timer>();

  /** Lets promises settle; the chains here are far shorter than this. */
  async function drain(): Promise<void> {
    for (let turn = 0; turn < 30; turn += 1) await null;
  }

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
