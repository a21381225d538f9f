/** What a line of the composer means (OC-12). */
export type Slash =
  | { kind: 'text'; text: string }
  | { kind: 'transfer'; to: string }
  | { kind: 'accept' }
  | { kind: 'decline' }
  | { kind: 'help' }
  | { kind: 'unknown'; name: string };

const NAMES: ReadonlyMap<string, 'accept' | 'decline' | 'help'> = new Map([
  ['a', 'accept'],
  ['d', 'decline'],
  ['help', 'help'],
]);

/** One line that begins with a slash is a command; two slashes are one slash of the text. */
export function parseSlash(text: string): Slash {
  if (text.startsWith('//')) return { kind: 'text', text: text.slice(1) };
  if (!text.startsWith('/') || text.trim().includes('\n')) return { kind: 'text', text };
  const [, name = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  const word = name.toLowerCase();
  if (word === 't') return { kind: 'transfer', to: rest };
  const kind = rest === '' ? NAMES.get(word) : undefined;
  return kind === undefined ? { kind: 'unknown', name: `/${name}` } : { kind };
}
