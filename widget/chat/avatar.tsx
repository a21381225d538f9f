// White text on each of them has a contrast of at least 5.7 : 1.
const COLOURS = ['#7a3e9d', '#1f6f8b', '#8a4b08', '#2f6b2f', '#9c2f4f', '#3c56ba', '#5b5f14', '#a03b12'];

function colourOf(name: string): string {
  const sum = Array.from(name).reduce(
    (total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) >>> 0,
    0,
  );
  return COLOURS[sum % COLOURS.length] ?? '#3c56ba';
}

/** A person's initial; the name stands beside it. */
export function Avatar({ name }: { name: string }) {
  const initial = Array.from(name.trim())[0] ?? '?';
  return (
    <span class="avatar" style={{ background: colourOf(name) }} aria-hidden="true">
      {initial.toLocaleUpperCase()}
    </span>
  );
}
