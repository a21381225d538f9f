import type { Findings } from './checker.ts';

/** `short` runs in CI, `long` by command. */
export type Form = 'short' | 'long';

/** What a recipe works with. */
export type Ground = {
  /** An empty folder of its own, removed afterwards. */
  folder: string;
  /** 0 <= number < 1, the same ones for the same seed. */
  random: () => number;
};

/** One fault, how it is made, and what must hold whatever it does. One file each in recipes/, named in recipes.ts. */
export type Recipe<Amounts = unknown> = {
  /** As in docs/operate/reliability.md. */
  id: string;
  title: string;
  short: Amounts;
  long: Amounts;
  /** It needs the whole machine for itself. */
  alone?: true;
  /** It mostly waits: it runs beside those that have something to do. */
  light?: true;
  control: Control;
  // A method, so that recipes of different amounts go into one list.
  run(ground: Ground, amounts: Amounts): Promise<Outcome>;
};

/** The same recipe against a product that is broken on purpose: the checker must then find something. */
export type Control = {
  /** What is broken, in a few words. */
  says: string;
  /** Made in a copy of the tree. `find` must be there exactly once, so that a control cannot rot silently. */
  patches: { file: string; find: string; replace: string }[];
};

/** What every recipe that takes people off the line can be held against. */
export const noResume: Control = {
  says: 'a visitor who comes back is not told what it has missed',
  patches: [
    {
      file: 'server/features/session/hello.ts',
      find: 'await resume(context, connection, actor, [...wanted], positions);',
      replace: 'wanted.clear();',
    },
  ],
};

export type Outcome = {
  /** Counts of what was done: kills, sent, reconnects ... */
  did: Record<string, number>;
  findings: Findings;
  /** Broken promises beside the checker's: invariants, and what this recipe alone can see. A sentence each. */
  violated: string[];
  times: Measured[];
};

/** Seconds, beside the target of the contract. Printed and never asserted: this machine may be busy. */
export type Measured = { what: string; seconds: number[]; target: number };
