import { handle } from '#protocol/operators.ts';

const FALLBACK = 'admin';

/** An operator's handle made of its name: "Zoë van Dijk" becomes "zoe.van.dijk". */
export function handleFrom(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const made = plain
    .replace(/[^a-z0-9]+/g, '.')
    .slice(0, 40)
    .replace(/^\.+|\.+$/g, '');
  return handle.safeParse(made).success ? made : FALLBACK;
}
