import * as z from 'zod/mini';
import { changesDown } from './changes.ts';
import { entriesDown, goneDown, queueDown, typingDown } from './conversations.ts';
import { presenceDown } from './operators.ts';
import { bye, done, head, refused, welcome } from './session.ts';
import { visitorsDown } from './visitors.ts';

/** Everything a server may say. A client ignores a `type` that it does not know. */
export const down = z.discriminatedUnion('type', [
  welcome,
  entriesDown,
  goneDown,
  queueDown,
  changesDown,
  head,
  done,
  refused,
  typingDown,
  presenceDown,
  visitorsDown,
  bye,
]);
export type Down = z.infer<typeof down>;
