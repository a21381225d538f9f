/** The place to go back to after signing in. Only a path of this site; anything else is the start page. */
export function returnPath(wanted: string | undefined): string {
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, location.origin)) return '/';
  const { origin, pathname, search, hash } = new URL(wanted, location.origin);
  // `/x/..//host` has become `//host`, which is another site.
  return origin === location.origin && !pathname.startsWith('//') ? pathname + search + hash : '/';
}
