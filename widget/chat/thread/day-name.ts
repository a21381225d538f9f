const DAY_MS = 86_400_000;

const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** "Today", "Yesterday", else weekday and date, as the language says it. */
export function dayName(at: number, locale: string, now = Date.now()): string {
  const days = Math.round((midnight(at) - midnight(now)) / DAY_MS);
  const name =
    days === 0 || days === -1
      ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
      : new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}
