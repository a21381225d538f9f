import i18next from 'i18next';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The person's own variety of the language of the texts: en-GB writes 14:32 where en-US writes 2:32 PM. */
function language(): string {
  const [base] = i18next.language.split('-');
  return navigator.languages.find((tag) => tag.split('-')[0] === base) ?? i18next.language;
}

function unit(amount: number, name: 'second' | 'minute' | 'hour'): string {
  return new Intl.NumberFormat(language(), { style: 'unit', unit: name, unitDisplay: 'narrow' }).format(
    amount,
  );
}

/** `40s`, `5m`, `2h`: how long something lasts, from milliseconds. */
export function duration(milliseconds: number): string {
  const spent = Math.max(0, milliseconds);
  if (spent < MINUTE) return unit(Math.floor(spent / 1000), 'second');
  if (spent < HOUR) return unit(Math.floor(spent / MINUTE), 'minute');
  return unit(Math.floor(spent / HOUR), 'hour');
}

/** `0:23`: what is left, in whole seconds. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `5 minutes ago`, for sentences; over a day the date. */
export function agoInWords(instant: string, now: number): string | null {
  const spent = now - Date.parse(instant);
  if (spent < MINUTE || spent >= DAY) return ago(instant, now);
  const words = new Intl.RelativeTimeFormat(language());
  return spent < HOUR
    ? words.format(-Math.floor(spent / MINUTE), 'minute')
    : words.format(-Math.floor(spent / HOUR), 'hour');
}

/** Under a minute null ("now" is the caller's word), under 24 h a duration, then the date. */
export function ago(instant: string, now: number): string | null {
  const at = Date.parse(instant);
  if (now - at < MINUTE) return null;
  if (now - at < DAY) return duration(now - at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const shape: Intl.DateTimeFormatOptions = sameYear
    ? { day: 'numeric', month: 'short' }
    : { day: 'numeric', month: 'short', year: 'numeric' };
  return new Intl.DateTimeFormat(language(), shape).format(at);
}

export function clockTime(instant: string): string {
  return new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit' }).format(
    Date.parse(instant),
  );
}

export function fullTime(instant: string): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: 'full', timeStyle: 'short' }).format(
    Date.parse(instant),
  );
}

export function dayOf(instant: string): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: 'long' }).format(Date.parse(instant));
}

export function dayName(instant: string, now: number): string {
  const at = new Date(instant);
  const days = Math.round(
    (new Date(now).setHours(0, 0, 0, 0) - new Date(instant).setHours(0, 0, 0, 0)) / DAY,
  );
  if (days < 2) {
    const word = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(-days, 'day');
    return word.charAt(0).toLocaleUpperCase(language()) + word.slice(1);
  }
  return new Intl.DateTimeFormat(language(), { dateStyle: 'full' }).format(at);
}

/** `Anna, Bob and Carla`. */
export const names = (all: readonly string[]): string => new Intl.ListFormat(language()).format(all);

const shapeIn = (days: number): Intl.DateTimeFormatOptions => ({
  ...(days >= 1 && days < 7 && { weekday: 'long' }),
  ...((days < 0 || days >= 7) && { weekday: 'long', day: 'numeric', month: 'long' }),
  hour: '2-digit',
  minute: '2-digit',
});

/** When something comes, by this browser's clock: `17:00` within a day, `Monday 09:00` within a week, else with the date. */
export function comingTime(instant: string, now: number): string {
  const at = Date.parse(instant);
  return new Intl.DateTimeFormat(language(), shapeIn((at - now) / DAY)).format(at);
}

/** The same by a clock elsewhere, which shows `today` now. `minute` is since midnight. */
export function wallClock(date: string, minute: number, today: string): string {
  const days = (Date.parse(date) - Date.parse(today)) / DAY;
  const at = Date.parse(date) + minute * MINUTE;
  return new Intl.DateTimeFormat(language(), { ...shapeIn(days), timeZone: 'UTC' }).format(at);
}

/** Monday to Sunday. */
export const weekdays = (): string[] =>
  Array.from({ length: 7 }, (_, day) =>
    new Intl.DateTimeFormat(language(), { weekday: 'long', timeZone: 'UTC' }).format(
      Date.UTC(2024, 0, 1 + day),
    ),
  );
