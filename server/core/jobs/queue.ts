import type { output, ZodMiniType } from 'zod/mini';

/** A kind of work that is done later. `name` and payload stand in the database, so releases share them. */
export type Queue<S extends ZodMiniType = ZodMiniType> = {
  name: string;
  payload: S;
  /** Pauses before it is tried again, in seconds: `first`, then twice as long each time up to `longest`. */
  retry: { times: number; first: number; longest: number };
};

/**
 * `last`: if this fails, nobody tries it again by himself. `signal`: aborted when the work has to be broken off, because
 * it took too long, the server ends, or somebody else may have begun it by now.
 */
export type Attempt = { last: boolean; signal: AbortSignal };

/** A queue with what is to be done; a handler that throws is tried again. */
export type Job = { queue: Queue; handle: (payload: unknown, attempt: Attempt) => Promise<void> };

export function job<S extends ZodMiniType>(
  queue: Queue<S>,
  handle: (payload: output<S>, attempt: Attempt) => Promise<void>,
): Job {
  return { queue, handle: handle as Job['handle'] };
}
