import type { Down } from '#protocol/down.ts';
import type { Hello } from '#protocol/session.ts';
import type { Up } from '#protocol/up.ts';
import type { Environment } from './environment.ts';

/** One line to the server, over whatever carries it. Nothing is said or heard after `close` or `closed`. */
export type Transport = {
  send: (frames: readonly Up[]) => void;
  close: () => void;
};

export type TransportOptions = {
  origin: string;
  /** What to say first (and again, with each poll): read when it is said. */
  hello: () => Hello;
  frame: (frame: Down) => void;
  /** A close code of the socket; 1006 for everything that has none. */
  closed: (code: number) => void;
  environment: Environment;
};

export type OpenTransport = (options: TransportOptions) => Transport;
