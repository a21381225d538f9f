import type { Up } from '#protocol/up.ts';
import type { Environment } from './environment.ts';

/** ms */
const SAY_AGAIN = 3000;
const HEARD_FOR = 6000;

export type Typing = {
  say: (conversationId: string, on: boolean) => void;
  heard: (conversationId: string, on: boolean) => void;
  stop: () => void;
};

/** Who is writing: says it sparingly, and believes it only for a while. */
export function createTyping(
  environment: Environment,
  send: (frames: readonly Up[]) => boolean,
  ended: (conversationId: string) => void,
): Typing {
  const said = new Set<string>();
  const quiet = new Map<string, unknown>();
  const hearing = new Map<string, unknown>();

  function end(timers: Map<string, unknown>, conversationId: string): void {
    environment.clearTimeout(timers.get(conversationId));
    timers.delete(conversationId);
  }

  function after(timers: Map<string, unknown>, conversationId: string, ms: number, run?: () => void): void {
    end(timers, conversationId);
    const timer = environment.setTimeout(() => {
      timers.delete(conversationId);
      run?.();
    }, ms);
    timers.set(conversationId, timer);
  }

  return {
    say: (conversationId, on) => {
      if (on ? quiet.has(conversationId) : !said.delete(conversationId)) return;
      send([{ type: 'typing', conversationId, on }]);
      if (!on) return end(quiet, conversationId);
      said.add(conversationId);
      after(quiet, conversationId, SAY_AGAIN);
    },
    heard: (conversationId, on) => {
      if (on) after(hearing, conversationId, HEARD_FOR, () => ended(conversationId));
      else end(hearing, conversationId);
    },
    stop: () => {
      for (const timers of [quiet, hearing]) for (const id of timers.keys()) end(timers, id);
      said.clear();
    },
  };
}
