import { Temporal } from 'temporal-polyfill';
import type { Hours } from '#protocol/routing.ts';

const DAY = 24 * 60;

/**
 * Is the business open at this moment (OP-14)? What a clock on its wall shows decides: an hour that the change to summer
 * time skips does not come, one that the change back repeats counts twice. The intervals of a date are those that begin
 * on it: an exception replaces them (several of one date add up), and what began the evening before still runs to its
 * end, into a holiday too.
 */
export function isOpen(hours: Hours, at: Date): boolean {
  return isOpenOn(hours, zoned(hours, at).toPlainDateTime());
}

/** The first moment from `at` on at which the business is open; null when there is none. */
export function nextOpening(hours: Hours, at: Date): Date | null {
  if (isOpen(hours, at)) return at;
  for (const date of datesFrom(hours, zoned(hours, at).toPlainDate())) {
    // A repeated hour around midnight belongs to two dates.
    const opening = [date, date.add({ days: 1 })]
      .flatMap((day) => openingsOf(hours, day))
      .filter((moment) => moment > at.getTime() && isOpen(hours, new Date(moment)))
      .toSorted((a, b) => a - b)[0];
    if (opening !== undefined) return new Date(opening);
  }
  return null;
}

/** Can the zone be used? */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

const zoned = ({ timeZone }: Hours, at: Date): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);

function isOpenOn(hours: Hours, wall: Temporal.PlainDateTime): boolean {
  const date = wall.toPlainDate();
  const minute = wall.hour * 60 + wall.minute;
  const covers = (day: Temporal.PlainDate, moment: number) =>
    intervalsOf(hours, day).some(({ from, to }) => from <= moment && moment < to);
  return covers(date, minute) || covers(date.subtract({ days: 1 }), minute + DAY);
}

/** In minutes from the date's midnight; more than a day for what reaches over the next one. */
function intervalsOf({ week, exceptions }: Hours, date: Temporal.PlainDate): { from: number; to: number }[] {
  const text = date.toString();
  const own = exceptions.filter((exception) => exception.date === text);
  const intervals =
    own.length > 0 ? own.flatMap((exception) => exception.intervals) : week[date.dayOfWeek - 1];
  return (intervals ?? []).map((interval) => {
    const [from, to] = [minutes(interval.from), minutes(interval.to)];
    return { from, to: to > from ? to : to + DAY };
  });
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Moments of a date at which an interval may begin: when the wall shows so, and where a change of the clock leads into it. */
function openingsOf(hours: Hours, date: Temporal.PlainDate): number[] {
  const own = intervalsOf(hours, date);
  if (own.length === 0 && intervalsOf(hours, date.subtract({ days: 1 })).length === 0) return [];
  const begins = own.flatMap(({ from }) => {
    const wall = date.toPlainDateTime().add({ minutes: from });
    return (['earlier', 'later'] as const).map((disambiguation) =>
      wall.toZonedDateTime(hours.timeZone, { disambiguation }),
    );
  });
  const midnight = date.toZonedDateTime(hours.timeZone);
  const change =
    midnight.hoursInDay === 24 ? null : midnight.subtract({ minutes: 1 }).getTimeZoneTransition('next');
  return [...begins, ...(change ? [change] : [])].map((moment) => moment.epochMilliseconds);
}

/** The dates on which an opening can be: so many weeks that not all can be exceptions, then the exceptions beyond. */
function* datesFrom({ exceptions }: Hours, today: Temporal.PlainDate): Generator<Temporal.PlainDate> {
  const days = (exceptions.length + 1) * 7;
  // The day before may have begun what a change of the clock brings back.
  for (let day = -1; day <= days; day += 1) yield today.add({ days: day });
  const last = today.add({ days }).toString();
  const beyond = exceptions.map(({ date }) => date).filter((date) => date >= last);
  for (const date of beyond.toSorted()) yield Temporal.PlainDate.from(date);
}
