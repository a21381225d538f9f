import type { Destination, Routing } from '#protocol/routing.ts';
import { Refusal } from '../../core/errors.ts';

/**
 * What removes destinations says how many before it does (OP-11): throws `conflict`, with the sentence that says it,
 * unless `removes` is how many there are that `go`.
 */
export function confirmRemoval(
  what: string,
  { destinations }: Pick<Routing, 'destinations'>,
  go: (destination: Destination) => boolean,
  removes = 0,
): void {
  const lost = Object.values(destinations).map((all) => all.filter(go).length);
  const count = lost.reduce((sum, each) => sum + each, 0);
  if (removes === count) return;
  const people = lost.filter((each) => each > 0).length;
  const sentence = `${what} removes ${some(count, 'destination')} of ${some(people, 'operator')}. Please confirm it.`;
  throw new Refusal('conflict', sentence, { fields: { removes: sentence } });
}

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
