type Settings = { secure: boolean; maxAge: number };

/** `__Host-` binds a cookie to exactly our origin, but browsers accept it over https only. */
export const cookieName = (name: string, secure: boolean): string =>
  `${secure ? '__Host-' : ''}foyer_${name}`;

/** A Set-Cookie line that scripts cannot read and foreign pages cannot make use of. `maxAge` in seconds; 0 deletes. */
export function cookieLine(name: string, value: string, { secure, maxAge }: Settings): [string, string] {
  const attributes = `Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return ['set-cookie', `${cookieName(name, secure)}=${value}; ${attributes}`];
}

/** Value of the first cookie of that full name. */
export function readCookie(headers: Headers, name: string): string | undefined {
  for (const pair of (headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
