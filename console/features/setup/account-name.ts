/** A short account name out of a company's title: a-z, 0-9 and inner hyphens, at most 40 characters. */
export function proposeAccountName(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
}
