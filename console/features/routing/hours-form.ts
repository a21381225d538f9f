import type { Hours } from '#protocol/routing.ts';

export type Interval = Hours['week'][number][number];

const office: Interval[] = [{ from: '09:00', to: '17:00' }];

/** What stands in the form before anybody chose: office hours here. */
export const suggestedHours = (): Hours => ({
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  week: [office, office, office, office, office, [], []],
  exceptions: [],
});

/** The zones of this browser, and the one that is stored. */
export function zones(current: string): { value: string; label: string }[] {
  return [...new Set([current, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
    .toSorted()
    .map((value) => ({ value, label: value.replaceAll('_', ' ') }));
}

/** What keeps these hours from being saved. */
export function faultIn({ week, exceptions }: Hours): 'time' | 'date' | 'twice' | null {
  const intervals = [...week, ...exceptions.map((one) => one.intervals)].flat();
  if (intervals.some(({ from, to }) => from === '' || to === '')) return 'time';
  const dates = exceptions.map(({ date }) => date);
  if (dates.includes('')) return 'date';
  return new Set(dates).size < dates.length ? 'twice' : null;
}
