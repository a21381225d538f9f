import type { Destination, Routing } from '#protocol/routing.ts';

/** Who has destinations now, and none that stays: from then on they serve every language. */
export const leftWithNone = (
  { destinations }: Routing,
  goes: (destination: Destination) => boolean,
): string[] =>
  Object.entries(destinations)
    .filter(([, all]) => all.length > 0 && all.every(goes))
    .map(([id]) => id);

/** How many destinations of how many operators fit. */
export function countDestinations(
  { destinations }: Routing,
  fits: (destination: Destination) => boolean = () => true,
): { count: number; operators: number } {
  const counts = Object.values(destinations).map((all) => all.filter(fits).length);
  return {
    count: counts.reduce((sum, each) => sum + each, 0),
    operators: counts.filter((each) => each > 0).length,
  };
}
