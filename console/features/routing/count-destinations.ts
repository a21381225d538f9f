import type { Destination, Routing } from '#protocol/routing.ts';

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
