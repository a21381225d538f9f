import type { Published } from './hub.ts';

/**
 * Carries events to the other processes of the installation, and theirs to us. Only a hint: what it loses is found by
 * its position. An installation of one process has none.
 */
export type Bus<E> = {
  publish: (published: Published<E>) => void;
  /** Events of this topic matter here from now on. */
  follow: (topic: string) => void;
  unfollow: (topic: string) => void;
  /** Resolves when everything followed so far is heard, or cannot be: what is read after it leaves no hole. */
  listening: () => Promise<void>;
};
