import styles from './avatar.module.css';

const COLOURS = ['#7a3e9d', '#1f6f8b', '#8a4b08', '#2f6b2f', '#9c2f4f', '#3c56ba', '#5b5f14', '#a03b12'];

function colourOf(seed: string): string {
  let hash = 0;
  for (const character of seed) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return COLOURS[hash % COLOURS.length] ?? '#3c56ba';
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  );
  return letters.join('').toLocaleUpperCase();
}

/** Decoration beside a name that is written out. `seed` gives the colour where there is no name yet. */
export function Avatar({
  name,
  seed,
  size = 32,
}: {
  name: string;
  seed?: string | undefined;
  size?: number;
}) {
  return (
    <span
      className={styles.avatar}
      aria-hidden
      style={{
        background: colourOf(seed ?? name),
        inlineSize: size,
        blockSize: size,
        fontSize: size >= 28 ? 12 : 10,
      }}
    >
      {initialsOf(name)}
    </span>
  );
}
