import type { Hours } from '#protocol/routing.ts';

const DAY = 24 * 60;
/** So far ahead an opening is looked for. */
const DAYS = 400;

/** What a clock on the wall of the business shows: a date, and minutes since its midnight. */
export type WallTime = { date: string; minute: number };

/** Is it open, until when; or when does it open; null: not to be foreseen. */
export type HoursNow = { open: boolean; until: WallTime | null };

/** By the clock of the business. Throws for a zone that is none. */
export function wallTime(timeZone: string, at: number): WallTime {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return {
    date: `${of('year')}-${of('month')}-${of('day')}`,
    minute: Number(of('hour')) * 60 + Number(of('minute')),
  };
}

/**
 * OP-14: open or closed at a time of the wall, and until when. It shows what server/features/routing/business-hours.ts
 * decides, in wall time: the hour of a change of the clock is not told apart.
 */
export function hoursNow(hours: Hours, { date, minute }: WallTime): HoursNow {
  const open = (from: number, to: number) => from <= minute && minute < to;
  const spans = Array.from({ length: DAYS }, (_, day) => spansOf(hours, date, day - 1)).flat();
  const merged = merge(spans);
  const now = merged.find(([from, to]) => open(from, to));
  const ends = now?.[1] ?? merged.find(([from]) => from > minute)?.[0];
  // What goes on beyond the days looked at has no end.
  const until = ends === undefined || ends >= (DAYS - 2) * DAY ? null : wallAt(date, ends);
  return { open: now !== undefined, until };
}

/** Intervals that begin on a day, in minutes from the midnight of `date`. */
function spansOf({ week, exceptions }: Hours, date: string, day: number): [number, number][] {
  const { date: text } = wallAt(date, day * DAY);
  const own = exceptions.filter((one) => one.date === text);
  const weekday = (new Date(text).getUTCDay() + 6) % 7;
  const intervals = own.length > 0 ? own.flatMap((one) => one.intervals) : (week[weekday] ?? []);
  return intervals.map(({ from, to }) => {
    const [begins, ends] = [minutes(from), minutes(to)];
    return [day * DAY + begins, day * DAY + (ends > begins ? ends : ends + DAY)];
  });
}

function merge(spans: [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function wallAt(date: string, minute: number): WallTime {
  const days = Math.floor(minute / DAY);
  const midnight = Date.parse(date) + days * DAY * 60_000;
  return { date: new Date(midnight).toISOString().slice(0, 10), minute: minute - days * DAY };
}
