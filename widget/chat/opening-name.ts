const WEEK_MS = 6 * 86_400_000;

/** When the business opens, in the visitor's zone: time, with the weekday unless it is today, with the date if it is far. */
export function openingName(opensAt: string, locale: string, now = Date.now()): string {
  const at = new Date(opensAt);
  const today = new Date(now).toDateString() === at.toDateString();
  const far = at.getTime() - now > WEEK_MS;
  return new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    ...(!today && { weekday: 'long' }),
    ...(far && { day: 'numeric', month: 'long' }),
  }).format(at);
}
